"""What decides how a token pack and its batches come out; apart from the code that makes them, which needs more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from summae.data.noise import NoiseSettings


@dataclass(frozen=True, kw_only=True)
class MiningSettings:
    """How far to look and how much to keep."""

    per_document: int = 3
    """At most so many headlines for a document; 0 mines none, for packs that only supervised
    recipes learn from."""
    per_headline: int = 4
    """At most so many documents for a headline: one that fits everything says nothing."""
    document_characters: int = 160
    """Part of the document that is searched; headlines take nearly all they say from it, and the
    generator does not read much more."""
    lead_characters: int = 90
    """Part of the document whose matches carry the score."""
    minimum_coverage: float = 0.75
    """Share of a headline's characters that must stand in that part; less teaches to invent."""
    window_days: int = 3
    """Reports at most so far apart may be about one event."""
    near_factor: float = 1.4
    """What a pair within the window counts more."""
    encoder: str = ""
    """Sentence encoder that knows pairs of one matter: a folder of `summae export` or the name of one
    inside this package, zh-sentences; empty goes by words alone."""


@dataclass(frozen=True, kw_only=True)
class PackSettings:
    """What goes into a pack."""

    documents: tuple[str, ...] = ()
    """Sources of documents: paths or hub ids, `path::column` names the column; what else can be
    said of a source stands in `summae.data.places`."""
    headlines: tuple[str, ...] = ()
    """Sources of headlines that people wrote for other texts."""
    validation: str = ""
    """Source of documents with their own headlines; measured on, never learned from."""
    supervised: tuple[str, ...] = ()
    """Sources of documents with their own headlines for the supervised recipes, the upper bounds;
    stored apart from everything else, which learns without a single true pair."""
    validation_rows: int = 400
    """Rows of `validation` kept, evenly spread."""
    headlines_since: str = ""
    """Keep only headlines dated on or after this day (2012-01-01); empty keeps all."""
    drop_shared: bool = False
    """Leave out headlines that belong to a document, by id or by text, instead of refusing."""
    minimum_characters: int = 24
    """Shorter documents are left out."""
    kept_characters: int = 600
    """Documents are cut here before anything else; the pack keeps far less."""
    tokenizer: str = ""
    """A `tokenizer.model` to use, as when a trained model is to learn on; empty: learn one."""
    tokenizer_kind: Literal["unigram", "character"] = "unigram"
    """Pieces of the tokenizer that is learned: of up to six characters, or of one; what is too rare
    for a piece is spelled in bytes either way."""
    vocabulary_size: int = 12_000
    """Pieces of the tokenizer; below 65,536, since ids have 16 bits."""
    document_tokens: int = 128
    """Tokens kept of each document."""
    mining: MiningSettings = field(default_factory=MiningSettings)
    """How pseudo-pairs are found."""
    ranked_by: str = ""
    """Model whose summaries of the documents say which pseudo-pairs are the best (iterated mining): a
    folder of `summae export` or the name of one inside this package. The best pairs are better so
    (evaluation/mining.md); at small cost a model that learns from them is not (ablation.md)."""
    written_by: str = ""
    """Model whose summaries of the documents are kept beside the pseudo-pairs, for self-training (see
    `mixture.written_share`): a folder of `summae export` or the name of one inside this package."""


@dataclass(frozen=True, kw_only=True)
class BatchSettings:
    """What all batches have in common."""

    batch_size: int = 128
    """Rows of a batch, over all processes."""
    source_tokens: int = 96
    """Tokens read of each document, `</s>` not counted."""
    bucket_batches: int = 16
    """Batches whose rows are sorted by length together, a group, so that little is padding."""
    even: Literal["rows", "tokens"] = "rows"
    """What the batches of a group have equally many of. With "tokens" (read and written), short rows
    come in larger batches and long ones in smaller, `batch_size` is their mean, and no step needs
    more memory or time than another."""

    def __post_init__(self) -> None:
        for name in ("batch_size", "source_tokens", "bucket_batches"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is at least 1, got {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True)
class UnpairedSettings(BatchSettings):
    """How documents and headlines are drawn without regard to each other."""

    source_shares: tuple[float, ...] = ()
    """Share of each headline source among the headlines; empty: all alike."""


@dataclass(frozen=True, kw_only=True)
class PairsSettings(BatchSettings):
    """How true pairs are drawn, in recipes that are allowed to see some."""

    count: int | None = None
    """Use only so many pairs, drawn by the seed; fewer are among more. None uses all."""


_SHARES = (
    *("late_pairs_after", "written_share", "denoising_start", "denoising_end"),
    *("open_length_share", "open_length_after"),
)


@dataclass(frozen=True, kw_only=True)
class MixtureSettings(UnpairedSettings):
    """What a batch of pseudo-pairs and buried headlines is made of."""

    pairs_share: float = 0.6
    """Pseudo-pairs used for training at most, as a share of the number of documents; each source of
    headlines gives its share of them (`source_shares`), or what it has."""
    tiers: int = 3
    """The best 1/tiers of the pairs is drawn this many times as often as the worst."""
    late_pairs_share: float | None = None
    """Where not None, the share that is used instead …"""
    late_pairs_after: float = 0.7
    """… in what is left of the run after this share of it: weak pairs teach to write, and what they
    teach wrongly is unlearned from the best."""
    written_share: float = 0.0
    """Share of what is not a buried headline that a model wrote for the document (`data.written_by`)
    instead of a person for another text."""
    denoising_start: float = 0.5
    """Share of buried headlines in the first batches …"""
    denoising_end: float = 0.1
    """… and, falling evenly from one group of batches to the next, in the last."""
    open_length_share: float = 0.5
    """Share of targets that come without their length, so that a summary may end where it is
    complete …"""
    open_length_after: float = 0.5
    """… in what is left of the run after this share of it; before, every length is stated."""
    noise: NoiseSettings = field(default_factory=NoiseSettings)
    """How headlines are buried."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1, got {getattr(self, name)}")
        late = self.late_pairs_share
        if not self.pairs_share > 0 or (late is not None and not late > 0):
            raise ValueError(
                "pairs_share and late_pairs_share say how many pairs are used for each document, above 0 "
                f"(1 are as many as documents), got {self.pairs_share} and {late}"
            )
        if self.tiers < 1:
            raise ValueError(f"tiers is at least 1, which draws all pairs alike, got {self.tiers}")


PretrainingTask = Literal["span_denoising", "gap_sentence", "next_sentence"]


@dataclass(frozen=True, kw_only=True)
class PretrainingSettings:
    """What is learned from documents alone."""

    task: PretrainingTask = "gap_sentence"
    """span_denoising: restore a document with holes in it, as BART does; gap_sentence: write the
    sentence that says most of the document, which was taken out, as Pegasus does; next_sentence:
    write how the document goes on."""
    sentence_tokens: int = 64
    """Longest sentence to be written; longer ones are only read. With 12,000 pieces, 96 % of the
    sentences in Chinese news are shorter."""
    kept_share: float = 0.2
    """Share of gap sentences that stay where they are, which teaches to find and copy them; a
    fifth in Pegasus (Zhang et al., 2020, arXiv 1912.08777)."""
    masked_share: float = 0.3
    """Share of the tokens that lie in holes …"""
    span_tokens: float = 3.0
    """… of so many tokens on average; both as in BART (Lewis et al., 2020, arXiv 1910.13461)."""

    def __post_init__(self) -> None:
        if self.sentence_tokens < 1 or not 0 <= self.kept_share <= 1:
            raise ValueError(
                "sentence_tokens is at least 1 and kept_share lies in [0, 1], got "
                f"{self.sentence_tokens} and {self.kept_share}"
            )
        if not 0 < self.masked_share < 1 or self.span_tokens < 1:
            raise ValueError(
                "masked_share lies between 0 and 1 and span_tokens is at least 1, got "
                f"{self.masked_share} and {self.span_tokens}"
            )


@dataclass(frozen=True, kw_only=True)
class SentencePackSettings:
    """What goes into a sentence pack."""

    documents: tuple[str, ...] = ()
    """Sources of documents; see `PackSettings.documents`."""
    tokenizer: str = ""
    """A `tokenizer.model` to use; empty: learn one."""
    vocabulary_size: int = 12_000
    """Pieces of a tokenizer that is learned; below 65,536, since ids have 16 bits."""
    sentences: int = 12
    """At most so many sentences of a document, the first."""
    sentence_tokens: int = 48
    """Tokens kept of each sentence."""
    kept_characters: int = 1200
    """Documents are cut here before anything else; a sentence that is cut through is left out."""
    held_out_share: float = 0.05
    """Share of the documents of each set that is measured on and never learned from: the newest."""
    minimum_characters: int = 24
    """Shorter documents are left out."""

    def __post_init__(self) -> None:
        if not 0 <= self.held_out_share < 1:
            raise ValueError(
                f"held_out_share is a share of the documents in [0, 1), got {self.held_out_share}"
            )
        if self.sentences < 1 or self.sentence_tokens < 1:
            raise ValueError(
                "sentences and sentence_tokens are at least 1, got "
                f"{self.sentences} and {self.sentence_tokens}"
            )


@dataclass(frozen=True, kw_only=True)
class SentenceBatchSettings:
    """How batches of neighbouring sentences are made."""

    sentences_per_batch: int = 256
    """At most so many sentences, over all processes; each is weighed against all others."""
    documents: int | None = None
    """Learn from so many documents only, drawn by the seed, to see what more of them are worth; null
    for all."""

    def __post_init__(self) -> None:
        if self.documents is not None and self.documents < 1:
            raise ValueError(
                f"documents counts those learned from, at least 1, got {self.documents}; null takes "
                "all"
            )
        if self.sentences_per_batch < 2:
            raise ValueError(
                f"sentences are told from others of their batch, so sentences_per_batch is at "
                f"least 2, got {self.sentences_per_batch}"
            )
