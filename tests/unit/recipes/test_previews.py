"""Pages of examples: everything that is to be seen, and texts as texts."""

from __future__ import annotations

from summae.recipes.previews import Preview, page


def test_page_shows_document_summary_and_reconstruction() -> None:
    text = page(
        [Preview(document="今晚有雨", tokens=["今晚", "雨", ""], reconstruction="今晚下雨")]
    )
    assert "<b>document</b> 今晚有雨" in text
    assert "<b>summary</b> 今晚雨" in text
    assert "<b>reconstruction</b> 今晚下雨" in text
    assert "<span" not in text, "without a discriminator nothing is coloured"


def test_without_a_reconstructor_there_is_no_reconstruction() -> None:
    assert "reconstruction" not in page([Preview(document="今晚有雨", tokens=["雨"])])


def test_what_looks_like_html_is_text() -> None:
    bad = "<script>&"
    text = page([Preview(document=bad, tokens=[bad], scores=[0.0], reconstruction=bad)])
    assert "<script>" not in text
    assert text.count("&lt;script&gt;&amp;") == 3


def test_tokens_like_a_persons_are_green_and_others_red_each_with_its_score() -> None:
    # Hue 120 is green, 0 red: sigmoid(4) = 0.982 and sigmoid(-4) = 0.018 of 120 are 118 and 2.
    text = page([Preview(document="", tokens=["雨", ""], scores=[4.0, -4.0, 9.0])])
    green, red = text.split("<span")[1:]
    assert "hsl(118 " in green
    assert 'title="4.00">雨<' in green
    assert "hsl(2 " in red
    assert "⏎" in red, "the end is a token, too, and judged"
