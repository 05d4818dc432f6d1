"""The comparison as it is read: Markdown for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from comparison.measuring import START, Found, Measured
from comparison.plan import Plan
from comparison.tables import beyond_rouge, cost, course, scores, written_plainly
from comparison.writing import SHOWN, shown_news

SHOWN_CHARACTERS = 60
"""Of each document that is shown."""


def markdown(plan: Plan, found: Found, command: str, missing: Sequence[str]) -> str:
    """The comparison for people.

    Args:
        plan: All runs.
        found: What was measured of them.
        command: What to type for the same.
        missing: What the tables lack, and why.
    """
    first = plan.experiment.rows[0].name
    blocks = [
        "# Recipes compared",
        f"`{command}`. All rows learned from one token pack and were searched alike. "
        f"{_beginnings(plan)} The {plan.experiment.checkpoint} model of each run is measured. Mean "
        "over seeds, range in brackets.",
        *([f"**Missing**: {'; '.join(missing)}."] if missing else []),
        scores(found, first).markdown(),
        f"Lead: the document's beginning, cut to the row's own mean length. Difference: R-1 minus "
        f"that of “{first}” on the same documents, means over seeds, with its 95 % interval by "
        "paired bootstrap over documents; p by Holm's method over all rows. It says how sure the "
        "difference is on other documents; the range says how sure it is with other seeds.",
        beyond_rouge(found).markdown(),
        *_judges_explained(plan),
        cost(plan, found).markdown(),
        *_readable(plan, found),
        *_notes(plan),
        f"`{found.signature}`",
    ]
    return "\n\n".join(blocks) + "\n"


def _beginnings(plan: Plan) -> str:
    """Where rows started, and which did elsewhere."""
    what = f"“{START}”" if plan.start else "fresh weights"
    others = [
        name
        for name, runs in plan.rows.items()
        if any(run.settings.start != plan.start for run in runs)
    ]
    but = f", but for {', '.join(others)}" if others else ""
    return f"They started from {what}{but}."


def _judges_explained(plan: Plan) -> list[str]:
    told = []
    if plan.reconstructor:
        told.append(
            "Reconstruction gain: how much better a reconstructor that no row was trained with tells "
            "the document from the summary than from a lead of its length, nats per character."
        )
    if plan.language_model:
        told.append(
            "Log-probability: under a headline language model that no row was trained with, nats; "
            "nearer to 0 is more fluent, and so is what repeats itself."
        )
    told.append(
        "Told from human headlines: share of summaries and of the same documents' headlines that a "
        "logistic regression on characters, fitted on other documents of those measured, takes for what "
        "they are, both cut to the shorter one's length; 0.5 is guessing."
    )
    return [" ".join(told)]


def _readable(plan: Plan, found: Found) -> list[str]:
    names = [name for name in plan.experiment.readable if name in found.rows]
    if not names:
        return []
    blocks = [
        "## With the discriminator and without it",
        "What the rows write word by likeliest word, without a beam, a penalty or a choice among "
        "candidates that could cover up for the model.",
        written_plainly(found, names).markdown(),
        course(plan, names).markdown(),
        "Discriminator right: of prefixes, while it learned (50 % is guessing). Recovered: "
        "log-likelihood of the document's beginning given a drawn summary, nats a token. The others: "
        "greedy summaries of validation documents.",
        f"And {SHOWN} made-up documents, models of the first seed:",
    ]
    for place, item in enumerate(shown_news()):
        lines = [f"> {item['document'][:SHOWN_CHARACTERS]}……", "", f"- human: {item['summary']}"]
        lines += [f"- {name}: {found.rows[name][0].shown[place]}" for name in names]
        blocks.append("\n".join(lines))
    return blocks


def _notes(plan: Plan) -> list[str]:
    notes = [f"- {row.name}: {row.note}" for row in plan.experiment.rows if row.note]
    return ["## Notes", "\n".join(notes)] if notes else []


def as_dict(plan: Plan, found: Found, command: str, missing: Sequence[str]) -> dict[str, Any]:
    """The comparison as JSON types; scores and shares in [0, 1], lengths in characters."""
    first = plan.experiment.rows[0].name
    differences = found.differences(first)
    given = {row.name: asdict(row) for row in plan.experiment.rows}
    return {
        "command": command,
        "signature": found.signature,
        "missing": list(missing),
        "first": first,
        "config": plan.experiment.config,
        "overrides": plan.experiment.overrides,
        "rows": [
            {
                **given.get(name, {"name": name}),
                "behind": asdict(differences[name]) if name in differences else None,
                "measured": [_measured_dict(measured) for measured in each],
            }
            for name, each in found.rows.items()
        ],
        "human": {"statistics": asdict(found.human), "judged": found.human_judged},
        "lead-20": found.short_lead,
    }


def _measured_dict(measured: Measured) -> dict[str, Any]:
    return {
        "f1": {kind: float(values.mean()) for kind, values in measured.f1.items()},
        "lead": measured.lead,
        "statistics": asdict(measured.statistics),
        "judged": measured.judged,
        "plain": {"statistics": asdict(measured.plain), "judged": measured.plain_judged},
        "revision": measured.revision,
        "outcome": measured.outcome,
    }
