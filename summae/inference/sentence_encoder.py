"""The sentence encoder: texts in, vectors out, in order; without torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from summae.errors import InputError
from summae.inference.arguments import check_batch, check_count, check_threads, documents_of
from summae.inference.batching import windows
from summae.inference.encoder_folder import EncoderFolder, open_encoder_folder
from summae.inference.encoder_runtime import EncoderRuntime, Unit, Vectors, prepare
from summae.inference.long_documents import is_blank
from summae.inference.options import DOCUMENT_FIELDS

_BATCHES_AT_A_TIME = 16
"""Texts are made ready so far ahead, to be sorted by length and to share one tokenizer call."""


class SentenceEncoder:
    """A sentence encoder with its tokenizer: `SentenceEncoder.from_pretrained().encode(texts)`.

    It keeps the conventions of scikit-learn, so it may be a step of a `Pipeline`, be cloned and be
    searched over; `transform` is `encode`. Calling it on a batch of a Hugging Face dataset adds a
    column: `dataset.map(encoder, batched=True)`. It can be pickled: a copy in another process
    loads the same folder again. Texts in traditional script are converted; nothing is learned.

    Args:
        name_or_path: A folder written by `summae export`, the name of an encoder inside this
            package, or None for the default encoder; it is loaded when first needed.
        per: What a text is. Of a "sentence" as many tokens are read as the encoder has learned to
            read, 48 unless it says otherwise; the vector of a "document" is the mean of those of
            its first twelve sentences.
        batch_size: Sentences encoded together.
        normalize: Whether vectors have length 1, so that inner products are cosines; None takes
            what the encoder was trained with.
        threads: Threads of a transformer; None takes all usable cores. A bag needs one.
    """

    def __init__(
        self,
        name_or_path: str | Path | None = None,
        *,
        per: Unit = "sentence",
        batch_size: int = 256,
        normalize: bool | None = None,
        threads: int | None = None,
    ) -> None:
        self.name_or_path = name_or_path
        self.per = per
        self.batch_size = batch_size
        self.normalize = normalize
        self.threads = threads
        self._loaded: EncoderRuntime | None = None

    @classmethod
    def from_pretrained(
        cls, name_or_path: str | Path | None = None, threads: int | None = None, **options: Any
    ) -> SentenceEncoder:
        """Load an encoder at once.

        Args:
            name_or_path: See the class.
            threads: See the class.
            options: `per`, `batch_size` and `normalize` of the class.

        Raises:
            ModelError: There is no such encoder, it is incomplete, or it needs torch.
            ValueError: An argument is of the wrong kind or out of range.
        """
        return cls(name_or_path, threads=threads, **options).fit()

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""
        return self.folder.dimensions

    @property
    def folder(self) -> EncoderFolder:
        """The encoder on disk."""
        return self._ready().folder

    def encode(
        self,
        texts: Iterable[str],
        batch_size: int | None = None,
        normalize: bool | None = None,
        per: Unit | None = None,
    ) -> Vectors:
        """Encode texts; row n belongs to text n, whatever stands beside it.

        Args:
            texts: Any iterable of texts; for one text, `encode([text])[0]`.
            batch_size: See the class; None takes what was given there, as with the others.
            normalize: See the class.
            per: See the class.

        Returns:
            Vectors, float32, (texts, dimensions).

        Raises:
            InputError: A text is empty or not a string; the message says which.
            ValueError: `texts` is one string, a mapping or a table, or an option is out of range.
        """
        documents = _documents_of(texts)
        size = self.batch_size if batch_size is None else batch_size
        unit = _checked(self.per if per is None else per, size)
        ready = self._ready()
        wanted = self.normalize if normalize is None else normalize
        is_unit_length = ready.folder.normalize if wanted is None else wanted
        prepared = (
            prepare(place, text, ready.folder, unit) for place, text in enumerate(documents)
        )
        rows = [
            ready.encode(window, size, is_unit_length)
            for window in windows(prepared, _BATCHES_AT_A_TIME * size)
        ]
        return np.concatenate(rows) if rows else np.zeros((0, ready.folder.dimensions), np.float32)

    def fit(self, texts: Iterable[str] | None = None, y: object = None) -> SentenceEncoder:
        """Check the options and load the encoder; there is nothing to learn.

        Raises:
            ModelError: See `from_pretrained`.
            ValueError: An option is out of range, or `texts` are no texts.
        """
        _checked(self.per, self.batch_size)
        check_threads(self.threads)
        if texts is not None:
            _documents_of(texts)
        self._ready()
        return self

    def transform(self, texts: Iterable[str]) -> Vectors:
        """See `encode`."""
        return self.encode(texts)

    def fit_transform(self, texts: Iterable[str], y: object = None) -> Vectors:
        """`fit`, then `encode`."""
        return self.fit(texts).encode(texts)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Names of the dimensions, as scikit-learn names those of a transformer."""
        names = [f"sentenceencoder{number}" for number in range(self.dimensions)]
        return np.array(names, dtype=object)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The options of the class by name."""
        return {
            "name_or_path": self.name_or_path,
            "per": self.per,
            "batch_size": self.batch_size,
            "normalize": self.normalize,
            "threads": self.threads,
        }

    def set_params(self, **options: Any) -> SentenceEncoder:
        """Change options of the class.

        Raises:
            ValueError: There is no such option.
        """
        known = self.get_params()
        if unknown := sorted(set(options) - set(known)):
            raise ValueError(
                f"a SentenceEncoder has no {', '.join(unknown)}; it has {', '.join(known)}"
            )
        for name, value in options.items():
            setattr(self, name, value)
        if {"name_or_path", "threads"} & set(options):
            self._loaded = None
        return self

    def __call__(
        self, batch: Mapping[str, Sequence[str]], field: str | None = None
    ) -> dict[str, list[Vectors]]:
        """Encode a batch of a dataset; for `dataset.map(encoder, batched=True)`.

        Args:
            batch: Columns by name.
            field: Column of the texts, as `fn_kwargs={"field": ...}`; None takes `document`,
                `content` or `text`.

        Returns:
            The column `embedding`.
        """
        check_batch(batch, who="sentence encoder", method="encode")
        candidates = DOCUMENT_FIELDS if field is None else (field,)
        found = next((name for name in candidates if name in batch), None)
        if found is None:
            raise InputError(
                f"the batch has no column {' or '.join(map(repr, candidates))}, "
                f"only {', '.join(map(repr, batch))}; name the texts' column with field=..."
            )
        if isinstance(batch[found], str):
            raise ValueError("one row came instead of a batch; use dataset.map(..., batched=True)")
        return {"embedding": list(self.encode(batch[found]))}

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"SentenceEncoder({options})"

    def __getstate__(self) -> dict[str, Any]:
        # The fingerprint tells caches, which go by these bytes, that the weights have changed.
        return {"options": self.get_params(), "fingerprint": self.folder.fingerprint}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state["options"])  # type: ignore[misc]

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        # Nobody but scikit-learn asks.
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type="transformer",
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(preserves_dtype=[]),
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True),
            requires_fit=False,
        )

    def _ready(self) -> EncoderRuntime:
        if self._loaded is None:
            self._loaded = EncoderRuntime(open_encoder_folder(self.name_or_path), self.threads)
        return self._loaded


def embed_documents(texts: Sequence[str]) -> Vectors:
    """Vectors of documents by the default encoder, (texts, dimensions); the reward `similarity` asks it.

    A summary is a document of one sentence; see `encode_or_zeros` for one that says nothing.
    """
    return encode_or_zeros(_default(), texts, per="document")


def encode_or_zeros(
    encoder: SentenceEncoder, texts: Sequence[str], per: Unit = "sentence"
) -> Vectors:
    """As `encode`, but that a text of nothing readable has a vector of zeros, which is like no other."""
    said = [place for place, text in enumerate(texts) if not is_blank(text)]
    vectors = np.zeros((len(texts), encoder.dimensions), np.float32)
    vectors[said] = encoder.encode([texts[place] for place in said], per=per)
    return vectors


@lru_cache(maxsize=1)
def _default() -> SentenceEncoder:
    return SentenceEncoder.from_pretrained()


def _documents_of(texts: Any) -> Iterator[str]:
    # A data frame would give the names of its columns.
    if getattr(texts, "ndim", 1) != 1:
        raise ValueError(
            f"texts is one column of texts, got {type(texts).__name__} of shape {texts.shape}"
        )
    return documents_of(texts, who="encoder", method="encode")


def _checked(per: Unit, batch_size: int) -> Unit:
    check_count("batch_size", batch_size)
    if per not in get_args(Unit):
        raise ValueError(f"per is 'sentence' or 'document', got {per!r}")
    return per
