"""The first stage: from texts to a pack, unless it is there; needs no torch."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from summae.data.pack import TokenPack
from summae.data.sentences_pack import SentencePack, build_sentence_pack
from summae.errors import ConfigError, InputError, needs_extra
from summae.recipes.any_settings import AnyPack, AnySettings
from summae.recipes.representation_settings import RepresentationSettings
from summae.recipes.settings import PipelineSettings

Progress = Callable[[str, int, int], None]


def load_pack(settings: AnySettings, *, progress: Progress | None = None) -> AnyPack:
    """The pack that the settings' recipe learns from, made if need be; raises as `ensure_pack`."""
    folder = ensure_pack(settings, progress=progress)
    is_of_sentences = isinstance(settings, RepresentationSettings)
    return SentencePack.load(folder) if is_of_sentences else TokenPack.load(folder)


def ensure_pack(settings: AnySettings, *, progress: Progress | None = None) -> Path:
    """Make the pack unless it is there; returns its folder.

    Raises:
        InputError: It is not there and `settings.data` names no texts to make it from, or `start` no
            checkpoint to begin with.
        ConfigError: `mixture.source_shares` does not fit the headline sources.
        InputError: The pack in `settings.output` was made with other `settings.data`.
        ModelError: `data.mining.encoder` is no sentence encoder, or `data.ranked_by` or `data.written_by`
            no model.
        MissingExtraError: It is not there and datasets or scikit-learn is not installed.
    """
    folder = Path(settings.pack or Path(settings.output) / "pack")
    _refuse_other_data(folder, settings)
    if isinstance(settings, RepresentationSettings):
        return _ensure_sentences(folder, settings, progress)
    if (folder / "pack.json").exists():
        if settings.data.supervised and not (folder / "supervised.npz").exists():
            with needs_extra("adding true pairs to a token pack", "train"):
                from summae.data.prepare import add_true_pairs
            add_true_pairs(folder, settings.data)
        _ensure_ranked(folder, settings.data.ranked_by, progress)
        _ensure_written(folder, settings.data.written_by, progress)
        return folder
    if not settings.data.documents or not settings.data.headlines:
        raise InputError(
            f"there is no token pack in {folder}, and data.documents and data.headlines name no "
            "texts to make one from"
        )
    _check_shares(settings)
    _check_start(settings.start)
    # Needs datasets, scikit-learn and SentencePiece, which a machine that only trains may lack.
    with needs_extra("making a token pack", "train"):
        from summae.data.prepare import build_pack
        from summae.inference.sentence_encoder import SentenceEncoder, encode_or_zeros

    encode = None
    if settings.data.mining.encoder:
        encoder = SentenceEncoder.from_pretrained(settings.data.mining.encoder)
        encode = partial(encode_or_zeros, encoder)
    build_pack(settings.data, encode=encode, progress=progress).save(folder)
    _ensure_ranked(folder, settings.data.ranked_by, progress)
    _ensure_written(folder, settings.data.written_by, progress)
    return folder


def _refuse_other_data(folder: Path, settings: AnySettings) -> None:
    """Texts that are named now, and others in the pack that an earlier run left, would go unnoticed.

    A pack that is named by `pack` may have been made with whatever settings.
    """
    file = folder / "pack.json"
    if settings.pack or not settings.data.documents or not file.exists():
        return
    try:
        made = json.loads(file.read_text(encoding="utf-8"))["notes"]["settings"]
    except (ValueError, KeyError):
        return  # broken, which loading says better, or made before packs told of their settings
    wanted = json.loads(json.dumps(asdict(settings.data)))
    # What is added to a pack later, and what another version did not know, says nothing.
    known = made.keys() & wanted.keys() - {"supervised", "ranked_by", "written_by"}
    differing = sorted(name for name in known if made[name] != wanted[name])
    if differing:
        name = differing[0]
        raise InputError(
            f"{folder} was made with other data settings ({', '.join(differing)}: {name} was "
            f"{made[name]!r} and is {wanted[name]!r} now): remove it, name another output, or use it as it "
            f"is with pack={folder}"
        )


def _ensure_ranked(folder: Path, model: str, progress: Progress | None) -> None:
    """Order the pairs by what `model` writes, unless they are."""
    if not model:
        return
    if ranked_by := TokenPack.load(folder).pairs_ranked_by:
        if ranked_by.rpartition("@")[0] != model:
            raise InputError(
                f"the pairs of {folder} are in the order of {ranked_by}, and data.ranked_by is {model}: "
                "name that one, or have the pack made anew in another output"
            )
        return
    with needs_extra("ranking the pairs of a token pack", "train"):
        from summae.recipes.iterated_mining import rank_again
    rank_again(folder, model, progress=progress)


def _ensure_written(folder: Path, model: str, progress: Progress | None) -> None:
    """Have `model` write its summaries, unless they are there."""
    if not model:
        return
    if (folder / "written.npz").exists():
        written = TokenPack.load(folder).written
        if written is not None and written.model.rpartition("@")[0] != model:
            raise InputError(
                f"{folder} has summaries by {written.model}, and data.written_by is {model}: name that "
                "one, or remove written.npz there"
            )
        return
    with needs_extra("writing summaries for a token pack", "train"):
        from summae.recipes.self_training import add_written
    add_written(folder, model, progress=progress)


def _ensure_sentences(
    folder: Path, settings: RepresentationSettings, progress: Progress | None
) -> Path:
    if not (folder / "pack.json").exists():
        if not settings.data.documents:
            raise InputError(
                f"there is no sentence pack in {folder}, and data.documents names no texts to make "
                "one from"
            )
        with needs_extra("making a sentence pack", "train"):
            build_sentence_pack(settings.data, progress).save(folder)
    return folder


def _check_start(start: str) -> None:
    """A name of the hub has one slash, and may lie in its cache."""
    if start and not Path(start).exists() and start.count("/") != 1:
        raise InputError(
            f"start is {start}, which does not exist: name the folder of a checkpoint, such as "
            "runs/zh-news/best, or leave it out to begin with fresh weights"
        )


def _check_shares(settings: PipelineSettings) -> None:
    """Find out before an hour of packing that the pack could not be trained from as configured."""
    shares, sources = settings.mixture.source_shares, settings.data.headlines
    if shares and len(shares) != len(sources):
        raise ConfigError(
            f"mixture.source_shares has {len(shares)} shares, data.headlines {len(sources)} "
            f"sources ({', '.join(sources)}): give one share for each source, or "
            "mixture.source_shares=[] for sources that are all alike"
        )
