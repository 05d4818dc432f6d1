"""`summae export CHECKPOINT OUTPUT`: a trained checkpoint to a folder that runs without torch."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from summae.cli.console import OK, run_command, say
from summae.cli.settings import HELP, parse, silence_transformers
from summae.errors import SummaeError, needs_extra
from summae.inference.encoder_folder import MANIFEST as ENCODER_MANIFEST
from summae.inference.model_folder import open_model_folder

PROGRAM = "summae export"

_DESCRIPTION = """Turn CHECKPOINT into a CTranslate2 model in the folder OUTPUT.

CHECKPOINT is a run (its best model is taken) or a folder with config.json, model.safetensors and
tokenizer.model. The conversion is compared with the checkpoint before anything is written.
A sentence encoder (with encoder.json) becomes a folder for `summae embed`, in the smallest form
whose vectors agree; --whiten makes its vectors fitter for comparing by the cosine.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command; `argv` without the program's name. Returns the exit code."""
    return run_command(PROGRAM, lambda: _main(sys.argv[1:] if argv is None else argv))


@click.command(help=_DESCRIPTION, context_settings=HELP)
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
@click.option(
    "--quantization",
    type=click.Choice(["int8", "int16", "float32"]),
    default="int8",
    help="How weights are stored.",
)
@click.option("--name", help="Name of the model; the default is the run's or the checkpoint's.")
@click.option(
    "--judges",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="What candidates are judged by: a model folder, whose weights come along, such as"
    " summae/assets/zh-news, or what scripts/train_judges.py makes.",
)
@click.option(
    "--reconstructor",
    type=click.Path(path_type=Path),
    metavar="CHECKPOINT",
    help="Of the recipe reconstructor, over the same tokenizer; --explain shows what it reads back.",
)
@click.option(
    "--whiten",
    type=click.Path(path_type=Path),
    metavar="PACK",
    help="Spread a sentence encoder's vectors more evenly, as told by a sentence pack.",
)
def _command(**values: object) -> dict[str, object]:
    return values


def _main(argv: list[str]) -> int:
    options = parse(_command, PROGRAM, argv)
    if options is None:
        return OK
    checkpoint, name = Path(options["checkpoint"]), options["name"]
    if (checkpoint / "best").is_dir():
        # The run's name says more than "best".
        checkpoint, name = checkpoint / "best", name or checkpoint.resolve().name
    if (checkpoint / ENCODER_MANIFEST).is_file():
        return _export_encoder(checkpoint, options["output"], name, options["whiten"])
    if options["whiten"] is not None:
        raise SummaeError(
            f"--whiten is for sentence encoders, which have an {ENCODER_MANIFEST}; {checkpoint} is none"
        )
    # A checkpoint that is not there is told before packages that are not.
    open_model_folder(checkpoint, backend="torch")
    with needs_extra("exporting a checkpoint", "train"):
        silence_transformers()
        from summae.inference.export import export

        report = export(
            checkpoint,
            options["output"],
            quantization=options["quantization"],
            name=name,
            judges=options["judges"],
            reconstructor=options["reconstructor"],
        )
    say(
        PROGRAM,
        f"{report.path}: {report.bytes / 1e6:.1f} MB; float32 greedy output equal on "
        f"{report.probes} of {report.probes} probes, {options['quantization']} on "
        f"{report.quantized_agreement:.0%}",
    )
    return OK


def _export_encoder(checkpoint: Path, output: Path, name: str | None, pack: Path | None) -> int:
    with needs_extra("exporting a sentence encoder", "train"):
        silence_transformers()
        from summae.inference.export_encoder import export_encoder
        from summae.representations.encoding import checkpoint_vectors

        with TemporaryDirectory() as folder:
            if pack is not None:
                from summae.data.sentences_pack import SentencePack
                from summae.representations.whitening import whiten_checkpoint

                name = name or checkpoint.resolve().name
                whiten_checkpoint(checkpoint, folder, SentencePack.load(pack))
                checkpoint = Path(folder)
            report = export_encoder(
                checkpoint, output, partial(checkpoint_vectors, checkpoint), name=name
            )
    say(
        PROGRAM,
        f"{report.path}: {report.bytes / 1e6:.1f} MB in {report.storage}; on {report.probes} "
        f"probes no vector is less like the checkpoint's than by a cosine of {report.cosine:.4f}",
    )
    return OK
