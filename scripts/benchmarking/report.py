"""Speeds as tables, with the formulas behind them and what they say."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarking.measuring import Report
from benchmarking.stopwatch import PARTS
from summae import __version__


def markdown(reports: Sequence[Report], command: str) -> str:
    """Tables, formulas and what they say."""
    first = reports[0]
    precision = {"no": "float32"}
    sizes = sorted({(r.batch_size, precision.get(r.precision, r.precision)) for r in reports})
    batches = "; ".join(f"batches of {size}, {kind}" for size, kind in sizes)
    lines = [
        "# Speed of training",
        "",
        f"`{command}`, summae {__version__}, {first.machine}; {batches}; {first.data}; at least "
        f"{min(r.steps for r in reports)} steps of each recipe after the warm-up. Medians over steps, "
        "quartiles in brackets. A document counts once for each turn that reads it; tokens are those "
        "of the documents, without padding (of the headlines for language_model). Summaries of an "
        "untrained generator hardly ever end before they must, so sampling costs most then.",
        "",
        "| recipe | documents/s | tokens/s | seconds a step | documents/s, relative | GFLOP/s | "
        "MFU, of a matrix product | MFU, of the GPU's peak |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        *(speed_row(report, reports) for report in reports),
        "",
        "GFLOP/s: 6·N·tokens for a pass forward and backward, 2·N·tokens for one forward only, N the "
        "weights of the layers that the tokens pass (matrices; no embeddings, no attention products); "
        "4·N where the gradient passes frozen weights. MFU, model FLOP/s utilisation: its share of the most that a large "
        f"matrix product has reached here in the same precision ({_ceilings(reports)}, measured before and after "
        "each recipe), and of the peak that the maker of the GPU gives, where it is known.",
        "",
        "## Where the time of a step goes",
        "",
        f"| recipe | {' | '.join(PARTS)} |",
        "|---|" + "---:|" * len(PARTS),
        *(
            f"| {r.recipe} | " + " | ".join(f"{r.shares[part]:.0%}" for part in PARTS) + " |"
            for r in reports
        ),
        "",
        *(f"- *{part}*: {what}." for part, what in PARTS.items()),
        "",
        "In relaxed and wgan the generator writes soft words with gradient, which is scoring here; "
        "in relaxed the backward pass of both networks is, too.",
        "",
        *_verdicts(reports),
        "",
        "## Memory",
        "",
        "What it takes; that it does not grow, longer runs show: [memory.md](memory.md).",
        "",
        "| recipe | resident after the last step, MB | tensors on the GPU, MB |",
        "|---|---:|---:|",
        *(f"| {r.recipe} | {r.late_bytes / 1e6:.0f} | {_on_gpu(r)} |" for r in reports),
    ]
    return "\n".join(lines) + "\n"


def speed_row(report: Report, reports: Sequence[Report]) -> str:
    """A row of the first table, beside the first of `reports` and the most that a product reached in any."""
    documents, tokens, seconds = (
        f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"
        for (low, middle, high), digits in (
            (report.documents_per_second, 1),
            (report.tokens_per_second, 0),
            (report.step_seconds, 2),
        )
    )
    relative = report.documents_per_second[1] / reports[0].documents_per_second[1]
    utilisation = report.flops_per_second / max(one.ceiling for one in reports)
    peak = "–" if report.peak is None else f"{report.flops_per_second / report.peak:.1%}"
    return (
        f"| {report.recipe} | {documents} | {tokens} | {seconds} | {relative:.2f} | "
        f"{report.flops_per_second / 1e9:,.1f} | {utilisation:.0%} | "
        f"{peak} |"
    )


def _ceilings(reports: Sequence[Report]) -> str:
    found = sorted(report.ceiling / 1e9 for report in reports)
    low, high = f"{found[0]:,.0f}", f"{found[-1]:,.0f}"
    return f"{low} GFLOP/s" if low == high else f"{low} to {high} GFLOP/s"


def _on_gpu(report: Report) -> str:
    return f"{report.late_device_bytes / 1e6:.0f}" if report.late_device_bytes else "–"


def _verdicts(reports: Sequence[Report]) -> list[str]:
    """The claim: sampling during REINFORCE costs less than half of the step."""
    lines = []
    for report in reports:
        if report.recipe in ("reinforced", "semi_supervised", "reward_tuned"):
            share = report.shares["sampling"]
            verdict = "less than half" if share < 0.5 else "**not less than half**"
            lines.append(f"Sampling takes {share:.0%} of a step of {report.recipe}: {verdict}.  ")
    return lines
