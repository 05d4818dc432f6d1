"""Train on a machine that has nothing but torch, transformers, accelerate, numpy and PyYAML.

Run as `python scripts/train_from_pack.py CONFIG pack=FOLDER training.max_minutes=9`, again and
again until it says that it has finished: each call goes on where the last one stopped. Unlike
`summae train` it needs no installed package and no command line library.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from summae.errors import SummaeError
from summae.recipes.any_settings import load_settings
from summae.recipes.pipeline import train


def main() -> None:
    """Train; exit status 3 says that there is something left to do."""
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        outcome = train(load_settings(sys.argv[1], sys.argv[2:]))
    except SummaeError as error:
        sys.exit(f"train_from_pack.py: {error}")
    print(
        f"stage {outcome.number} of {outcome.count} ({outcome.settings.recipe}): step "
        f"{outcome.step} of {outcome.settings.training.steps}, best {outcome.state.best:.4f}"
    )
    sys.exit(0 if outcome.is_over else 3)


if __name__ == "__main__":
    main()
