"""The card of the shipped model, every figure from a file. Written to summae/assets/zh-news/README.md.

    python scripts/model_card.py

What its runs were is in evaluation/training.json (scripts/publish_model.py), its scores in results.json and,
by genre, in scorer.json, what readers found in reading.json.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from repository import ROOT, TABLES, read_json

MODEL = ROOT / "summae" / "assets" / "zh-news"
RESULTS = TABLES / "results.json"
READING = TABLES / "reading.json"
TRAINING = TABLES / "training.json"
SCORER = TABLES / "scorer.json"
JUDGES = [MODEL / name for name in ("headlines.npz", "idf.npz", "boundaries.json")]
KINDS = {"rouge_1": "ROUGE-1", "rouge_2": "ROUGE-2", "rouge_l": "ROUGE-L"}


def main() -> None:
    """Write it."""
    (MODEL / "README.md").write_text(card(), encoding="utf-8")


def card() -> str:
    """The model card, every figure from a file."""
    stages = read_json(TRAINING)
    first, last = stages[0], stages[-1]
    settings = first["settings"]
    lines = [
        "# zh-news: headlines for Chinese texts",
        "",
        "The default model of summae. Reads the beginning of a Chinese text, simplified or traditional, and gives",
        "one line in the manner of a headline. Apache-2.0.",
        "",
        "| | |",
        "|---|---|",
        f"| made | {last['made']}, {_commands(stages)} |",
        f"| shape | {_shape(settings['generator'])} |",
        f"| reads | {settings['mixture']['source_tokens']} tokens, about 150 characters |",
        f"| learned from | {'; then '.join(map(_read, stages))} |",
        f"| training | {_training(stages)} on CPU, mostly on a single core |",
        "| chosen by | true pairs of the validation sets, which none of the above holds: settings of training and "
        f"search, and {len(_weights())} weights of the scorer; these and its confidence, too, by lines that were read "
        "(evaluation/scorer.md) |",
        f"| size | {_megabytes(MODEL / 'model.bin')} generator (int8), {_megabytes(*JUDGES)} judges, "
        f"{_megabytes(MODEL / 'reconstructor' / 'model.bin')} reconstructor, which only `--explain` loads; `checkpoint/` holds "
        "the generator's half-precision weights for fine-tuning |",
        "",
        "Documents: Chinese television, wire, web and overseas press, 2012–2026, posts of news media, finance flashes,",
        "technology; headlines of other articles of the same outlets, of a daily newspaper, and titles of scientific papers",
        "without any of their documents. Headlines whose own article stands among the documents, told by id or by how it",
        "begins, were left out; in the first stage 192 of the pseudo-pairs (0.14 %) join a document to the headline of a copy",
        "of it that begins otherwise. The texts themselves are not part of this package.",
        "",
        *_scores(),
        "",
        "## Limits",
        "",
        "It reads only the beginning. The generator is small, and many of its own lines are garbled or false; the scorer",
        f"takes one of them for {read_json(SCORER)['own_words']:.0%} of the documents and a span of the document for the others. A span is true, but may",
        "be beside the point or lean on what stood before it. Numbers, Latin words and quoted names are told as the",
        "document tells them (evaluation/facts.md); who did what to whom is not checked. `Summary.confidence` says how",
        "likely a reader finds the line good. Do not publish what it writes unread.",
        "Subjects and wording follow the news it learned from, official news above all.",
    ]
    return "\n".join(lines) + "\n"


def _commands(stages: list[dict[str, Any]]) -> str:
    return ", then ".join(f"`summae train {stage['config']}`" for stage in stages)


def _read(stage: dict[str, Any]) -> str:
    pack, mixture = stage["pack"], stage["settings"]["mixture"]
    told = f"{pack['documents']:,} documents without their headlines"
    if "headlines" in pack:
        told += f" and {pack['headlines']:,} headlines of other texts"
    if "pairs" in pack:
        told += f", {pack['pairs']:,} pseudo-pairs mined between them"
    if stage.get("written"):
        told += f", {stage['written']:,} lines that its own search had chosen"
    return f"{told} (of the documents the best {mixture['pairs_share']:.0%} had one, in the end {mixture['late_pairs_share']:.0%})"


def _weights() -> dict[str, float]:
    scorer = read_json(MODEL / "summae.json")["scorer"]
    return scorer["weights"]  # type: ignore[no-any-return]


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
    return [*lines, *_genres(), *_reading(report["signature"])]


def _reading(signature: str) -> list[str]:
    """What readers found in the outputs of this very model and search."""
    reading = read_json(READING)
    if reading["model"] not in signature:
        return []
    kinds = list(reading["new"])
    return [
        "",
        f"{reading['what']}:",
        "",
        "| | " + " | ".join(kinds) + " |",
        "|---|" + "---:|" * len(kinds),
        *(
            f"| {name} | " + " | ".join(str(reading[key][kind]) for kind in kinds) + " |"
            for name, key in (("this version", "new"), ("the version before", "old"))
        ),
        "",
        f"Which they would rather print: {reading['preferred']['new']} this version's, "
        f"{reading['preferred']['old']} the earlier one's, {reading['preferred']['equal']} either.",
    ]


def _genres() -> list[str]:
    """What the scorer's page says of each genre."""
    found = read_json(SCORER)["genres"]
    return [
        "",
        "By genre, on validation documents, the weights of the scorer fitted to other ones:",
        "",
        "| genre | ROUGE-1 | ROUGE-2 | ROUGE-L | mean length | over a lead of equal length |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {genre} | {one['rouge_1']:.1f} | {one['rouge_2']:.1f} | {one['rouge_l']:.1f} | "
            f"{one['length']:.1f} | {one['margin']:+.1f} |"
            for genre, one in found.items()
        ),
    ]


def _megabytes(*files: Path) -> str:
    return f"{sum(file.stat().st_size for file in files) / 1e6:.1f} MB"


if __name__ == "__main__":
    main()
