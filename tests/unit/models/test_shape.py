"""Shapes that no network can have are refused before one is built."""

from __future__ import annotations

from typing import Any

import pytest

from summae.models.shape import GeneratorShape


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"width": 320, "heads": 6}, "320 for 6 heads"),
        ({"heads": 0}, "0 heads"),
        ({"kind": "t5", "tie_embeddings": False}, "t5 .* tie_embeddings"),
        ({"kind": "t5", "encoder_layers": 1}, "decoder_layers, 2, at most encoder_layers, 1"),
    ],
)
def test_impossible_shape_is_refused(values: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        GeneratorShape(**values)
