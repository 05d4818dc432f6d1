"""Scripts can be imported; a comparison of recipes that cost nothing, and what it is run on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from summae.data.pack import TokenPack

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))

MakeExperiment = Callable[..., Path]

SHAPE = {
    **{"width": 16, "heads": 2, "feed_forward": 32, "dropout": 0.0},
    **{"encoder_layers": 1, "decoder_layers": 1, "max_positions": 160},
}


@pytest.fixture(scope="session")
def tiny_config() -> dict[str, Any]:
    """A configuration for every recipe."""
    return {
        "generator": SHAPE,
        "mixture": {"batch_size": 4, "bucket_batches": 2, "pairs_share": 1.0},
        "reconstructor": {"shape": SHAPE, "target": {"max_tokens": 8}},
        "discriminator": {"width": 16, "layers": 1},
        "language_model": {"shape": {"width": 16, "heads": 2, "feed_forward": 32, "layers": 1}},
        "writing": {"max_tokens": 6},
        "training": {"steps": 2, "warmup_steps": 1},
    }


@pytest.fixture
def folder(
    pack_with_pairs: TokenPack, tmp_path: Path, news: tuple[str, ...], tiny_config: dict[str, Any]
) -> Path:
    """A pack with true pairs, a configuration, and data to measure on."""
    pack_with_pairs.save(tmp_path / "pack")
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(tiny_config), encoding="utf-8")
    rows = [{"document": text, "summary": text[:12], "set": "made up"} for text in news]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "data.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


@pytest.fixture
def make_experiment(folder: Path) -> MakeExperiment:
    """The file of an experiment of two rows, one of them with two seeds; what is given comes last."""

    def make(**values: Any) -> Path:
        content = {
            "output": str(folder / "runs"),
            "pack": str(folder / "pack"),
            "config": "base.yaml",
            "start": "$start",
            "prepared": [
                {"name": "start", "overrides": {"recipe": "mined"}},
                {"name": "words", "overrides": {"recipe": "language_model"}},
                {"name": "reader", "overrides": {"recipe": "reconstructor"}},
                {"name": "judge", "overrides": {"recipe": "reconstructor"}, "seeds": [7]},
                {"name": "unwanted", "overrides": {"recipe": "mined"}},
            ],
            "rows": [
                {"name": "mined only", "overrides": {"recipe": "mined"}, "seeds": [1, 2]},
                {
                    "name": "+ reinforced",
                    "overrides": {"recipe": "reinforced", "reconstructor.start": "$reader"},
                },
            ],
            **values,
        }
        path = folder / "experiment.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path

    return make
