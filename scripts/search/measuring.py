"""What a trained run is worth: summaries of documents that it never saw, their scores, and its loss."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from repository import read_json, write_json
from search.kept import Kept, Record, Values, Written, search_key
from search.runs import Run, portable
from summae import Summarizer
from summae.data.batches import collate
from summae.data.transforms import model_headline, model_text
from summae.errors import ModelError
from summae.evaluation.results import KINDS
from summae.evaluation.rouge import score
from summae.evaluation.rows import Rows
from summae.evaluation.signature import content_hash
from summae.inference.export import export
from summae.inference.options import DecodingOptions
from summae.inference.reranking import OWN_WORDS
from summae.models.generator import load_generator
from summae.text.normalize import normalize
from summae.text.tokenizer import Tokenizer

_ROWS = 50
"""Documents whose losses are found at a time."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Model:
    """A run's model in the runtime's int8, or as trained where the runtime does not know its kind."""

    summarizer: Summarizer
    revision: str
    """Hash of the trained weights."""
    bytes: int | None
    """Size of the int8 folder; None if there is none."""


class Bench:
    """The test, before which runs appear one after another; what they wrote stays in their folders.

    Args:
        rows: What is summarised.
        checkpoint: Which model of a run.
        kept: Where it is remembered what they were worth.
    """

    def __init__(self, rows: Rows, checkpoint: str, kept: Kept) -> None:
        self.rows = rows
        self.checkpoint = checkpoint
        self.kept = kept
        self._references = [normalize(text) for text in rows.references]
        self._headlines = [model_headline(text) for text in rows.references]
        self.characters = np.array([max(1, len(text)) for text in self._headlines], np.float64)
        """Of each human headline, (documents,)."""
        self._models: dict[Path, Model] = {}

    def record(self, run: Run, decodings: Sequence[DecodingOptions]) -> Record | None:
        """What is known of a run, with these searches at least; what is new is kept.

        None if a search is new and the model is not here.
        """
        record = self.kept.of(run.name, run.seed)
        missing = [
            decoding
            for decoding in decodings
            if record is None or search_key(decoding) not in record.written
        ]
        if not missing:
            return record
        if not self.is_here(run):
            return None
        if record is None:
            model = self.model(run)
            record = Record(
                settings=portable(run.settings),
                cost=run.cost,
                pairs=run.pairs,
                flops_before=run.flops_before,
                outcome=dict(run.outcome),
                revision=model.revision,
                bytes=model.bytes,
                losses=self.losses(run),
            )
        for decoding in missing:
            record.written[search_key(decoding)] = self.write(run, decoding)
        self.kept.keep(run.name, run.seed, record)
        return self.kept.of(run.name, run.seed)  # as it will be read from now on

    def keep_pace(self, run: Run, decoding: DecodingOptions, pace: float) -> None:
        """Remember how long a document takes beside the model in the package."""
        record = self.kept.of(run.name, run.seed)
        assert record is not None  # it was measured before it is timed
        record.pace[search_key(decoding)] = pace
        self.kept.keep(run.name, run.seed, record)

    def is_here(self, run: Run) -> bool:
        """Whether the run's model is on this machine."""
        return (run.folder / self.checkpoint / "model.safetensors").exists()

    def model(self, run: Run) -> Model:
        """A run's model, loaded once, exported if it is not yet."""
        if run.folder not in self._models:
            self._models[run.folder] = self._load(run)
        return self._models[run.folder]

    def forget(self, run: Run) -> None:
        """Let go of a run's model; it is loaded again when it is wanted."""
        self._models.pop(run.folder, None)

    def write(self, run: Run, decoding: DecodingOptions) -> Written:
        """Summarise and score."""
        revision = _weights_hash(run.folder / self.checkpoint)
        spelled = json.dumps(asdict(decoding), sort_keys=True)
        key = content_hash([*self.rows.documents, spelled, revision])
        file = run.folder / "summaries" / f"{key}.json"
        if not file.exists():
            texts = [s.text for s in self.searching(run, decoding).summarize(self.rows.documents)]
            file.parent.mkdir(parents=True, exist_ok=True)
            write_json(file, texts)
        texts = [normalize(text) for text in read_json(file)]
        scores = score(texts, self._references)
        return Written(
            f1={kind: getattr(scores, kind).f1 for kind in KINDS},
            mean_length=float(np.mean([len(text) for text in texts])),
        )

    def searching(self, run: Run, decoding: DecodingOptions) -> Summarizer:
        """The run's model, with another search than its own."""
        summarizer = self.model(run).summarizer
        summarizer.folder = replace(summarizer.folder, decoding=decoding, scorer=OWN_WORDS)
        return summarizer

    def losses(self, run: Run) -> Values:
        """Nats of each human headline, its length and its end included, (documents,).

        Over characters they compare between vocabularies.
        """
        checkpoint = run.folder / self.checkpoint
        key = content_hash([*self.rows.documents, *self._headlines, _weights_hash(checkpoint)])
        file = run.folder / "losses" / f"{key}.json"
        if not file.exists():
            texts = [
                model_text(t[: run.settings.data.kept_characters]) for t in self.rows.documents
            ]
            source_tokens = run.settings.mixture.source_tokens
            found = losses(checkpoint, texts, self._headlines, source_tokens=source_tokens)
            file.parent.mkdir(parents=True, exist_ok=True)
            write_json(file, found.tolist())
        return np.array(read_json(file), np.float64)

    def _load(self, run: Run) -> Model:
        checkpoint = run.folder / self.checkpoint
        revision = _weights_hash(checkpoint)
        folder = run.folder / f"int8-{revision}"
        try:
            if not folder.exists():
                export(checkpoint, folder, name=run.name)
        except ModelError as error:
            logger.warning("%s is measured as trained, without int8: %s", run.title, error)
            whole = Summarizer.from_pretrained(checkpoint, backend="torch")
            return Model(whole, revision, None)
        size = sum(file.stat().st_size for file in folder.iterdir())
        return Model(Summarizer.from_pretrained(folder, threads=1), revision, size)


@torch.no_grad()
def losses(
    checkpoint: Path, documents: Sequence[str], headlines: Sequence[str], *, source_tokens: int
) -> Values:
    """Negative log-likelihood of each headline given its document, nats, (documents,).

    Args:
        checkpoint: Folder with weights and tokenizer.
        documents: Cleaned as for training.
        headlines: Cleaned as for training, as many.
        source_tokens: Tokens read of each document.
    """
    tokenizer = Tokenizer.from_dir(checkpoint)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model: Any = load_generator(checkpoint, vocab_size=tokenizer.vocab_size)
    model.to(device).eval()
    sources = [np.array(ids[:source_tokens]) for ids in tokenizer.encode_batch(documents)]
    targets = [np.array(ids) for ids in tokenizer.encode_batch(headlines)]
    lengths = [tokenizer.length_id(len(text)) for text in headlines]
    found = []
    for start in range(0, len(sources), _ROWS):
        part = slice(start, start + _ROWS)
        batch = collate(sources[part], targets[part], lengths[part]).to(device)
        logits = model(
            input_ids=batch.source_ids,
            attention_mask=batch.source_mask.long(),
            decoder_input_ids=batch.target_inputs,
            use_cache=False,
        ).logits
        log_probs = logits.float().log_softmax(dim=-1)
        chosen = log_probs.gather(-1, batch.labels.clamp(min=0)[..., None])[..., 0]  # (B, T)
        found.append(-chosen.masked_fill(batch.labels < 0, 0.0).sum(dim=1))
    values: Values = torch.cat(found).double().cpu().numpy()
    return values


def _weights_hash(folder: Path) -> str:
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()[:12]
