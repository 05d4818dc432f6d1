"""Small charts as SVG text: bars or joined points with their intervals, or points in the plane.

Colours are classes (`s0`, `s1`, ...) that the page's style sheet defines for light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 420, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 38, 8, 10, 62
_COLOURS = 6
_LONGEST_LABEL = 13


@dataclass(frozen=True)
class Series:
    """One colour: a value for each label, and where it lies with 95 % certainty if that is known."""

    name: str
    values: Sequence[float]
    intervals: Sequence[tuple[float, float] | None] = ()


def chart(
    title: str, labels: Sequence[str], series: Sequence[Series], *, x: str, joined: bool = False
) -> str:
    """A figure with caption, legend and SVG.

    Args:
        title: What is shown, with its unit.
        labels: Along the horizontal axis, from left to right.
        series: What is drawn at each label, side by side; values are not negative.
        x: What the labels are.
        joined: Points joined by a line, for labels in order; otherwise bars.
    """
    top = _nice_top(max((max(_reach(one), default=0.0) for one in series), default=0.0))
    body = [_axis(top), _labels(labels)]
    for number, one in enumerate(series):
        body.append(_marks(number, len(series), one, labels, top, joined=joined))
    name = (
        f'<text class="name" x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 4}" text-anchor="end">'
        f"{escape(x)}</text>"
    )
    return _figure(title, [one.name for one in series], "".join([*body, name]))


def scatter(title: str, points: Iterable[Sequence[float]], labels: Sequence[str]) -> str:
    """A figure of points in the plane, coloured by label; axes have no meaning and are not drawn.

    Args:
        title: What is shown.
        points: Horizontal and vertical place of each, as far to each side as there is room.
        labels: One for each point, named in order of first appearance.
    """
    places = [(float(x), float(y)) for x, y in points]
    names = list(dict.fromkeys(labels))
    across, up = (_Range.of(values) for values in zip(*places, strict=True))
    groups = dict[str, list[str]]()
    for (x, y), label in zip(places, labels, strict=True):
        left = _RIGHT + across.share(x) * (_WIDTH - 2 * _RIGHT)
        top = _HEIGHT - _TOP - up.share(y) * (_HEIGHT - 2 * _TOP)
        groups.setdefault(label, []).append(f'<circle cx="{left:.1f}" cy="{top:.1f}" r="1.6"/>')
    body = (
        f'<g class="s{number % _COLOURS}" opacity="0.7">{"".join(groups[name])}</g>'
        for number, name in enumerate(names)
    )
    return _figure(title, names, "".join(body))


def histogram(values: Sequence[float], bins: int = 10) -> list[float]:
    """Share of `values` in [0, 1] that falls into each of so many equally wide bins, 1 into the last."""
    counts = [0] * bins
    for value in values:
        counts[min(int(value * bins), bins - 1)] += 1
    return [count / max(len(values), 1) for count in counts]


@dataclass(frozen=True)
class _Range:
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> _Range:
        return cls(min(values), max(values))

    def share(self, value: float) -> float:
        """From 0 to 1; the middle where all are the same."""
        width = self.high - self.low
        return (value - self.low) / width if width else 0.5


def _figure(title: str, names: Sequence[str], body: str) -> str:
    legend = "".join(
        f'<li><i class="s{number % _COLOURS}"></i>{escape(name)}</li>'
        for number, name in enumerate(names)
    )
    return (
        f'<figure><figcaption>{escape(title)}<ul class="legend">{legend}</ul></figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{body}</svg></figure>"
    )


def _reach(series: Series) -> list[float]:
    return [*series.values, *(interval[1] for interval in series.intervals if interval)]


def _nice_top(largest: float) -> float:
    """A round number not far above `largest`, whose quarters are round, too."""
    if largest <= 0:
        return 1.0
    power = float(10 ** math.floor(math.log10(largest)))
    return next(
        step * power
        for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10)
        if step * power >= largest * 0.9999
    )


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)


def _x(place: float, count: int) -> float:
    """The middle of the slot of label `place`."""
    return _LEFT + (place + 0.5) * (_WIDTH - _LEFT - _RIGHT) / max(count, 1)


def _axis(top: float) -> str:
    lines = []
    for quarter in range(5):
        value = top * quarter / 4
        y = _y(value, top)
        lines.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
        )
    return "".join(lines)


def _labels(labels: Sequence[str]) -> str:
    crowded = len(labels) > 6 or any(len(label) > 8 for label in labels)
    texts = []
    for place, label in enumerate(labels):
        x, y = _x(place, len(labels)), _HEIGHT - _BOTTOM + 15
        brief = label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"
        turned = f'text-anchor="end" transform="rotate(-28 {x:.1f} {y})"'
        position = turned if crowded else 'text-anchor="middle"'
        texts.append(
            f'<text x="{x:.1f}" y="{y}" {position}>{escape(brief)}'
            f"<title>{escape(label)}</title></text>"
        )
    return "".join(texts)


def _marks(
    number: int, count: int, series: Series, labels: Sequence[str], top: float, *, joined: bool
) -> str:
    slot = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    width = min(0.8 * slot / count, 34.0)
    # Points of several series beside each other, too, so that no interval hides another.
    step = min(width, 5.0) if joined else width
    shapes, points = [], []
    for place, value in enumerate(series.values):
        x = _x(place, len(labels)) + (number - (count - 1) / 2) * step
        y = _y(value, top)
        points.append(f"{x:.1f},{y:.1f}")
        told = f"{series.name}, {labels[place]}: {value:.1f}"
        whisker = ""
        interval = series.intervals[place] if series.intervals else None
        if interval is not None:
            low, high = interval
            told += f" [{low:.1f}, {high:.1f}]"
            whisker = (
                f'<line class="whisker" x1="{x:.1f}" x2="{x:.1f}" y1="{_y(low, top):.1f}" '
                f'y2="{_y(high, top):.1f}"/>'
            )
        shape = (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
            if joined
            else f'<rect x="{x - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{max(_y(0, top) - y, 0):.1f}"/>'
        )
        shapes.append(f"<g><title>{escape(told)}</title>{shape}{whisker}</g>")
    line = f'<polyline points="{" ".join(points)}"/>' if joined else ""
    return f'<g class="s{number % _COLOURS}">{line}{"".join(shapes)}</g>'
