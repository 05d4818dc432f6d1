"""Shapes that no network can have are refused, and can be told without torch."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from summae.representations.shape import EncoderShape


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"layers": 0}, "at least 1"),
        ({"kind": "transformer", "width": 10, "heads": 4}, "multiple"),
        ({"kind": "gru", "width": 9}, "halves"),
        ({"kind": "cnn", "bigrams": 8}, "knows no order"),
    ],
)
def test_impossible_shape_is_refused(values: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        EncoderShape(**values)


def test_settings_are_read_without_torch() -> None:
    modules = "summae.recipes.any_settings, summae.recipes.representation_settings"
    heavy = "{'torch', 'transformers', 'datasets', 'accelerate'}"
    code = f"import sys, {modules}; sys.exit(bool({heavy} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
