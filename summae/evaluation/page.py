"""The report as one HTML file that needs no network: tables, charts, and rows to browse."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from summae.evaluation.plots import Series, chart, histogram
from summae.evaluation.report import BEYOND, FEWEST, VERSUS, Table, tables
from summae.evaluation.results import LEAD, Part, Report
from summae.evaluation.rouge import tokenizer
from summae.evaluation.samples import samples
from summae.evaluation.statistics import lead_copy_share

# Nothing may be loaded from anywhere: even a document that smuggled in a tag could not.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

_OPEN = (VERSUS, BEYOND)
"""Tables that are unfolded at first."""

_tokens = tokenizer("character")


def page(report: Report) -> str:
    """The whole file, as text for UTF-8."""
    rows = json.dumps(samples(report), ensure_ascii=False, separators=(",", ":"))
    # No text can end the script that carries it.
    rows = rows.replace("<", "\\u003c")
    main, *others = tables(report)
    body = f"""<section>{table_html(main, _signatures(report))}</section>
<section class="charts">{"".join(_charts(report))}</section>
<section>{"".join(map(_folded, others))}</section>
<section id="samples"></section>"""
    script = f"""<script type="application/json" id="rows">{rows}</script>
<script>
{_asset("page.js")}</script>
"""
    title = f"{report.system.name}: evaluation of summaries"
    return frame(
        report.system.name, _headline(report), body, _signed(report), title=title, script=script
    )


def frame(
    name: str,
    headline: str,
    body: str,
    signatures: Iterable[str],
    *,
    title: str = "",
    script: str = "",
) -> str:
    """A page around what it shows, with our style and nothing loaded from anywhere.

    Args:
        name: Its heading, as text.
        headline: The line below, as text.
        body: Sections, as HTML.
        signatures: Lines at its foot, as text.
        title: The window's, as text; empty: `name`.
        script: Elements at its end, as HTML.
    """
    return f"""<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{escape(title or name)}</title>
<style>
{_asset("page.css")}</style>
</head>
<body>
<header><h1>{escape(name)}</h1><p>{escape(headline)}</p></header>
<main lang="en">
{body}
</main>
<footer lang="en">{"".join(f"<code>{escape(line)}</code>" for line in signatures)}</footer>
{script}</body>
</html>
"""


def table_html(table: Table, titles: Sequence[str] = ()) -> str:
    """A table as HTML; each row may have a title that shows under the pointer."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.header)
    body = []
    for place, cells in enumerate(table.rows):
        title = f' title="{escape(titles[place])}"' if titles else ""
        first, *figures = map(escape, cells)
        row = "".join(f"<td>{figure}</td>" for figure in figures)
        body.append(f"<tr{title}><th>{first}</th>{row}</tr>")
    return (
        f'<div class="table"><table><caption>{escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _asset(name: str) -> str:
    return (files("summae") / "assets" / "report" / name).read_text(encoding="utf-8")


def _headline(report: Report) -> str:
    """The result in a sentence."""
    scores = " / ".join(f"{100 * f1:.1f}" for f1 in report.system.scores.mean_f1().values())
    count, empty = report.system.statistics.summaries, report.system.statistics.empty
    text = f"ROUGE-1/2/L F1 {scores} on {count} rows"
    if empty:
        text += f", {empty} of them without a summary, which scores 0"
    if report.baselines:
        lead = " / ".join(f"{100 * f1:.1f}" for f1 in report.baselines[0].scores.mean_f1().values())
        text += f"; the beginning of the document at the same mean length: {lead}"
    return text + "."


def _signed(report: Report) -> list[str]:
    return [report.signature, *(rival.signature for rival in report.rivals)]


def _signatures(report: Report) -> list[str]:
    """One for each row of the main table."""
    return [one.signature for one in (report.system, *report.rivals, *report.baselines)]


def _folded(table: Table) -> str:
    is_open = " open" if table.title in _OPEN else ""
    return (
        f"<details{is_open}><summary>{escape(table.title)}</summary>{table_html(table)}</details>"
    )


def _charts(report: Report) -> Iterable[str]:
    names = [report.system.name, *(rival.name for rival in report.rivals), LEAD]
    for what, unit, parts, joined in (
        ("set", "set", report.parts, False),
        ("length of the summary", "characters", report.brackets, True),
        ("length of the document", "characters", report.document_lengths, True),
    ):
        if parts:
            title = f"ROUGE-1 F1 × 100 by {what}, 95 % intervals"
            yield chart(title, *_by_class(parts, names), x=unit, joined=joined)
    if report.texts.documents:
        yield _copying(report)


def _by_class(parts: Sequence[Part], names: Sequence[str]) -> tuple[list[str], list[Series]]:
    """Labels and series of ROUGE-1: the systems, then the lead."""
    series = []
    for place, name in enumerate(names):
        results = [(part.system, *part.rivals, part.lead)[place] for part in parts]
        found = [result.intervals["rouge_1"] for result in results]
        intervals = [
            (100 * one.low, 100 * one.high) if len(result.scores) >= FEWEST else None
            for one, result in zip(found, results, strict=True)
        ]
        series.append(Series(name, [100 * one.mean for one in found], intervals))
    return [part.name or "(no set)" for part in parts], series


def _copying(report: Report) -> str:
    """How many summaries copy how much of the document's beginning."""
    texts = report.texts
    systems = {
        report.system.name: texts.predictions,
        **{rival.name: rival.summaries for rival in texts.rivals},
        "human": texts.references,
    }
    documents = [_tokens(document) for document in texts.documents]
    series = []
    for name, summaries in systems.items():
        shares = [
            lead_copy_share(_tokens(summary), document)
            for summary, document in zip(summaries, documents, strict=True)
        ]
        series.append(Series(name, [100 * share for share in histogram(shares)]))
    labels = [f"{10 * step}-{10 * step + 10}" for step in range(10)]
    return chart(
        "Copying the lead: % of the summaries",
        labels,
        series,
        x="% of the summary that is the document's beginning",
    )
