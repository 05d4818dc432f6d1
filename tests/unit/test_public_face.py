"""`import summae` is free, and its few names are fetched on first use."""

from __future__ import annotations

import subprocess
import sys

import pytest

import summae


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import summae; print(*set(sys.modules) - before)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = {name.partition(".")[0] for name in ended.stdout.split()}
    assert "summae" in loaded
    assert loaded.isdisjoint({"torch", "transformers", "datasets", "ctranslate2", "opencc"})


@pytest.mark.parametrize("name", summae.__all__)
def test_every_public_name_can_be_fetched(name: str) -> None:
    assert getattr(summae, name) is not None
    assert name in dir(summae)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Sumarizer'"):
        _ = summae.Sumarizer  # type: ignore[attr-defined]
