"""Self-training: what a finished model writes for the documents of a pack, to be learned from.

Its search and its scorer know more than the model alone: what they chose is a corpus of lines that a
student can learn to write at once. Where a clause of the document was the better line, the student learns
to keep to what is written there.
(Kim & Rush, 2016, https://arxiv.org/abs/1606.07947; He et al., 2020,
https://arxiv.org/abs/1909.13788.)
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np

from summae.data.pack import Ragged, TokenPack, WrittenSummaries
from summae.data.transforms import is_headline
from summae.errors import InputError
from summae.evaluation.signature import folder_hash
from summae.inference.summarizer import Summarizer, Summary
from summae.recipes.lines_of_a_model import write_lines
from summae.text.facts import repetitions, unsupported_facts
from summae.text.tokenizer import Tokenizer

logger = logging.getLogger(__name__)
_PART = "written.part.jsonl"
"""Grows while the model writes: a line for the model, then one for each document."""


def add_written(
    folder: Path, model: str, *, progress: Callable[[str, int, int], None] | None = None
) -> int:
    """Have a model write summaries of all documents of a pack, and keep the good ones beside them.

    Clauses of the documents are among them. Left out is whatever invents, repeats itself or is no headline
    (6 to 40 characters, mostly Chinese). Killed, it goes on where it was.

    Args:
        folder: The pack.
        model: A folder of `summae export`, or the name of a model inside this package.
        progress: Called with (stage, documents done, in all).

    Returns:
        How many were kept.

    Raises:
        ModelError: There is no such model.
        InputError: There is no such pack, another model has begun, or nothing could be kept.
    """
    pack, summarizer = TokenPack.load(folder), Summarizer.from_pretrained(model)
    name = f"{model}@{folder_hash(summarizer.folder.path)}"
    tokenizer, part, total = Tokenizer(pack.tokenizer_model), folder / _PART, len(pack.documents)
    write_lines(
        part,
        (name, "data.written_by"),
        range(total),
        lambda row: tokenizer.decode(map(int, pack.documents[row])),
        summarizer.stream,
        progress,
        keep=_is_good,
    )
    written = _collected(part, tokenizer)
    if not len(written):
        raise InputError(
            f"of what {name} wrote for the {total} documents of {folder}, nothing could be kept: it "
            "is not sure of its words, or invents; name a better model in data.written_by"
        )
    written.save(folder)
    part.unlink()
    logger.info("%d of %d summaries by %s kept", len(written), total, name)
    return len(written)


def _is_good(summary: Summary, document: str) -> bool:
    is_written = summary.source_tokens > 0 and is_headline(summary.text)
    has_faults = unsupported_facts(summary.text, document) or repetitions(summary.text)
    return is_written and not has_faults


def _collected(part: Path, tokenizer: Tokenizer) -> WrittenSummaries:
    name, *lines = map(json.loads, part.read_text(encoding="utf-8").splitlines())
    kept = [line for line in lines if len(line) > 1]
    texts = [text for _, text, _ in kept]
    return WrittenSummaries(
        document=np.array([row for row, _, _ in kept], dtype=np.int32),
        summaries=Ragged.of(tokenizer.encode_batch(texts)),
        characters=np.array([len(text) for text in texts], dtype=np.uint8),
        score=np.array([score for _, _, score in kept], dtype=np.float32),
        model=name,
    )
