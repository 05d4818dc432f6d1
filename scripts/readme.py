"""Fill the example, the results and a limit of README.md from the model itself and from evaluation/.

python scripts/readme.py
"""

from __future__ import annotations

import re
from typing import Any

from complete_results import PAPER, shares_within
from repository import NEWS, ROOT, TABLES, read_json, read_lines
from summae import Length, Summarizer

EXAMPLES = {"sample-045": 12, "sample-057": 12, "sample-017": 12}
"""Items of data/news.jsonl: a span, own words, and traditional characters; with the length of a second headline."""
SHOWN = 90
"""Characters of a document that are shown."""
SHOWN_BASELINES = ("lead, equal length", "lead-20", "TextRank", "LexRank", "LSA", "oracle")
"""The others stand in evaluation/results.md; all of these but lead-20 are cut to equal length."""
GOOD, WRONG = "good", "garbled or false"
KINDS = ("rouge_1", "rouge_2", "rouge_l")


def main() -> None:
    """Rewrite the three blocks."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    text = fill(text, "example", example())
    text = fill(text, "results", results())
    text = fill(text, "reading", reading())
    readme.write_text(text, encoding="utf-8")


def fill(text: str, block: str, content: str) -> str:
    """Replace what stands between the marks of `block`."""
    pattern = re.compile(rf"(<!-- {block}:[^\n]*-->\n).*?(<!-- /{block} -->)", re.DOTALL)
    return pattern.sub(lambda marks: f"{marks[1]}{content}\n{marks[2]}", text)


def example() -> str:
    """Documents and what the default model writes for them."""
    documents = {item["id"]: item["document"] for item in read_lines(NEWS)}
    summarizer = Summarizer.from_pretrained()
    blocks = []
    for name, length in EXAMPLES.items():
        text = documents[name]
        (free,) = summarizer.summarize([text])
        (short,) = summarizer.summarize([text], length=Length.characters(length))
        blocks.append(
            f"> {text[:SHOWN]}……\n>\n> → **{free}** ({free.source}, confidence {free.confidence:.2f}) · with "
            f"`--length {length}`: {short}"
        )
    return "\n\n".join(blocks)


def results() -> str:
    """The main table, the parts, and the signature."""
    report = read_json(TABLES / "results.json")
    bounds, share = upper_bound(report)
    rows = [
        "| system | ROUGE-1 | ROUGE-2 | ROUGE-L | mean length |",
        "|---|---:|---:|---:|---:|",
        _row(report["system"]),
        *bounds,
        *(_row(system) for system in report["baselines"] if system["name"] in SHOWN_BASELINES),
    ]
    for part in report["parts"]:
        rows.append(_row(part["system"] | {"name": f"{part['name']}: ours"}))
        rows.append(_row(part["lead"] | {"name": f"{part['name']}: lead, equal length"}))
    return "\n".join(
        [
            "F1 × 100 on characters, 3,000 news articles, the newest stretch of each outlet;",
            "`summae evaluate zh-news --data pairs-test.parquet --json evaluation/results.json "
            "--markdown evaluation/results.md`; the upper bound's row is that of evaluation/supervised.md.",
            "",
            *rows,
            "",
            *share,
            f"`{report['signature']}`",
        ]
    )


def reading() -> str:
    """What readers found in the outputs, as a limit."""
    found = read_json(TABLES / "reading.json")
    new, preferred = found["new"], found["preferred"]
    read = sum(new.values())
    shares = ", ".join(f"{count / read:.0%} {kind}" for kind, count in new.items())
    return "\n".join(
        [
            f"- The generator is small, and many of its own lines are garbled or false; mostly a span of the document is the better line. Of {read} outputs of all",
            f"  genres, read by strict readers: {shares}. They would rather print this version's line than the one before's in {preferred['new']} of",
            f"  {sum(preferred.values())} cases, the other in {preferred['old']}. Sort by `--details`, and read before you publish.",
        ]
    )


def upper_bound(report: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Its row, and what share of it is reached; nothing if it was measured beside another model."""
    bounded = read_json(TABLES / "supervised.json")
    ours, (bound, *_) = bounded["system"], bounded["rivals"]
    if any(ours[kind]["f1"] != report["system"][kind]["f1"] for kind in KINDS):
        return [], []
    shares = [f"{ours[kind]['f1'] / bound[kind]['f1']:.0%}" for kind in KINDS]
    read = read_json(TABLES / "reading.json")["supervised"]
    theirs = [f"{share:.0%}" for share in paper_shares()]
    told = (
        "The upper bound is the same generator, trained on from this model with true pairs, and the same beams, "
        "with a ranking of its own, lengths that it states itself, and no clauses that stand in: "
        f"{', '.join(shares[:2])} and {shares[2]} of its scores are reached by a model that learned from none "
        "([evaluation/supervised.md](evaluation/supervised.md); true pairs of the validation set chose settings and "
        "the weights of its ranking and clauses, see [its card](summae/assets/zh-news/README.md)). Wang and Lee's, on other data, reached "
        f"{theirs[0]} of the ROUGE-1 and {theirs[2]} of the ROUGE-L of theirs. What scores higher need not read "
        f"better: of {read['read']} lines of our upper bound {read[GOOD]} were good headlines and {read[WRONG]} garbled or false."
    )
    return [_row(bound)], [told, ""]


def paper_shares() -> tuple[float, ...]:
    """What share of their upper bound's scores the paper's best method reached on Chinese text."""
    found = shares_within("Chinese Gigaword", PAPER["Chinese Gigaword"])
    return next(share.shares for share in found if share.system == "adversarial REINFORCE")


def _row(system: dict[str, object]) -> str:
    figures = [f"{100 * system[kind]['f1']:.1f}" for kind in KINDS]  # type: ignore[index]
    length = system["statistics"]["mean_length"]  # type: ignore[index]
    return f"| {system['name']} | " + " | ".join(figures) + f" | {length:.1f} |"


if __name__ == "__main__":
    main()
