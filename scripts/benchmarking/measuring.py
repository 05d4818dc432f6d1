"""One recipe, watched while it trains for so many steps."""

from __future__ import annotations

import platform
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from benchmarking.arithmetic import ceiling, device_name, peak
from benchmarking.packs import only_to_learn_from, random_pack
from benchmarking.stopwatch import PARTS, Stopwatch
from benchmarking.watching import TimedUnit, told_apart
from summae.data.pack import TokenPack
from summae.models.generator import build_generator
from summae.recipes.experiment import build_experiment
from summae.recipes.settings import PipelineSettings
from summae.training.trainer import Trainer


@dataclass(frozen=True)
class Report:
    """How one recipe did."""

    recipe: str
    device: str
    precision: str
    batch_size: int
    steps: int
    """Measured ones."""
    documents_per_second: tuple[float, float, float]
    """Quartiles over steps; a document counts once for each turn that reads it."""
    tokens_per_second: tuple[float, float, float]
    """Quartiles over steps, of the documents, without padding."""
    step_seconds: tuple[float, float, float]
    """Quartiles."""
    shares: dict[str, float]
    """Of the time of a step, by part; they add up to 1."""
    flops_per_second: float
    """By the formula below the table."""
    ceiling: float
    """FLOP/s of a large matrix product here, in this precision, right before and after."""
    peak: float | None
    """FLOP/s that the maker of the GPU promises."""
    early_bytes: int
    """Resident memory after the warm-up."""
    late_bytes: int
    """Resident memory after the last step."""
    early_device_bytes: int
    """Memory held by tensors on the GPU after the warm-up."""
    late_device_bytes: int
    """Memory held by tensors on the GPU after the last step."""
    machine: str
    data: str


def measure(
    settings: PipelineSettings,
    pack_folder: Path | None = None,
    *,
    warm_up: int = 20,
    steps: int = 40,
    max_minutes: float = 0.0,
) -> Report:
    """Train so many steps and tell where the time went.

    Args:
        settings: The experiment; what needs a trained generator gets an untrained one if
            `settings.start` names none, whose summaries are as long as they may be.
        pack_folder: A token pack; None for random ids.
        warm_up: Steps that are not measured.
        steps: Steps that are.
        max_minutes: End earlier, with fewer measured steps.

    Raises:
        ValueError: The time was up before a step was measured.
    """
    torch.manual_seed(0)
    sources = max(1, len(settings.mixture.source_shares))
    pack = random_pack(sources) if pack_folder is None else TokenPack.load(pack_folder)
    with tempfile.TemporaryDirectory() as folder:
        adapted = _adapted(settings, pack, Path(folder), warm_up + steps, max_minutes)
        experiment = build_experiment(adapted, only_to_learn_from(pack))
        unit = TimedUnit(experiment.unit, warm_up=warm_up)
        trainer = Trainer(unit, experiment.batches, adapted.training, Path(folder))
        device = trainer.accelerator.device
        unit.stopwatch = Stopwatch(device)
        before = ceiling(device, settings.training.precision)
        with told_apart(unit.stopwatch, experiment.unit):
            trainer.fit(resume=False)
        if len(unit.memory) == 1:  # the time was up
            unit.look_at_memory()
        after = ceiling(device, settings.training.precision)
    data = "random ids" if pack_folder is None else f"{len(pack.documents):,} documents"
    return _report(settings, unit, warm_up, device, (before + after) / 2, data)


def _report(
    settings: PipelineSettings,
    unit: TimedUnit,
    warm_up: int,
    device: torch.device,
    reached: float,
    data: str,
) -> Report:
    measured = unit.stopwatch.steps[warm_up:]
    if not measured:
        raise ValueError(
            f"the time was up within the {warm_up} steps of the warm-up of {settings.recipe}: allow "
            "more minutes, or a shorter warm-up"
        )
    # Work is counted in steps that were made to wait, rates are those of the others.
    detailed = [step for step in measured if step.is_detailed] or measured
    plain = [step for step in measured if not step.is_detailed] or measured
    rates = [float(step.tokens) / step.seconds for step in plain]
    flops_per_token = sum(s.flops for s in detailed) / sum(float(s.tokens) for s in detailed)
    total = sum(step.seconds for step in detailed)
    return Report(
        recipe=f"{settings.recipe}{', compiled' if settings.training.compile else ''}",
        device=device_name(device),
        precision=settings.training.precision,
        batch_size=settings.mixture.batch_size,
        steps=len(measured),
        documents_per_second=_quartiles([step.documents / step.seconds for step in plain]),
        tokens_per_second=_quartiles(rates),
        step_seconds=_quartiles([step.seconds for step in plain]),
        shares={part: sum(s.parts[part] for s in detailed) / total for part in PARTS},
        flops_per_second=flops_per_token * statistics.median(rates),
        ceiling=reached,
        peak=peak(device, settings.training.precision),
        early_bytes=unit.memory[0],
        late_bytes=unit.memory[-1],
        early_device_bytes=unit.device_memory[0],
        late_device_bytes=unit.device_memory[-1],
        machine=_machine(device),
        data=data,
    )


def _adapted(
    settings: PipelineSettings, pack: TokenPack, folder: Path, steps: int, max_minutes: float
) -> PipelineSettings:
    """The same experiment, so long and without anything but training."""
    start = settings.start
    if not start and settings.recipe in ("reward_tuned", "reconstructor", "discriminator"):
        start = str(folder / "untrained")
        build_generator(settings.generator, vocab_size=len(pack.vocabulary)).save_pretrained(start)
    training = replace(
        settings.training,
        steps=steps,
        validate_every=0,
        preview_every=0,
        save_every=10 * steps,
        patience=0,
        on_alarm="tell",
        max_minutes=max_minutes,
    )
    return replace(settings, output=str(folder), start=start, training=training)


def _quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    low, middle, high = np.percentile(values, [25, 50, 75]).tolist()
    return low, middle, high


def _machine(device: torch.device) -> str:
    threads = torch.get_num_threads()
    cores = f"{threads} thread{'s' * (threads > 1)}" if device.type == "cpu" else "1 GPU"
    version = torch.__version__.partition("+")[0]
    return f"{device_name(device)} ({platform.machine()}), {cores}, torch {version}"
