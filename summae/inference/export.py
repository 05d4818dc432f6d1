"""Training checkpoint to CTranslate2 runtime folder, with proof that both write the same.

The float32 conversion must give the checkpoint's own greedy outputs token by token before the
quantised one is written; a folder that appears is one that works.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from summae.errors import MissingExtraError, ModelError
from summae.inference.backends.ctranslate2 import CTranslate2Backend
from summae.inference.judges import FILES as JUDGES
from summae.inference.model_folder import FORMAT, MANIFEST, open_model_folder
from summae.inference.options import DecodingOptions
from summae.inference.reconstruction import FOLDER
from summae.text.tokenizer import FILE_NAME as TOKENIZER_FILE
from summae.text.tokenizer import Tokenizer

if TYPE_CHECKING:
    from summae.inference.backends.base import Backend

Quantization = Literal["int8", "int16", "float32"]

PROBES = (
    "据气象部门预报，受冷空气影响，本周三夜间到周四我市将有中到大雨，气温下降8到10度，请市民出行注意安全。",
    "在昨晚结束的排球联赛决赛中，主场作战的青岚队以3比1战胜望川队，时隔六年再次夺得冠军。",
    "研究人员在高原湖泊中发现一种新的水生植物，它的叶片能在零下20度的环境中保持绿色，论文近日发表。",
    "连接两座城市的高速铁路今天开始试运行，全程运行时间由原来的2小时缩短到48分钟，票价不变。",
    "市图书馆新馆将于本周六向读者开放，馆内设有300个座位和一个儿童阅览室，开放时间延长到晚上9点。",
    "专家提醒，高温天气下户外运动要注意补水，上午10点到下午4点应尽量避免剧烈运动，谨防中暑。",
)
"""Made-up news on which an export is compared with its checkpoint."""


@dataclass(frozen=True)
class ExportReport:
    """What an export has shown of itself."""

    path: Path
    bytes: int
    """Size of the runtime folder."""
    probes: int
    """Documents on which float32 greedy decoding was compared; all were equal."""
    quantized_agreement: float
    """Share of the probes for which the quantised model writes the same greedy summary too."""


def export(
    checkpoint: str | Path,
    output: str | Path,
    *,
    quantization: Quantization = "int8",
    name: str | None = None,
    decoding: dict[str, Any] | None = None,
    judges: str | Path | None = None,
    reconstructor: str | Path | None = None,
    probes: Sequence[str] = PROBES,
) -> ExportReport:
    """Convert a checkpoint.

    Args:
        checkpoint: Folder with `config.json`, `model.safetensors` and `tokenizer.model`.
        output: Runtime folder to write; replaced if it is one already.
        quantization: Storage of the weights; int8 is a quarter of float32.
        name: Name of the model; None takes the checkpoint's.
        decoding: Default decoding options to record; None takes the checkpoint's.
        judges: Folder of `scripts/train_judges.py`, whose files choose among candidates; or that of a
            model, whose weights come along.
        reconstructor: Checkpoint of the recipe `reconstructor`, which reads documents back.
        probes: Normalised simplified texts for the comparison.

    Raises:
        ModelError: The checkpoint is incomplete, of an architecture that CTranslate2 does not
            know, or its conversion does not write what it writes; or `output` is no model folder.
        MissingExtraError: torch or transformers is not installed.
    """
    source = open_model_folder(checkpoint, backend="torch")
    output = Path(output)
    # A checkpoint has a manifest, too; replacing it would destroy the weights.
    if output.exists() and not all((output / file).is_file() for file in (MANIFEST, "model.bin")):
        raise ModelError(f"{output} exists and is no runtime folder; choose another one")
    tokenizer = Tokenizer.from_dir(source.path)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".export-") as workplace:
        exact, final = Path(workplace) / "float32", Path(workplace) / "final"
        _convert(source.path, tokenizer, exact, "float32")
        _convert(source.path, tokenizer, final, quantization)
        agreement = _compare(source.path, tokenizer, exact, final, probes, source.max_source_tokens)
        shutil.copy(source.path / TOKENIZER_FILE, final / TOKENIZER_FILE)
        if judges is not None:
            _copy_judges(Path(judges), final)
        if reconstructor is not None:
            _convert(Path(reconstructor), tokenizer, final / FOLDER, quantization)
        weighed = {} if judges is None else _scorer_of(Path(judges))
        manifest = weighed | _manifest(source.path) | {"name": name or source.name}
        manifest["decoding"] = manifest.get("decoding", {}) | (decoding or {})
        manifest["files"] = {
            file.relative_to(final).as_posix(): {
                "bytes": file.stat().st_size,
                "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            }
            for file in sorted(final.rglob("*"))
            if file.is_file()
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (final / MANIFEST).write_text(text + "\n", encoding="utf-8")
        final.chmod(0o755)
        shutil.rmtree(output, ignore_errors=True)
        os.replace(final, output)
    size = sum(file.stat().st_size for file in output.rglob("*") if file.is_file())
    return ExportReport(output, size, len(probes), agreement)


def _manifest(checkpoint: Path) -> dict[str, Any]:
    file = checkpoint / MANIFEST
    written: dict[str, Any] = json.loads(file.read_bytes()) if file.exists() else {}
    return {"format": FORMAT, "max_source_tokens": 128, "max_target_tokens": 40} | written


def _copy_judges(folder: Path, output: Path) -> None:
    for name in JUDGES:
        if not (folder / name).is_file():
            raise ModelError(f"{folder} lacks {name}; make it with scripts/train_judges.py")
        shutil.copy(folder / name, output / name)


def _scorer_of(judges: Path) -> dict[str, Any]:
    """What weighs the judges, where they come from the folder of a model."""
    file = judges / MANIFEST
    known = json.loads(file.read_bytes()) if file.is_file() else {}
    return {name: known[name] for name in ("scorer",) if name in known}


def _convert(checkpoint: Path, tokenizer: Tokenizer, folder: Path, quantization: str) -> None:
    """CTranslate2's own converter, given our pieces in place of a Hugging Face tokenizer."""
    try:
        from ctranslate2.converters import TransformersConverter
        from transformers import AutoConfig
    except ImportError as error:
        raise MissingExtraError("exporting a checkpoint", "train") from error
    vocabulary = tokenizer.vocabulary

    class Pieces:
        """The part of a Hugging Face tokenizer that the converter reads."""

        bos_token, eos_token, unk_token, pad_token = "<s>", "</s>", "<unk>", "<pad>"

        def get_vocab(self) -> dict[str, int]:
            return vocabulary.ids

        def convert_ids_to_tokens(self, index: int) -> str:
            return vocabulary.pieces[index]

    class Converter(TransformersConverter):  # type: ignore[misc]
        def load_tokenizer(self, *_: object, **__: object) -> Pieces:
            return Pieces()

    try:
        Converter(str(checkpoint)).convert(
            str(folder), quantization=None if quantization == "float32" else quantization
        )
    except (ValueError, AttributeError, RuntimeError) as error:
        raise ModelError(f"CTranslate2 cannot convert {checkpoint}: {error}") from error
    start = AutoConfig.from_pretrained(checkpoint).decoder_start_token_id
    config = json.loads((folder / "config.json").read_bytes())
    # Its Pegasus loader takes the pad token for granted.
    config["decoder_start_token"] = vocabulary.pieces[start]
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _compare(
    checkpoint: Path,
    tokenizer: Tokenizer,
    exact: Path,
    final: Path,
    probes: Sequence[str],
    max_source_tokens: int,
) -> float:
    from summae.inference.backends.torch import TorchBackend

    sources = [[*tokenizer.encode_pieces(p)[: max_source_tokens - 1], "</s>"] for p in probes]
    expected = _greedy(TorchBackend(checkpoint, tokenizer), sources)
    for text, wanted, got in zip(
        probes, expected, _greedy(CTranslate2Backend(exact), sources), strict=True
    ):
        if wanted != got:
            raise ModelError(
                f"the float32 conversion of {checkpoint} does not write what the checkpoint "
                f"writes. For {text[:30]}…: {tokenizer.decode_pieces(wanted)!r} became "
                f"{tokenizer.decode_pieces(got)!r}. CTranslate2 reads this architecture wrongly; "
                "use the checkpoint with --backend torch"
            )
    quantized = _greedy(CTranslate2Backend(final), sources)
    return sum(a == b for a, b in zip(expected, quantized, strict=True)) / max(1, len(probes))


def _greedy(backend: Backend, sources: list[list[str]]) -> list[list[str]]:
    # Nothing but the model decides: the engines see to repetition in slightly different ways.
    options = DecodingOptions(beam_size=1, no_repeat_ngram_size=0)
    return [list(best.pieces) for best, *_ in backend.generate(sources, None, options)]
