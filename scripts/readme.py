"""Fill the example and the results of README.md from the model itself and from evaluation/results.json.

python scripts/readme.py
"""

from __future__ import annotations

import re

from repository import NEWS, ROOT, TABLES, read_json, read_lines
from summae import Length, Summarizer

EXAMPLES = ("sample-005", "sample-045", "sample-050")
"""Items of data/news.jsonl: own words, a clause of the document, a traditional one; of the better half."""
SHOWN = 90
"""Characters of a document that are shown."""
SHOWN_BASELINES = ("lead, equal length", "lead-20", "TextRank", "LexRank", "LSA", "oracle")
"""The others stand in evaluation/results.md; all of these but lead-20 are cut to equal length."""
KINDS = ("rouge_1", "rouge_2", "rouge_l")


def main() -> None:
    """Rewrite the two blocks."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    text = fill(text, "example", example())
    text = fill(text, "results", results())
    readme.write_text(text, encoding="utf-8")


def fill(text: str, block: str, content: str) -> str:
    """Replace what stands between the marks of `block`."""
    pattern = re.compile(rf"(<!-- {block}:[^\n]*-->\n).*?(<!-- /{block} -->)", re.DOTALL)
    return pattern.sub(lambda marks: f"{marks[1]}{content}\n{marks[2]}", text)


def example() -> str:
    """Documents and what the default model writes for them."""
    documents = {item["id"]: item["document"] for item in read_lines(NEWS)}
    summarizer = Summarizer.from_pretrained()
    texts = [documents[name] for name in EXAMPLES]
    free = summarizer.summarize(texts)
    short = summarizer.summarize(texts, length=Length.characters(12))
    blocks = [
        f"> {text[:SHOWN]}……\n>\n> → **{summary}** · with `--length 12`: {brief}"
        for text, summary, brief in zip(texts, free, short, strict=True)
    ]
    return "\n\n".join(blocks)


def results() -> str:
    """The main table, the parts, and the signature."""
    report = read_json(TABLES / "results.json")
    rows = [
        "| system | ROUGE-1 | ROUGE-2 | ROUGE-L | mean length |",
        "|---|---:|---:|---:|---:|",
        _row(report["system"]),
        *(_row(system) for system in report["baselines"] if system["name"] in SHOWN_BASELINES),
    ]
    for part in report["parts"]:
        rows.append(_row(part["system"] | {"name": f"{part['name']}: ours"}))
        rows.append(_row(part["lead"] | {"name": f"{part['name']}: lead, equal length"}))
    return "\n".join(
        [
            "F1 × 100 on characters, 3,000 news articles, the newest stretch of each outlet;",
            "`summae evaluate zh-news --data pairs-test.parquet --json evaluation/results.json "
            "--markdown evaluation/results.md`.",
            "",
            *rows,
            "",
            f"`{report['signature']}`",
        ]
    )


def _row(system: dict[str, object]) -> str:
    figures = [f"{100 * system[kind]['f1']:.1f}" for kind in KINDS]  # type: ignore[index]
    length = system["statistics"]["mean_length"]  # type: ignore[index]
    return f"| {system['name']} | " + " | ".join(figures) + f" | {length:.1f} |"


if __name__ == "__main__":
    main()
