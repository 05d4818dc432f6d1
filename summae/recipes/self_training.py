"""Self-training: what a finished model writes for the documents of a pack, to be learned from.

Its search, its ranking and its clauses know more than the model alone: what they chose is a corpus of
lines that a student can learn to write at once. Where the teacher's own words were doubtful, a clause
of the document stood for them, and from these the student learns to keep to what is written there.
(Kim & Rush, 2016, https://arxiv.org/abs/1606.07947; He et al., 2020,
https://arxiv.org/abs/1909.13788.)
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from itertools import tee
from pathlib import Path

import numpy as np

from summae.data.pack import Ragged, TokenPack, WrittenSummaries
from summae.data.transforms import is_headline
from summae.errors import InputError
from summae.evaluation.signature import folder_hash
from summae.inference.ranking import faults
from summae.inference.summarizer import Summarizer, Summary
from summae.text.tokenizer import Tokenizer

logger = logging.getLogger(__name__)
_PART = "written.part.jsonl"
"""Grows while the model writes: a line for the model, then one for each document."""


def add_written(
    folder: Path, model: str, *, progress: Callable[[str, int, int], None] | None = None
) -> int:
    """Have a model write summaries of all documents of a pack, and keep the good ones beside them.

    Clauses that stood in for words that it was not sure of are among them. Left out is whatever invents,
    repeats itself, breaks off or is no headline (6 to 40 characters, mostly Chinese). Killed, it goes on
    where it was.

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
    tokenizer, part = Tokenizer(pack.tokenizer_model), folder / _PART
    done, total = _done(part, name), len(pack.documents)
    texts = (tokenizer.decode(map(int, pack.documents[row])) for row in range(done, total))
    documents, read = tee(texts)
    with part.open("a", encoding="utf-8") as file:
        pairs = zip(documents, summarizer.stream(read), strict=True)
        for row, (document, summary) in enumerate(pairs, start=done):
            line = [row, summary.text, summary.score] if _is_good(summary, document) else [row]
            print(json.dumps(line, ensure_ascii=False), file=file)
            if progress is not None:
                progress("writing summaries", row + 1, total)
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
    return is_written and faults(summary.text, document) == (0, 0)


def _done(part: Path, name: str) -> int:
    """Documents that the model had done when it was stopped; a file for it is begun if there is none."""
    if not part.exists():
        part.write_text(json.dumps(name, ensure_ascii=False) + "\n", encoding="utf-8")
        return 0
    text = part.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]  # the last line may have been cut short
    lines = whole.splitlines()
    if not lines or json.loads(lines[0]) != name:
        raise InputError(
            f"{part} is of another model than {name}, which was stopped: name that one in "
            "data.written_by, or remove the file"
        )
    part.write_text(whole, encoding="utf-8")
    return len(lines) - 1


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
