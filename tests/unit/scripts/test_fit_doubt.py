"""The weights of a doubt follow from what a reader said of lines, and those that are shipped did."""

from __future__ import annotations

from dataclasses import asdict

import pytest

pytest.importorskip("sklearn")

import fit_doubt
import model_card
from repository import read_json
from summae.inference.doubt import Signs

SIGNS = {"likelihood": -0.5} | dict.fromkeys(fit_doubt.NAMES[1:], 0)
"""Of a line without any."""


def lines() -> list[dict[str, object]]:
    """Forty lines: what joins two pieces or more is poor, one in ten the other way round."""
    return [
        SIGNS | {"row": row, "splices": row % 4, "poor": (row % 4 >= 2) != (row % 10 == 0)}
        for row in range(40)
    ]


def test_what_makes_lines_poor_makes_them_doubtful() -> None:
    doubt = fit_doubt.fit(lines())
    assert doubt.splices > 1
    assert doubt.misplaced == pytest.approx(0, abs=1e-6)
    whole, joined = (Signs(**(SIGNS | {"splices": count})) for count in (0, 3))
    assert doubt.probability(whole) < 0.5 < doubt.probability(joined)


def test_each_line_is_judged_by_the_others() -> None:
    page = fit_doubt.page({"what": "Invented", "lines": lines()}, fit_doubt.fit(lines()), "model")
    assert "Invented: 40 lines, 50% of them poor." in page
    told = {row.split(" | ")[0]: row.split(" | ") for row in page.splitlines() if " | " in row}
    assert told["| splices"][1:] == ["30", "60% |"]
    assert "| crossings | 0 | |" in page
    # All lines have the same likelihood, which cannot tell them apart.
    assert float(told["| all signs"][1]) > 0.7 > float(told["| likelihood alone"][1])


def test_the_weights_that_are_shipped_are_those_of_the_lines_that_were_read() -> None:
    shipped = read_json(model_card.MODEL / "summae.json")["decoding"]
    fitted = asdict(fit_doubt.fit(read_json(fit_doubt.READINGS)["lines"]))
    assert shipped["doubt"] == pytest.approx(fitted, rel=0.02)
    assert shipped["doubtful_above"] == fit_doubt.ABOVE


def test_the_card_says_what_the_files_say() -> None:
    assert (model_card.MODEL / "README.md").read_text(encoding="utf-8") == model_card.card()
