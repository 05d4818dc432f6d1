"""The summarizer: documents in, summaries out, in order, from a list or an endless stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from summae.errors import InputError
from summae.inference.arguments import (
    check_batch,
    check_count,
    check_field,
    check_length,
    check_threads,
    documents_of,
)
from summae.inference.backends.base import Backend, Hypothesis
from summae.inference.batching import window_size, windows
from summae.inference.candidates import propose
from summae.inference.explanation import Explanation, explain
from summae.inference.judges import Judges
from summae.inference.model_folder import ModelFolder, open_model_folder
from summae.inference.options import (
    DOCUMENT_FIELDS,
    OUR_SUMMARY_FIELD,
    SUMMARY_FIELD,
    DecodingOptions,
)
from summae.inference.preparing import Request, prepare
from summae.inference.reconstruction import Reconstructor, open_reconstructor
from summae.inference.rendering import Summary, render
from summae.inference.reranking import choose
from summae.inference.scoring import Pool, terms
from summae.text.length import Length
from summae.text.normalize import normalize
from summae.text.tokenizer import Tokenizer
from summae.text.vocabulary import OPEN_LENGTH

__all__ = ["Summarizer", "Summary"]

_NOTHING = "-"
"""Stands for a row without a document, so that those behind it keep their numbers."""


class Summarizer:
    """A loaded model with its tokenizer; make one with `Summarizer.from_pretrained`.

    It can be pickled: a copy in another process loads the same folder again. Calling it on a batch
    of a Hugging Face dataset adds a column: `dataset.map(summarizer, batched=True)`.
    """

    def __init__(
        self, folder: ModelFolder, *, threads: int | None = None, jobs: int | None = None
    ) -> None:
        self.folder = folder
        self.threads = threads
        self.jobs = jobs
        self._tokenizer = Tokenizer.from_dir(folder.path)
        self.judges = Judges.load(folder.path)
        self._backend = _load_backend(folder, self._tokenizer, threads=threads, jobs=jobs)

    @classmethod
    def from_pretrained(
        cls,
        name_or_path: str | Path | None = None,
        *,
        backend: Literal["auto", "ctranslate2", "torch"] = "auto",
        threads: int | None = None,
        jobs: int | None = None,
        verify: bool = True,
    ) -> Summarizer:
        """Load a model.

        Args:
            name_or_path: A folder written by `summae export`, a training checkpoint, the name of a
                model inside this package, or None for the default model.
            backend: "auto" takes what the folder holds, the CTranslate2 runtime first.
            threads: Threads of one job; None shares the usable cores among the jobs.
            jobs: Batches decoded at the same time (CTranslate2 only). None takes one for each
                usable core, or one if there are `threads`; where several processes summarise, as
                with `dataset.map(num_proc=...)`, 1 keeps them out of each other's way.
            verify: Compare the files with their SHA-256 sums, which takes some 10 milliseconds.

        Raises:
            ModelError: There is no such model, or it is incomplete or cannot be loaded.
            MissingExtraError: A checkpoint needs torch, which is not installed.
            ValueError: An argument is of the wrong kind or out of range.
        """
        check_threads(threads)
        check_count("jobs", 1 if jobs is None else jobs)
        folder = open_model_folder(name_or_path, backend=backend, verify=verify)
        return cls(folder, threads=threads, jobs=jobs)

    def summarize(
        self,
        texts: Iterable[str],
        *,
        length: Length | None = None,
        beams: int | None = None,
        batch_size: int = 32,
    ) -> list[Summary]:
        """Summarise documents; the results are in their order.

        A document of at most 12 characters, or not longer than the length asked for, is its own
        summary; one without any Chinese character gets its first sentence.

        Args:
            texts: Any iterable of documents; for one document, `summarize([text])[0]`.
            length: Wanted length; no summary is longer. None lets the model choose. A model writes
                at most as long as it was trained to (the default model: 40 characters).
            beams: Hypotheses kept while searching, 1 is fastest; None takes the model's default.
            batch_size: Documents decoded together.

        Raises:
            InputError: A text is empty or not a string; the message says which.
            ValueError: `texts` is one string or a mapping, or an option is out of range.
        """
        return list(self.stream(texts, length=length, beams=beams, batch_size=batch_size))

    def stream(
        self,
        texts: Iterable[str],
        *,
        length: Length | None = None,
        beams: int | None = None,
        batch_size: int = 32,
    ) -> Iterator[Summary]:
        """Summarise lazily: reads ahead by a window of a few batches, so memory stays constant.

        Takes and raises what `summarize` does; errors in a text are raised when it is its turn.
        """
        documents = documents_of(texts)
        check_length(length)
        options = replace(self.folder.decoding, batch_size=batch_size)
        if beams is not None:
            options = replace(options, beam_size=beams)
        requests = (self._prepare(text, place, length) for place, text in enumerate(documents))
        return self._run(requests, options)

    def explain(self, text: str, *, length: Length | None = None) -> Explanation:
        """How the summary of a document comes about: all candidates, their terms, and what is read back.

        Takes and raises what `summarize` does, for one document.
        """
        check_length(length)
        request = self._prepare(text, 0, length)
        (pool,) = self._propose([request], self.folder.decoding)
        (seen,) = terms([pool], self.judges)
        choice = choose(pool, seen, self.folder.scorer)
        summary = render(request, choice)
        line = summary.text if choice is None else choice.candidate.text
        reconstruction = None
        if choice is not None and self.reconstructor is not None:
            (reconstruction,) = self.reconstructor.read_back([line])
        return explain(summary, line, pool, seen, self.folder.scorer, reconstruction)

    @cached_property
    def reconstructor(self) -> Reconstructor | None:
        """The model's, loaded when it is first asked for; None where its folder has none."""
        return open_reconstructor(self.folder.path, self._tokenizer)

    def pools(self, texts: Iterable[str], *, length: Length | None = None) -> Iterator[Pool]:
        """The candidates of each document, of which `summarize` takes one; lazily and in order.

        A document that is its own summary has none. Takes and raises what `summarize` does.
        """
        check_length(length)
        requests = (self._prepare(text, n, length) for n, text in enumerate(documents_of(texts)))
        options = self.folder.decoding
        for window in windows(requests, self.window_size(options.batch_size)):
            yield from self._propose(window, options)

    def window_size(self, batch_size: int) -> int:
        """Documents that `stream` reads ahead: enough to give every job some batches."""
        return window_size(batch_size, self._backend.jobs)

    def __call__(
        self,
        batch: Mapping[str, Sequence[str | None]],
        field: str | None = None,
        length: Length | None = None,
        beams: int | None = None,
        batch_size: int = 32,
    ) -> dict[str, list[str | None]]:
        """Summarise a batch of a dataset; for `dataset.map(summarizer, batched=True)`.

        Other arguments go through `fn_kwargs={"length": Length.characters(20)}`.

        Args:
            batch: Columns by name.
            field: Column of the documents; None takes the first of `DOCUMENT_FIELDS` that there is:
                `document`, `content`, `text`, ….
            length: See `summarize`.
            beams: See `summarize`.
            batch_size: See `summarize`.

        Returns:
            The column `summary`, or `summary_summae` where the batch has a `summary` already; None
            where a row has None for its document. Where a dataset begins with many of these, `map`
            needs the new column's type: `features=`.
        """
        check_batch(batch)
        check_field(field)
        candidates = DOCUMENT_FIELDS if field is None else (field,)
        found = next((name for name in candidates if name in batch), None)
        if found is None:
            raise InputError(
                f"the batch has no column {' or '.join(map(repr, candidates))}, "
                f"only {', '.join(map(repr, batch))}; name the documents' column with field=..."
            )
        texts = batch[found]
        if isinstance(texts, str):
            raise ValueError("one row came instead of a batch; use dataset.map(..., batched=True)")
        rows = list(documents_of(texts))
        filled = (_NOTHING if text is None else text for text in rows)
        summaries = self.stream(filled, length=length, beams=beams, batch_size=batch_size)
        column = OUR_SUMMARY_FIELD if SUMMARY_FIELD in batch else SUMMARY_FIELD
        pairs = zip(rows, summaries, strict=True)
        return {column: [None if text is None else summary.text for text, summary in pairs]}

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "threads": self.threads, "jobs": self.jobs}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def _run(self, requests: Iterable[Request], options: DecodingOptions) -> Iterator[Summary]:
        for window in windows(requests, self.window_size(options.batch_size)):
            pools = self._propose(window, options)
            seen = terms(pools, self.judges)
            for request, pool, found in zip(window, pools, seen, strict=True):
                yield render(request, choose(pool, found, self.folder.scorer))

    def _prepare(self, text: object, place: int, length: Length | None) -> Request:
        return prepare(
            text,
            place,
            length,
            tokenizer=self._tokenizer,
            max_source_tokens=self.folder.max_source_tokens,
        )

    def _propose(self, window: Sequence[Request], options: DecodingOptions) -> list[Pool]:
        """What could be the summary of each document; nothing for one that is its own."""
        searched = iter(self._search([r for r in window if r.pieces], options))
        return [
            Pool(
                request.read,
                propose(
                    request.read,
                    next(searched),
                    decode=self._decode,
                    with_spans=self.folder.scorer.spans,
                    headlines=self.judges.headlines,
                    max_characters=request.max_characters,
                )
                if request.pieces
                else (),
                request.max_characters,
            )
            for request in window
        ]

    def _search(
        self, requests: Sequence[Request], options: DecodingOptions
    ) -> list[list[Hypothesis]]:
        """The hypotheses of each document, one search after the other, likeliest first."""
        if not requests:
            return []
        sources = [request.pieces for request in requests]
        searches = [
            self._backend.generate(sources, prefixes, options)
            for prefixes in self._prefixes(requests, options)
        ]
        return [
            [hypothesis for one in found for hypothesis in one]
            for found in zip(*searches, strict=True)
        ]

    def _prefixes(
        self, requests: Sequence[Request], options: DecodingOptions
    ) -> Iterator[list[list[str]] | None]:
        """What the summaries begin with, in one search after the other: tokens of lengths."""
        token = self._tokenizer.length_token
        wanted = [r.max_characters for r in requests if r.max_characters is not None]
        if not wanted:
            yield [[OPEN_LENGTH]] * len(requests) if options.open_length else None
            return
        yield [[token(length)] for length in wanted]
        if options.shorter:
            yield [[token(max(1, length - options.shorter))] for length in wanted]

    def _decode(self, hypothesis: Hypothesis) -> str:
        decoded = self._tokenizer.decode_pieces(hypothesis.pieces)
        # Bytes of a byte-fallback model may spell control characters, or no character at all.
        return normalize(decoded.replace("\N{REPLACEMENT CHARACTER}", "")).replace("\n", " ")


def _load_backend(
    folder: ModelFolder, tokenizer: Tokenizer, *, threads: int | None, jobs: int | None
) -> Backend:
    if folder.backend == "torch":
        from summae.inference.backends.torch import TorchBackend

        return TorchBackend(folder.path, tokenizer, threads=threads)
    from summae.inference.backends.ctranslate2 import CTranslate2Backend

    return CTranslate2Backend(folder.path, threads=threads, jobs=jobs)
