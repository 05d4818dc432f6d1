r"""From a finished run to the model in the package: export, card, training log. Run once per release.

    python scripts/publish_model.py runs/zh-news
    python scripts/fit_ranking.py zh-news pairs-valid.parquet --write
    python scripts/fit_clauses.py zh-news pairs-valid.parquet --write
    summae evaluate zh-news --data pairs-test.parquet \
        --json evaluation/results.json --markdown evaluation/results.md
    python scripts/publish_model.py runs/zh-news --card-only
    python scripts/readme.py

The scores of the card come from evaluation/results.json, its recipe from the run's own settings.
"""

from __future__ import annotations

import argparse
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import yaml

import training_log
from repository import ROOT, TABLES, read_json, read_lines

MODEL = ROOT / "summae" / "assets" / "zh-news"
RESULTS = TABLES / "results.json"
KINDS = {"rouge_1": "ROUGE-1", "rouge_2": "ROUGE-2", "rouge_l": "ROUGE-L"}


def main() -> None:
    """Export unless told otherwise, then write the card and the training log."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--checkpoint", choices=["best", "last"], default="best")
    parser.add_argument("--card-only", action="store_true")
    arguments = parser.parse_args()
    if not arguments.card_only:
        publish(arguments.run / arguments.checkpoint)
    (MODEL / "README.md").write_text(card(arguments.run), encoding="utf-8")
    training_log.write(arguments.run)


def publish(source: Path) -> None:
    """Runtime folder, and beside it the checkpoint for fine-tuning, in half precision."""
    import torch
    from transformers import AutoModelForSeq2SeqLM

    from summae.inference.export import export

    print(export(source, MODEL, name="zh-news"))
    checkpoint = MODEL / "checkpoint"
    model = AutoModelForSeq2SeqLM.from_pretrained(source, dtype=torch.float16)
    model.save_pretrained(checkpoint)
    for name in ("tokenizer.model", "summae.json"):
        shutil.copy(source / name, checkpoint / name)


def card(run: Path) -> str:
    """The model card, every figure from a file."""
    settings = yaml.safe_load((run / "settings.yaml").read_text(encoding="utf-8"))
    pack = read_json(run / "pack.json")
    last = _steps(run)[-1]
    lines = [
        "# zh-news: headlines for Chinese news",
        "",
        "The default model of summae. Reads the beginning of a Chinese text, simplified or traditional, and",
        "writes one line in the manner of a news headline. Apache-2.0.",
        "",
        "| | |",
        "|---|---|",
        f"| made | {date.today().isoformat()}, `summae train configs/zh-news-small.yaml` |",
        f"| shape | {_shape(settings['generator'])} |",
        f"| reads | {settings['mixture']['source_tokens']} tokens, about 150 characters |",
        f"| learned from | {pack['documents']:,} documents without their headlines; "
        f"{pack['headlines']:,} headlines of other texts; {pack['pairs']:,} pseudo-pairs mined between "
        f"the two, of which {_pairs_used(settings['mixture'], pack)} |",
        f"| training | {last['step']:,} steps of {settings['mixture']['batch_size']} on CPU, "
        f"{_hours(run)} |",
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
        "It reads only the beginning. It is small and was trained for two hours on a CPU. Of the candidates that its",
        "search finds, those with a number, a Latin word or a Chinese character that the document lacks are passed",
        "over where there is another. Where it is not sure of its own words, or all invent a number or Latin word, a",
        "clause of the document stands for them, about two times in five (`Summary.extracted` says so,",
        "evaluation/clauses.md what it costs); with a length asked for, only where they invent. Of its own words every",
        "fourth line or so is garbled somewhere or puts true words together into something the text does not say; on",
        "features it does worse than on plain news. Do not publish what it writes unread.",
        "Subjects and wording follow the news it learned from, official news above all.",
    ]
    return "\n".join(lines) + "\n"


def _pairs_used(mixture: dict[str, Any], pack: dict[str, Any]) -> str:
    used = f"the best {mixture['pairs_share'] * pack['documents']:,.0f} were used"
    late = mixture.get("late_pairs_share")
    if late is None:
        return used
    rest = 1 - mixture["late_pairs_after"]
    return f"{used}, in the last {rest:.0%} of the run the best {late * pack['documents']:,.0f}"


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
    """What a person found who read the outputs of this very model."""
    reading = read_json(TABLES / "reading.json")
    if reading.pop("model") not in signature:
        return []
    what, read = reading.pop("what"), reading.pop("read")
    counts = ", ".join(f"{number} {kind}" for kind, number in reading.items())
    return [f"- Of {read} read ({what}): {counts}."]


def _steps(run: Path) -> list[dict[str, Any]]:
    return read_lines(run / "log" / "metrics.jsonl")


def _hours(run: Path) -> str:
    newest = sorted((run / "checkpoints").glob("step-*"))[-1]
    state = read_json(newest / "state.json")
    return f"{state['seconds'] / 3600:.1f} hours, mostly on a single core"


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"


if __name__ == "__main__":
    main()
