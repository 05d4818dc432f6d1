"""The HTML report as a person meets it: opened in Chromium, sorted, and on a narrow screen."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from summae.evaluation.page import page
from summae.evaluation.rows import System
from summae.evaluation.runner import evaluate

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)

pytestmark = pytest.mark.skipif(BROWSER is None, reason=f"none of {', '.join(BROWSERS)} is there")

REFERENCE = "北方今晨降温明显"
DOCUMENT = "受冷空气影响，北方多地今晨降温明显，最低气温零下3度。"
COUNT = 130
NASTY = "<script>document.title='bad'</script>零下40度"

Open = Callable[..., str]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """130 rows of two sets: the later, the more characters of the reference are right; one empty."""
    predictions = [
        "晴" * (8 - place * 8 // COUNT) + REFERENCE[: place * 8 // COUNT] for place in range(COUNT)
    ]
    predictions[3], predictions[7] = "", NASTY
    found = evaluate(
        predictions,
        [REFERENCE] * COUNT,
        [DOCUMENT + "风" * (place % 7) for place in range(COUNT)],
        sets=["north" if place % 2 else "south" for place in range(COUNT)],
        rivals=[System("lead", [DOCUMENT[:8]] * COUNT)],
        token_scores=[[(character, 0.5) for character in text] for text in predictions],
        name="ours",
        rankings=(),
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page(found), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(report: Path, tmp_path_factory: pytest.TempPathFactory) -> Open:
    """The report's elements after its script has run, with `address` behind `#`."""

    def load(address: str = "", *, file: Path = report, width: int = 1200) -> str:
        profile = tmp_path_factory.mktemp("profile")
        ended = subprocess.run(
            [
                str(BROWSER),
                *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
                *("--no-first-run", "--disable-background-networking", "--enable-logging=stderr"),
                *(f"--user-data-dir={profile}", f"--window-size={width},900"),
                *("--virtual-time-budget=3000", "--dump-dom", f"{file.as_uri()}#{address}"),
            ],
            capture_output=True,
            env=os.environ | {"HOME": str(profile)},
            check=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        # What a page says on its console is an error: it says nothing by itself.
        assert "CONSOLE" not in ended.stderr, ended.stderr
        return ended.stdout

    return load


def numbers(elements: str) -> list[int]:
    """Rows that are shown, in their order."""
    return [int(number) for number in re.findall(r"<article>.*?No\. (\d+)", elements)]


def test_it_opens_with_charts_tables_and_the_first_rows(opened: Open) -> None:
    elements = opened()
    figures = re.findall(r"<figure>.*?</figure>", elements, re.DOTALL)
    assert ["<polyline" in figure for figure in figures] == [False, True, True, False]
    assert all("<rect" in figure or "<circle" in figure for figure in figures)
    assert numbers(elements) == list(range(1, 51))
    assert "80 more" in elements
    assert '<p class="tokens">' in elements
    assert '<span class="nothing">no summary</span>' in elements


def test_copied_spans_have_one_colour_in_summary_and_document(opened: Open) -> None:
    # The last row ends in 北方今晨降温明 (place 129: 7 characters), of which 北方 and 今晨降温明 are copied.
    article = opened("sort=number&order=descending&shown=1").partition("<article>")[2]
    assert numbers(f"<article>{article}") == [COUNT]
    for colour, text in (("c0", "北方"), ("c1", "今晨降温明")):
        assert article.count(f'<mark class="{colour}">{text}</mark>') == 2


def test_what_the_document_does_not_say_is_marked_and_no_text_is_run(opened: Open) -> None:
    elements = opened("find=40")
    assert numbers(elements) == [8]
    assert '<mark class="unsupported">40</mark>' in elements
    assert "<title>ours: evaluation of summaries</title>" in elements


def test_the_worst_hundred_are_one_click_away(opened: Open) -> None:
    (link,) = re.findall(r'<a href="#([^"]*)" id="worst">Worst hundred</a>', opened())
    shown = numbers(opened(html.unescape(link)))
    assert len(shown) == 100
    # Those without a common character come first, in the order of the data; the last rows are best.
    assert shown[:3] == [1, 2, 3]
    assert not set(range(COUNT - 25, COUNT + 1)) & set(shown)


def test_more_rows_leave_the_reader_where_he_is(report: Path, opened: Open, tmp_path: Path) -> None:
    clicked = tmp_path / "clicked.html"
    script = """<script>
        addEventListener("load", () => {
          const more = document.querySelector(".more");
          more.scrollIntoView();
          const before = scrollY;
          more.click();
          document.body.dataset.moved = scrollY - before;
        });
    </script>"""
    text = report.read_text("utf-8").replace("</body>", f"{script}</body>")
    clicked.write_text(text, encoding="utf-8")
    elements = opened(file=clicked)
    assert len(numbers(elements)) == 100
    assert 'data-moved="0"' in elements


def test_colours_of_token_scores_are_explained(opened: Open) -> None:
    (key,) = re.findall(r'<p class="key">.*?</p>', opened())
    assert re.findall(r"<span [^>]*>(above 0|below 0)</span>", key) == ["above 0", "below 0"]


def test_rows_of_one_set_can_be_read_alone(opened: Open) -> None:
    shown = numbers(opened("set=north&shown=1000"))
    assert shown == [place + 1 for place in range(COUNT) if place % 2]


def test_an_address_that_makes_no_sense_shows_the_beginning(opened: Open) -> None:
    assert numbers(opened("sort=nothing&order=up&shown=-3")) == [1]
    assert numbers(opened("%E0%A4%A"))[:2] == [1, 2]


def test_on_a_phone_nothing_is_wider_than_the_screen(
    report: Path, opened: Open, tmp_path: Path
) -> None:
    # Headless Chromium has no window narrower than 500 pixels; a phone has about 360.
    measured = tmp_path / "measured.html"
    text = report.read_text("utf-8")
    text = text.replace("</head>", "<style>html { width: 360px; }</style></head>")
    script = "<script>document.body.dataset.width = document.body.scrollWidth</script>"
    measured.write_text(text.replace("</body>", f"{script}</body>"), encoding="utf-8")
    (width,) = re.findall(r'data-width="(\d+)"', opened(file=measured, width=500))
    assert int(width) <= 360
