"""How fast each recipe trains, and where a step's time goes. Written to evaluation/training-speed.md.

    python scripts/benchmark_training.py [CONFIG ...] [--recipes all] [--pack FOLDER] [--set KEY=VALUE]

Without a token pack, random ids of the lengths of news and headlines are trained on, so anybody can
run it. Each recipe has a process of its own. Machines differ and are shared: read the ratios.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from benchmarking.measuring import Report, measure
from benchmarking.report import markdown, speed_row
from repository import ROOT, TABLES, as_typed, write_json
from summae.cli.settings import silence_transformers
from summae.config import load_config
from summae.errors import SummaeError
from summae.recipes.settings import PipelineSettings, RecipeName
from summae.recipes.stages import stages_of

SMALL = ROOT / "configs" / "zh-news.yaml"
RECIPES: tuple[str, ...] = get_args(RecipeName)


def main() -> None:
    """Measure one recipe after another, print, and write both files."""
    arguments = _arguments()
    reports: list[Report] = []
    command = as_typed("benchmark_training.py", *sys.argv[1:])
    for recipe in _chosen(arguments.recipes):
        for config in arguments.configs or [SMALL]:
            overrides = [*arguments.set, *([f"recipe={recipe}"] if recipe else [])]
            for also in ([], ["training.compile=true"])[: 1 + arguments.compiled]:
                experiment = load_config(PipelineSettings, config, [*overrides, *also])
                for settings in stages_of(experiment):
                    try:
                        reports.append(_in_own_process(settings, arguments))
                    except SummaeError as error:
                        print(f"{settings.recipe} is left out: {error}", file=sys.stderr)
                        continue
                    print(speed_row(reports[-1], reports), flush=True)
                    _write(reports, command, arguments.output)
    if not reports:
        sys.exit("nothing was measured")
    print("\n" + arguments.output.read_text(encoding="utf-8"))


def _write(reports: list[Report], command: str, output: Path) -> None:
    """Both files, after each recipe: what the next one does to them is nobody's loss."""
    output.write_text(markdown(reports, command), encoding="utf-8")
    runs = [asdict(report) for report in reports]
    write_json(output.with_suffix(".json"), {"command": command, "runs": runs})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("configs", nargs="*", type=Path, help="default: configs/zh-news.yaml")
    parser.add_argument("--recipes", default="", help="all, or some with commas between them")
    parser.add_argument("--pack", type=Path, help="token pack; random ids without one")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--compiled", action="store_true", help="also with training.compile")
    parser.add_argument("--warm-up", type=int, default=20, help="steps before the measured ones")
    parser.add_argument("--steps", type=int, default=40, help="measured steps")
    parser.add_argument("--max-minutes", type=float, default=0.0, help="of each recipe; 0: none")
    parser.add_argument("--output", type=Path, default=TABLES / "training-speed.md")
    return parser.parse_args()


def _chosen(names: str) -> Sequence[str]:
    chosen = RECIPES if names == "all" else tuple(names.split(","))
    for name in chosen:
        if name and name not in RECIPES:
            sys.exit(f"--recipes takes all or some of {', '.join(RECIPES)}, got {name!r}")
    return chosen


def _in_own_process(settings: PipelineSettings, arguments: argparse.Namespace) -> Report:
    """What one recipe leaves in memory is not to be counted as the next one's."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, settings, arguments).result()


def _measured(settings: PipelineSettings, arguments: argparse.Namespace) -> Report:
    silence_transformers()
    return measure(
        settings,
        arguments.pack,
        warm_up=arguments.warm_up,
        steps=arguments.steps,
        max_minutes=arguments.max_minutes,
    )


if __name__ == "__main__":
    main()
