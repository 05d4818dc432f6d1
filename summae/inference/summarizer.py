"""The summarizer: documents in, summaries out, in order, from a list or an endless stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from summae.inference.choosing import best_line, doubt_of, line, stand_in
from summae.inference.long_documents import choose_source, opening
from summae.inference.model_folder import ModelFolder, open_model_folder
from summae.inference.options import (
    DOCUMENT_FIELDS,
    OUR_SUMMARY_FIELD,
    SUMMARY_FIELD,
    DecodingOptions,
)
from summae.text.length import Length, trim
from summae.text.normalize import normalize
from summae.text.script import Script, detect_script, has_han, to_simplified, to_traditional
from summae.text.sentences import sentence_spans
from summae.text.tokenizer import Tokenizer
from summae.text.vocabulary import OPEN_LENGTH

SHORTEST_DOCUMENT = 12
"""A document of at most this many characters is its own summary; a model would only invent."""
LONGEST_BEGINNING = 120
"""Without any Chinese character, a document gets its first sentence, cut so unless told otherwise."""

_END_TOKEN = "</s>"
_NOTHING = "-"
"""Stands for a row without a document, so that those behind it keep their numbers."""
_TRADITIONAL_QUOTES = str.maketrans("“”‘’", "「」『』")


@dataclass(frozen=True)
class Summary:
    """A summary and what is known of how it came about; `str(summary)` is its text."""

    text: str
    """One line, in the document's script; if the document holds no Chinese character, its first
    sentence, if the model's words were doubtful, a clause of the document, led by who said it if
    somebody did, and if it wrote nothing legible, the document's beginning."""
    score: float
    """Mean log-probability in nats of the tokens that the model wrote: nearer to 0, surer. 0 for a
    copied document."""
    script: Script
    """Script of the document."""
    trimmed: bool
    """It was cut to the length asked for."""
    truncated: bool
    """The model did not read the document to its end."""
    source_tokens: int
    """Tokens of the document that the model read; 0 for a copied document."""
    extracted: bool = False
    """The model's own words were too doubtful, and a piece of the document stands for them, led by who
    said it if somebody did; where a length was asked for, two pieces may stand side by side."""
    doubt: float = 0.0
    """How likely it is, from 0 to 1, that a reader would not print the model's own words, which may be
    garbled, false or cut short, also where a piece of the document stands for them; 0 for a copied
    document."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class _Request:
    """A document made ready for the model."""

    document: str
    """Cleaned, in its own script."""
    script: Script
    max_characters: int | None
    pieces: list[str]
    """What the model reads; nothing for a document that is its own summary."""
    truncated: bool
    read: str = ""
    """Cleaned, in simplified characters, as the model knows them."""


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
        requests = (self._prepare(place, text, length) for place, text in enumerate(documents))
        return self._run(requests, options)

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

    def _run(self, requests: Iterable[_Request], options: DecodingOptions) -> Iterator[Summary]:
        for window in windows(requests, self.window_size(options.batch_size)):
            hypotheses = iter(self._generate([r for r in window if r.pieces], options))
            for request in window:
                yield self._finish(request, next(hypotheses) if request.pieces else None)

    def _generate(self, requests: list[_Request], options: DecodingOptions) -> list[Hypothesis]:
        if not requests:
            return []
        sources = [request.pieces for request in requests]
        searched = [
            self._backend.generate(sources, prefixes, options)
            for prefixes in self._prefixes(requests, options)
        ]
        return [_together(found) for found in zip(*searched, strict=True)]

    def _prefixes(
        self, requests: list[_Request], options: DecodingOptions
    ) -> Iterator[list[list[str]] | None]:
        """What the summaries begin with, in one search after the other: tokens of lengths."""
        token = self._tokenizer.length_token
        chooses = min(options.beam_size, options.candidates) > 1
        wanted = [r.max_characters for r in requests if r.max_characters is not None]
        if wanted:
            yield [[token(length)] for length in wanted]
            if chooses and options.shorter:
                yield [[token(max(1, length - options.shorter))] for length in wanted]
            return
        yield [[OPEN_LENGTH]] * len(requests) if options.open_length else None
        for length in options.other_lengths if chooses else ():
            yield [[token(length)]] * len(requests)

    def _prepare(self, position: int, text: object, length: Length | None) -> _Request:
        if not isinstance(text, str):
            raise InputError(
                f"text {position} (counted from 0) is of type {type(text).__name__}, not a string"
            )
        start = opening(text, self.folder.max_source_tokens)
        if not start.text:
            raise InputError(
                f"text {position} (counted from 0) is empty or has only invisible characters; "
                "leave it out"
            )
        wanted = None if length is None else length.resolve(start.characters)
        script = detect_script(start.text)
        if start.is_whole and len(start.text) <= max(SHORTEST_DOCUMENT, wanted or 0):
            return _Request(start.text, script, wanted, pieces=[], truncated=False)
        if not has_han(start.text):
            first = sentence_spans(start.text)[0].text.strip()
            beginning = first if wanted else trim(first, LONGEST_BEGINNING)[0]
            is_cut = not start.is_whole or beginning != start.text
            return _Request(beginning, script, wanted, pieces=[], truncated=is_cut)
        simplified = to_simplified(start.text) if script is Script.TRADITIONAL else start.text
        pieces, truncated = choose_source(
            simplified, self._tokenizer, self.folder.max_source_tokens
        )
        return _Request(
            start.text,
            script,
            wanted,
            pieces=[*pieces, _END_TOKEN],
            truncated=truncated or not start.is_whole,
            read=simplified,
        )

    def _finish(self, request: _Request, hypothesis: Hypothesis | None) -> Summary:
        options, wanted = self.folder.decoding, request.max_characters
        text, score, doubt, extracted = request.document, 0.0, 0.0, False
        if hypothesis is not None:
            found = (hypothesis, *hypothesis.alternatives)
            lines = [line(self._decode(one), one.score, wanted) for one in found]
            place = best_line(lines, request.read, options.ranking, wanted)
            chosen = lines[place]
            score, doubt = chosen.score, doubt_of(chosen, request.read, options.doubt)
            others = lines[:place] + lines[place + 1 :]
            clause = stand_in(
                chosen,
                doubt,
                request,
                lambda: [self._read(one.whole, request) for one in (chosen, *others)],
                options,
                wanted,
            )
            extracted = clause is not None
            text = self._read(chosen.whole, request) if clause is None else clause
        trimmed = False
        if wanted is not None:
            text, trimmed = trim(text, wanted)
        if request.script is Script.TRADITIONAL:
            # Cleaning gave the model one kind of quotes; traditional text is set with the other.
            text = text.translate(_TRADITIONAL_QUOTES)
        return Summary(
            text=text,
            score=score,
            script=request.script,
            trimmed=trimmed,
            truncated=request.truncated,
            source_tokens=len(request.pieces),
            extracted=extracted,
            doubt=doubt,
        )

    def _decode(self, hypothesis: Hypothesis) -> str:
        decoded = self._tokenizer.decode_pieces(hypothesis.pieces)
        # Bytes of a byte-fallback model may spell control characters, or no character at all.
        return normalize(decoded.replace("\N{REPLACEMENT CHARACTER}", "")).replace("\n", " ")

    def _read(self, text: str, request: _Request) -> str:
        """What the model wrote, in the document's script; where that is nothing, its beginning."""
        if not text:
            return trim(request.document, request.max_characters or SHORTEST_DOCUMENT)[0]
        if request.script is Script.TRADITIONAL:
            return to_traditional(text, request.document)
        return text


def _together(found: Sequence[Hypothesis]) -> Hypothesis:
    """What several searches found for one document: the first one's likeliest, all others behind it."""
    first, *others = (
        replace(h, alternatives=()) for one in found for h in (one, *one.alternatives)
    )
    return replace(first, alternatives=tuple(others))


def _load_backend(
    folder: ModelFolder, tokenizer: Tokenizer, *, threads: int | None, jobs: int | None
) -> Backend:
    if folder.backend == "torch":
        from summae.inference.backends.torch import TorchBackend

        return TorchBackend(folder.path, tokenizer, threads=threads)
    from summae.inference.backends.ctranslate2 import CTranslate2Backend

    return CTranslate2Backend(folder.path, threads=threads, jobs=jobs)
