"""The card of the shipped model, every figure from a file. Written to summae/assets/zh-news/README.md.

    python scripts/model_card.py

What its runs were is in evaluation/training.json (scripts/publish_model.py), its scores in results.json,
what a reader found in reading.json.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from repository import ROOT, TABLES, read_json
from summae.inference.choosing import NEAR, SURELY_POOR

MODEL = ROOT / "summae" / "assets" / "zh-news"
RESULTS = TABLES / "results.json"
READING = TABLES / "reading.json"
TRAINING = TABLES / "training.json"
BY_HAND = {"miss", "stump", "cut", "hangs", "dangles"}
"""Weights of ranking and clauses that scripts/fit_ranking.py and fit_clauses.py set and do not fit."""
KINDS = {"rouge_1": "ROUGE-1", "rouge_2": "ROUGE-2", "rouge_l": "ROUGE-L"}


def main() -> None:
    """Write it."""
    (MODEL / "README.md").write_text(card(), encoding="utf-8")


def card() -> str:
    """The model card, every figure from a file."""
    stages = read_json(TRAINING)
    run = stages[0]
    settings, pack = run["settings"], run["pack"]
    configs = ", then ".join(f"`summae train {stage['config']}`" for stage in stages)
    lines = [
        "# zh-news: headlines for Chinese news",
        "",
        "The default model of summae. Reads the beginning of a Chinese text, simplified or traditional, and",
        "writes one line in the manner of a news headline. Apache-2.0.",
        "",
        "| | |",
        "|---|---|",
        f"| made | {stages[-1]['made']}, {configs} |",
        f"| shape | {_shape(settings['generator'])} |",
        f"| reads | {settings['mixture']['source_tokens']} tokens, about 150 characters |",
        f"| learned from | {pack['documents']:,} documents without their headlines; "
        f"{pack['headlines']:,} headlines of other texts; {pack['pairs']:,} pseudo-pairs mined between "
        f"the two, of which {_pairs_used(settings['mixture'], pack)}{_written(stages)} |",
        f"| chosen by | true pairs of `pairs-valid`, which none of the above holds: settings of training and search; {_fitted()} |",
        f"| training | {_training(stages)} on CPU, mostly on a single core |",
        f"| size | {_megabytes(MODEL / 'model.bin')} (int8); `checkpoint/` holds half-precision weights for "
        "fine-tuning |",
        "",
        "Documents: Chinese television, wire, web and overseas press, 2012–2026; headlines of other articles of",
        "the same outlets, and of a daily newspaper. Headlines whose own article stands among the documents, told",
        "by id or by its first 200 letters, were left out. Some copies of an article differ earlier, and so 192 of",
        "the pseudo-pairs (0.14 %) join a document to the headline of its copy; packs made since compare 60 letters.",
        "Two settings got their present values on the way: the number of steps (10,000 at first) after 500 of them,",
        "and `late_pairs_share`, which acts on the last 2,400, after 5,500.",
        "The texts themselves are not part of this package.",
        "",
        *_scores(),
        "",
        "## Limits",
        "",
        f"It reads only the beginning. It is small and was trained for {sum(stage['hours'] for stage in stages):.1f} hours on a CPU. Of the candidates that its",
        "search finds, those with a number, a Latin word or a Chinese character that the document lacks, or with a",
        "number in a strange place, are passed over where there is another. Where its words are doubtful",
        "(`Summary.doubt`, evaluation/doubt.md), or all invent a number or Latin word, a clause of the document stands",
        f"for them, {_share()} (`Summary.extracted` says so, evaluation/clauses.md what that brings); with a length",
        f"asked for, only where they invent, miss it by more than {NEAR} characters or are doubted above {SURELY_POOR}, and two clauses",
        "may stand side by side to reach it: with a length, more lines are garbled or false. What somebody said is led by who said it. Such a clause is true, but may lean on what stood before",
        "it. Of its own",
        "words some lines still join true pieces into something the text does not say; on features it does worse than",
        "on plain news. Do not publish what it writes unread.",
        "Subjects and wording follow the news it learned from, official news above all.",
    ]
    return "\n".join(lines) + "\n"


def _pairs_used(mixture: dict[str, Any], pack: dict[str, Any]) -> str:
    used = f"at most the best {mixture['pairs_share'] * pack['documents']:,.0f} were used"
    late = mixture.get("late_pairs_share")
    if late is None:
        return used
    rest = 1 - mixture["late_pairs_after"]
    return f"{used}, in the last {rest:.0%} of the run the best {late * pack['documents']:,.0f}"


def _fitted() -> str:
    """How many weights of the search true pairs, or readings, have decided."""
    decoding = read_json(MODEL / "summae.json")["decoding"]
    ranking, clauses, doubt = (
        len(decoding[name].keys() - BY_HAND) for name in ("ranking", "clauses", "doubt")
    )
    return (
        f"{ranking} weights by which candidates are ranked and {clauses} by which clauses are, fitted to their "
        f"ROUGE (evaluation/ranking.md, clauses.md), {len(BY_HAND)} more by hand; {doubt} of the doubt after lines that were read (doubt.md)"
    )


def _written(stages: list[dict[str, Any]]) -> str:
    """What the model learned from what it had written itself, its search and its clauses."""
    counts = [stage["written"] for stage in stages if stage.get("written")]
    return "".join(
        f"; then {count:,} lines that its own search had chosen for the documents, or clauses that had stood "
        "in for what it was not sure of"
        for count in counts
    )


def _training(stages: list[dict[str, Any]]) -> str:
    return ", then ".join(
        f"{stage['steps']:,} steps of {stage['settings']['mixture']['batch_size']} "
        f"({stage['hours']:.1f} hours)"
        for stage in stages
    )


def _shape(generator: dict[str, Any]) -> str:
    return (
        f"Pegasus-shaped transformer, width {generator['width']}, {generator['encoder_layers']} encoder "
        f"and {generator['decoder_layers']} decoder layers, tied embeddings"
    )


def _scores() -> list[str]:
    if not RESULTS.exists():
        return ["Scores: not yet measured."]
    report = read_json(RESULTS)
    lines = [
        "## Scores",
        "",
        "F1 × 100 on characters, on the newest stretch of each outlet, 3,000 articles.",
        "",
        f"| system | {' | '.join(KINDS.values())} | mean length |",
        "|---|---:|---:|---:|---:|",
    ]
    for result in [report["system"], *report["baselines"]]:
        figures = " | ".join(f"{100 * result[kind]['f1']:.1f}" for kind in KINDS)
        lines.append(
            f"| {result['name']} | {figures} | {result['statistics']['mean_length']:.1f} |"
        )
    facts = report["system"]["statistics"]
    lines += ["", f"`{report['signature']}`", ""]
    for name, what in (
        ("supported_numbers", "numbers in the summaries stand in the documents"),
        ("supported_names", "Latin words in the summaries stand in the documents"),
        ("novel_bigrams", "bigrams are not in the document"),
        ("repetition", "bigrams are repeated within a summary"),
        ("repeating", "summaries have a bigram twice"),
    ):
        lines.append(f"- {100 * facts[name]:.1f} % of the {what}.")
    return [*lines, *_reading(report["signature"])]


def _reading(signature: str) -> list[str]:
    """What a reader found in the outputs of this very model and search."""
    reading = read_json(READING)
    if reading["model"] not in signature:
        return []
    sets: dict[str, dict[str, int]] = reading["sets"]
    kinds = list(next(iter(sets.values())))
    unseen, changed = reading["unseen"], reading.get("changed")
    total = {kind: sum(counts[kind] for counts in sets.values()) for kind in kinds}
    return [
        "",
        f"{reading['what']}:",
        "",
        "| | " + " | ".join([*sets, "all"]) + " |",
        "|---|" + "---:|" * (len(sets) + 1),
        *(
            f"| {kind} | "
            + " | ".join(str(counts[kind]) for counts in sets.values())
            + f" | {all_} |"
            for kind, all_ in total.items()
        ),
        "",
        f"{unseen.pop('what')}, {unseen.pop('read')} were read: "
        + ", ".join(f"{number} {kind}" for kind, number in unseen.items())
        + ".",
        *([] if changed is None else [_changed(changed)]),
    ]


def _share() -> str:
    share = read_json(READING)["replaced"]
    return f"in {share:.0%} of those that were read"


def _changed(changed: dict[str, Any]) -> str:
    counts = {kind: n for kind, n in changed.items() if kind not in ("what", "read")}
    told = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    return f"{changed['what']} {changed['read']}: {told}."


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"


if __name__ == "__main__":
    main()
