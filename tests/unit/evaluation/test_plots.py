"""Charts are read back: marks stand where their values say."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from summae.evaluation.plots import Series, chart, histogram, scatter


def drawing(*series: Series, labels: list[str], joined: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(chart("<ROUGE>", labels, series, x="set", joined=joined))


def test_bars_are_as_high_as_their_values() -> None:
    found = drawing(Series("ours", [50.0, 25.0]), labels=["a", "b"])
    high, low = (float(bar.get("height", "")) for bar in found.iter("rect"))
    assert high == pytest.approx(2 * low, abs=0.11)
    # 50 is a nice top, so the first bar reaches from the lowest to the highest line.
    levels = [float(line.get("y1", "")) for line in found.iter("line")]
    assert high == pytest.approx(max(levels) - min(levels), abs=0.11)


def test_an_interval_holds_its_point() -> None:
    series = Series("ours", [30.0, 20.0], [(25.0, 35.0), None])
    found = drawing(series, labels=["1-10", "11-15"], joined=True)
    (whisker,) = (line for line in found.iter("line") if line.get("class") == "whisker")
    first = next(found.iter("circle"))
    assert float(whisker.get("y2", "")) < float(first.get("cy", "")) < float(whisker.get("y1", ""))
    assert [title.text for title in found.iter("title") if "ours" in (title.text or "")] == [
        "ours, 1-10: 30.0 [25.0, 35.0]",
        "ours, 11-15: 20.0",
    ]


def test_nothing_leaves_the_picture() -> None:
    series = [Series(str(n), [99.0] * 10, [(98.0, 101.0)] * 10) for n in range(7)]
    found = drawing(*series, labels=[str(n) for n in range(10)])
    for bar in found.iter("rect"):
        left, width = float(bar.get("x", "")), float(bar.get("width", ""))
        assert left >= 0
        assert left + width <= 420
    assert all(float(line.get("y2", "")) >= 0 for line in found.iter("line"))


@pytest.mark.parametrize("values", [[], [0.0], [1e-9, 0.0]])
def test_little_or_nothing_can_be_drawn(values: list[float]) -> None:
    drawing(Series("ours", values), labels=["a"] * len(values))


def test_a_histogram_counts_shares_and_puts_one_into_the_last_bin() -> None:
    assert histogram([0.0, 0.04, 0.5, 1.0], bins=2) == [0.5, 0.5]
    assert histogram([], bins=3) == [0, 0, 0]


def test_points_keep_their_places_and_colours() -> None:
    points = [(0.0, 0.0), (2.0, 1.0), (1.0, 4.0)]
    found = ElementTree.fromstring(scatter("<points>", points, ["a", "b", "a"]))
    groups = [list(group) for group in found.iter("g")]
    assert [len(group) for group in groups] == [2, 1]
    low, high, middle = groups[0][0], groups[0][1], groups[1][0]
    left, right, between = (float(one.get("cx", "")) for one in (low, middle, high))
    assert between == pytest.approx((left + right) / 2, abs=0.11)
    # Up is up: the greatest stands nearest to the top, a quarter of the way is a quarter.
    bottom, top, quarter = (float(one.get("cy", "")) for one in (low, high, middle))
    assert quarter == pytest.approx(bottom + (top - bottom) / 4, abs=0.11)
    assert "&lt;points&gt;" in scatter("<points>", points, ["a", "b", "a"])


def test_points_in_one_place_stand_in_the_middle() -> None:
    found = ElementTree.fromstring(scatter("one", [(3.0, 5.0)], ["a"]))
    _, _, width, height = map(float, next(found.iter("svg")).get("viewBox", "").split())
    circle = next(found.iter("circle"))
    assert float(circle.get("cx", "")) == pytest.approx(width / 2, abs=0.11)
    assert float(circle.get("cy", "")) == pytest.approx(height / 2, abs=0.11)
