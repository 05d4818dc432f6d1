"""What trained generators write, each time the same way, and remember."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from comparison.experiment import Experiment
from repository import NEWS, read_json, read_lines, weights_hash, write_json
from summae import Summarizer
from summae.evaluation.rows import evenly
from summae.evaluation.signature import content_hash
from summae.inference.export import export
from summae.inference.options import DecodingOptions
from summae.inference.reranking import OWN_WORDS

SHOWN = 10
"""Documents that are shown with what the models make of them."""

PLAIN = DecodingOptions(
    beam_size=1, no_repeat_ngram_size=0, repetition_penalty=1.0, length_penalty=1.0
)
"""The likeliest word at each step and nothing that covers up for the model: to see how it writes."""


class Writer:
    """A trained generator that remembers what it wrote, in its folder.

    Args:
        checkpoint: Its weights.
        folder: Where the exported model and the summaries lie.
        experiment: Says by what it is run.
    """

    def __init__(self, checkpoint: Path, folder: Path, experiment: Experiment) -> None:
        self._checkpoint = checkpoint
        self._folder = folder
        self._backend = experiment.backend
        self.revision = weights_hash(checkpoint)

    def __call__(self, documents: Sequence[str], decoding: DecodingOptions) -> list[str]:
        options = json.dumps(asdict(decoding), sort_keys=True)
        key = content_hash([*documents, options, self._backend, self.revision])
        file = self._folder / "summaries" / f"{key}.json"
        if not file.exists():
            summarizer = self._summarizer
            summarizer.folder = replace(summarizer.folder, decoding=decoding, scorer=OWN_WORDS)
            texts = [str(summary) for summary in summarizer.summarize(documents)]
            file.parent.mkdir(parents=True, exist_ok=True)
            write_json(file, texts)
        written: list[str] = read_json(file)
        return written

    @cached_property
    def _summarizer(self) -> Summarizer:
        if self._backend == "torch":
            return Summarizer.from_pretrained(self._checkpoint, backend="torch")
        model = self._folder / "model"
        # In full precision: rows are to differ by how they were trained.
        export(self._checkpoint, model, quantization="float32", name=self._folder.name)
        return Summarizer.from_pretrained(model)


def shown_news() -> list[dict[str, Any]]:
    """Made-up news that nobody was trained on, evenly spread over its subjects."""
    items = read_lines(NEWS)
    return [items[place] for place in evenly(len(items), SHOWN)]
