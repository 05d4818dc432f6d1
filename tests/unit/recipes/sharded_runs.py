"""The runs of recipe_runs.py with shards of all weights in place of copies, as a script."""

from __future__ import annotations

import sys
from pathlib import Path

import accelerate
import recipe_runs

sys.path.append(str(Path(__file__).parents[1] / "training"))
from toy_game import pretend_gpus

if __name__ == "__main__":
    accelerate.PartialState(cpu=True)  # the processes find each other before they pretend
    pretend_gpus()
    recipe_runs.play_all(Path(sys.argv[1]))
