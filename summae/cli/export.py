"""`summae export CHECKPOINT OUTPUT`: a trained checkpoint to a folder that `summarize` runs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from summae.cli.console import OK, run_command, say
from summae.cli.settings import HELP, parse, silence_transformers
from summae.errors import needs_extra
from summae.inference.model_folder import open_model_folder

PROGRAM = "summae export"

_DESCRIPTION = """Turn CHECKPOINT into a CTranslate2 model in the folder OUTPUT.

CHECKPOINT is a run (its best model is taken) or a folder with config.json, model.safetensors and
tokenizer.model. The conversion is compared with the checkpoint before anything is written.
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
    # A checkpoint that is not there is told before packages that are not.
    open_model_folder(checkpoint, backend="torch")
    with needs_extra("exporting a checkpoint", "train"):
        silence_transformers()
        from summae.inference.export import export

        report = export(
            checkpoint, options["output"], quantization=options["quantization"], name=name
        )
    say(
        PROGRAM,
        f"{report.path}: {report.bytes / 1e6:.1f} MB; float32 greedy output equal on "
        f"{report.probes} of {report.probes} probes, {options['quantization']} on "
        f"{report.quantized_agreement:.0%}",
    )
    return OK
