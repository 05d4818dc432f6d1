"""Trained sentence encoders as a folder: weights, shape and tokenizer, whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from summae.data.sentences_pack import SentencePack
from summae.errors import ModelError
from summae.representations.encoders import build_encoder
from summae.representations.shape import EncoderShape

FORMAT = 1
_WEIGHTS, _ABOUT, _TOKENIZER = "encoder.safetensors", "encoder.json", "tokenizer.model"


def save_encoder(
    folder: str | Path,
    encoders: Sequence[nn.Module],
    shape: EncoderShape,
    pack: SentencePack,
    about: Mapping[str, Any],
) -> None:
    """Write what is needed to encode, replacing what was there.

    Args:
        folder: Appears complete or not at all.
        encoders: One, or several of one shape whose vectors are put end to end.
        shape: Theirs.
        pack: Whose tokenizer goes beside the weights.
        about: More for `encoder.json`, as the method; it wins over what stands there anyway:
            `format`, `kind`, `shape`, `vocabulary`, `parts`, `dimensions`, `normalize` (whether
            vectors are brought to length 1, yes) and `max_tokens`.
    """
    folder = Path(folder)
    aside = folder.with_name(f".{folder.name}-new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    weights = {
        f"{number}.{name}": weight.detach().cpu().contiguous()
        for number, encoder in enumerate(encoders)
        for name, weight in encoder.state_dict().items()
    }
    save_file(weights, aside / _WEIGHTS)
    everything = {
        "format": FORMAT,
        "kind": "sentence_encoder",
        "shape": asdict(shape),
        "vocabulary": len(pack.vocabulary),
        "parts": len(encoders),
        "dimensions": len(encoders) * shape.output,
        "normalize": True,
        "max_tokens": sentence_tokens(pack),
        **about,
    }
    (aside / _ABOUT).write_text(
        json.dumps(everything, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (aside / _TOKENIZER).write_bytes(pack.tokenizer_model)
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def sentence_tokens(pack: SentencePack) -> int:
    """Tokens after which a sentence of the pack was cut, and is to be cut by whoever encodes more."""
    tokens: int = pack.notes.get("settings", {}).get("sentence_tokens", 48)
    return tokens


def load_encoder(folder: str | Path) -> tuple[list[nn.Module], dict[str, Any]]:
    """Read encoders, in evaluation mode, and what `encoder.json` says.

    Raises:
        ModelError: `folder` holds no sentence encoder of this format.
    """
    folder = Path(folder)
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if about["kind"] != "sentence_encoder" or about["format"] != FORMAT:
            raise ModelError(
                f"{folder} holds a {about['kind']} of format {about['format']}, wanted is a "
                f"sentence_encoder of format {FORMAT}: train it again with `summae train`"
            )
        weights = load_file(folder / _WEIGHTS)
        shape = EncoderShape(**about["shape"])
        encoders = []
        for number in range(about["parts"]):
            encoder = build_encoder(shape, about["vocabulary"], seed=0)
            prefix = f"{number}."
            own = {n.removeprefix(prefix): w for n, w in weights.items() if n.startswith(prefix)}
            encoder.load_state_dict(own)
            encoders.append(encoder.eval())
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelError(
            f"{folder} holds no complete sentence encoder ({error}): train one with `summae train`"
        ) from error
    return encoders, about
