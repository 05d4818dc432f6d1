"""How fast each recipe trains, and where a step's time goes. Written to evaluation/training-speed.md.

    python scripts/benchmark_training.py [CONFIG ...] [--recipes all] [--pack FOLDER] [--set KEY=VALUE]

Without a token pack, random ids of the lengths of news and headlines are trained on, so anybody can
run it. Each recipe has a process of its own. Machines differ and are shared: read the ratios.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook
from transformers.pytorch_utils import Conv1D

from summae import __version__
from summae.cli.settings import silence_transformers
from summae.config import load_config
from summae.data.pack import Ragged, TokenPack, TruePairs
from summae.models import sampling
from summae.models.generator import build_generator
from summae.models.relaxed import RelaxedDecoder
from summae.recipes.experiment import build_experiment
from summae.recipes.reading import Reading
from summae.recipes.rewarding import Rewarding
from summae.recipes.settings import PipelineSettings, RecipeName
from summae.recipes.stages import stages_of
from summae.text.vocabulary import CONTROL_TOKENS, Vocabulary
from summae.training import gradients
from summae.training.trainer import Trainer

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "evaluation" / "training-speed.md"
SMALL = ROOT / "configs" / "zh-news-small.yaml"
RECIPES: tuple[str, ...] = get_args(RecipeName)

PARTS = {
    "sampling": "writing word by word without gradient, drawn or greedy, whoever writes",
    "scoring": "passes of the generator that carry its gradient, forward and backward",
    "reconstructor": "its turn, and what it is asked in the generator's",
    "discriminator": "its turn, and what it is asked in the generator's",
    "rewards": "rewards of texts, the language model's opinion, the anchor",
    "optimizer": "clipping and the update",
    "other": "batches, bookkeeping",
}
"""What a step's time goes into."""

Part = str | Callable[[], str | None]
"""Of `PARTS`, or what says which, if any, at the moment."""

PEAKS = (
    ("H200", 989, 67),
    ("H100 PCIe", 756, 51),
    ("H100", 989, 67),
    ("A100", 312, 19.5),
    ("L40S", 362, 91.6),
    ("L4", 121, 30.3),
    ("A10", 125, 31.2),
    ("4090", 165, 82.6),
    ("V100", 125, 15.7),
    ("T4", 65, 8.1),
)
"""Dense TFLOP/s of GPUs by a part of their name, in half and in single precision, by their makers."""

FLAT = 0.05
"""Growth of memory that is none: a longer batch than all before may come late."""


def main() -> None:
    """Measure one recipe after another, print, and write both files."""
    arguments = _arguments()
    reports = []
    for recipe in _chosen(arguments.recipes):
        for config in arguments.configs or [SMALL]:
            overrides = [*arguments.set, *([f"recipe={recipe}"] if recipe else [])]
            for settings in stages_of(load_config(PipelineSettings, config, overrides)):
                reports.append(_in_own_process(settings, arguments))
                print(_speed_row(reports[-1], reports[0]), flush=True)
    command = f"python scripts/benchmark_training.py {_told(sys.argv[1:])}".strip()
    text = markdown(reports, command)
    print("\n" + text)
    arguments.output.write_text(text, encoding="utf-8")
    arguments.output.with_suffix(".json").write_text(
        json.dumps({"command": command, "runs": [asdict(r) for r in reports]}, indent=1) + "\n",
        encoding="utf-8",
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("configs", nargs="*", type=Path, help="default: configs/zh-news-small.yaml")
    parser.add_argument("--recipes", default="", help="all, or some with commas between them")
    parser.add_argument("--pack", type=Path, help="token pack; random ids without one")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--warm-up", type=int, default=20, help="steps before the measured ones")
    parser.add_argument("--steps", type=int, default=40, help="measured steps")
    parser.add_argument("--max-minutes", type=float, default=0.0, help="of each recipe; 0: none")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    return parser.parse_args()


def _chosen(names: str) -> Sequence[str]:
    chosen = RECIPES if names == "all" else tuple(names.split(","))
    for name in chosen:
        if name and name not in RECIPES:
            sys.exit(f"--recipes takes all or some of {', '.join(RECIPES)}, got {name!r}")
    return chosen


def _told(words: Sequence[str]) -> str:
    """The command line as it may be printed: files by their names."""

    def named(word: str) -> str:
        key, equals, value = word.rpartition("=")
        return f"{key}{equals}{Path(value).name}" if os.sep in value else word

    return " ".join(map(named, words))


def _in_own_process(settings: PipelineSettings, arguments: argparse.Namespace) -> Report:
    """What one recipe leaves in memory is not to be counted as the next one's."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, settings, arguments).result()


def _measured(settings: PipelineSettings, arguments: argparse.Namespace) -> Report:
    silence_transformers()
    return measure(
        settings,
        arguments.pack,
        warm_up=arguments.warm_up,
        steps=arguments.steps,
        max_minutes=arguments.max_minutes,
    )


@dataclass
class Step:
    """What one step did, and for how long."""

    is_detailed: bool
    """Whether its time was told apart: on a GPU that takes waiting, so every other step is."""
    seconds: float = 0.0
    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    documents: int = 0
    tokens: Any = 0
    flops: float = 0.0


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
        experiment = build_experiment(adapted, _only_to_learn_from(pack))
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
    measured = unit.stopwatch.steps[warm_up:]
    if not measured:
        raise ValueError(
            f"the time was up within the {warm_up} steps of the warm-up of {settings.recipe}: allow "
            "more minutes, or a shorter warm-up"
        )
    detailed = [step for step in measured if step.is_detailed] or measured
    plain = [step for step in measured if not step.is_detailed] or measured
    # Of the steps that were not made to wait; work is counted in the others.
    rates = [float(step.tokens) / step.seconds for step in plain]
    flops_per_token = sum(s.flops for s in detailed) / sum(float(s.tokens) for s in detailed)
    total = sum(step.seconds for step in detailed)
    return Report(
        recipe=settings.recipe,
        device=_device_name(device),
        precision=settings.training.precision,
        batch_size=settings.mixture.batch_size,
        steps=len(measured),
        documents_per_second=_quartiles([step.documents / step.seconds for step in plain]),
        tokens_per_second=_quartiles(rates),
        step_seconds=_quartiles([step.seconds for step in plain]),
        shares={part: sum(s.parts[part] for s in detailed) / total for part in PARTS},
        flops_per_second=flops_per_token * statistics.median(rates),
        ceiling=(before + after) / 2,
        peak=_peak(device, settings.training.precision),
        early_bytes=unit.memory[0],
        late_bytes=unit.memory[-1],
        early_device_bytes=unit.device_memory[0],
        late_device_bytes=unit.device_memory[-1],
        machine=_machine(device),
        data="random ids" if pack_folder is None else f"{len(pack.documents):,} documents",
    )


class Stopwatch:
    """Whose time it is; one part at a time.

    Args:
        device: Where the work is done; before it looks at the clock it waits for a GPU.
    """

    def __init__(self, device: torch.device) -> None:
        self.steps: list[Step] = []
        """Finished steps."""
        self._device = device
        self._step: Step | None = None
        self._part, self._depth = "other", 0
        self._began = self._since = 0.0

    def next_step(self) -> None:
        """A step begins; the one before it, if any, is over."""
        self.end_step()
        is_gpu = self._device.type != "cpu"
        self._step = Step(is_detailed=not is_gpu or len(self.steps) % 2 == 1)
        self._part, self._depth = "other", 0
        self._began = self._since = self._now()

    def end_step(self) -> None:
        """The step is over."""
        if self._step is not None:
            self._charge()
            self._step.seconds = self._now() - self._began
            self.steps.append(self._step)
            self._step = None

    def turn(self, part: str, documents: int, tokens: Any) -> None:
        """A turn begins: what follows is this part, but for what is told apart from it."""
        self.switch(part)
        if self._step is not None:
            self._step.documents += documents
            self._step.tokens = self._step.tokens + tokens

    def switch(self, part: str) -> None:
        """From now on."""
        self._charge()
        self._part = part

    def add_flops(self, flops: float) -> None:
        """Work of a pass."""
        if self.is_running:
            assert self._step is not None
            self._step.flops += flops

    @property
    def is_running(self) -> bool:
        """Whether this step's time is told apart."""
        return self._step is not None and self._step.is_detailed

    @contextmanager
    def inside(self, part: str | None) -> Iterator[None]:
        """What happens in the block is this part; within another such block it stays the other."""
        if part is None or not self.is_running:
            yield
            return
        before = self._part
        if self._depth == 0:
            self.switch(part)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                # The next batch is nobody's.
                self.switch("other" if part == "optimizer" else before)

    def _charge(self) -> None:
        if self.is_running:
            assert self._step is not None
            now = self._now()
            self._step.parts[self._part] += now - self._since
            self._since = now

    def _now(self) -> float:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        return time.perf_counter()


class TimedUnit:
    """A training method that looks at the clock where the trainer meets it.

    Args:
        unit: The method.
        warm_up: Steps after which memory is looked at for the first time.
    """

    def __init__(self, unit: Any, *, warm_up: int) -> None:
        self.unit = unit
        self.stopwatch = Stopwatch(torch.device("cpu"))
        self.memory: list[int] = []
        self.device_memory: list[int] = []
        self._warm_up = warm_up

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unit, name)

    def turns(self, step: int) -> Sequence[str]:
        """A step begins."""
        if step == self._warm_up:
            self.look_at_memory()
        self.stopwatch.next_step()
        turns: Sequence[str] = self.unit.turns(step)
        return turns

    def loss(self, player: str, batch: Any) -> Any:
        """A turn begins; its backward pass, which follows, is its own as well."""
        part = player if player in PARTS else "scoring"
        self.stopwatch.turn(part, len(batch), _tokens(player, batch))
        return self.unit.loss(player, batch)

    def validate(self) -> Mapping[str, float]:
        """The last step is over; there is nothing to validate on."""
        self.stopwatch.end_step()
        self.look_at_memory()
        return {}

    def look_at_memory(self) -> None:
        """Remember how much is held."""
        gc.collect()
        self.memory.append(_resident_bytes())
        self.device_memory.append(torch.cuda.memory_allocated() if torch.cuda.is_available() else 0)


@contextmanager
def told_apart(stopwatch: Stopwatch, unit: Any) -> Iterator[None]:
    """Every function and network that a part consists of, wrapped while the block runs."""
    game = getattr(unit, "other", unit)  # what is played between steps on true pairs

    def softly() -> str | None:
        return None if torch.is_grad_enabled() else "sampling"

    with ExitStack() as stack:
        for function, part in (
            (sampling.encode, "sampling"),
            (sampling.draw, "sampling"),
            (sampling.greedy, "sampling"),
            (gradients.average, "optimizer"),
            (gradients.clip, "optimizer"),
        ):
            for module in _modules_with(function):
                stack.enter_context(_timed(module, function.__name__, stopwatch, part))
        for name, part in (
            ("reader_model", "reconstructor"),
            ("judge_model", "discriminator"),
            ("language_model", "rewards"),
            ("beginning", "rewards"),
        ):
            network = getattr(game, name, None)
            if isinstance(network, nn.Module):
                stack.enter_context(_timed(network, "forward", stopwatch, part))
        methods: tuple[tuple[type, str, Part], ...] = (
            (torch.optim.AdamW, "step", "optimizer"),
            (RelaxedDecoder, "forward", softly),
            (Reading, "recovered", "reconstructor"),
            (Rewarding, "judge", "rewards"),
        )
        for owner, method, part_of in methods:
            stack.enter_context(_timed(owner, method, stopwatch, part_of))
        handle = register_module_forward_hook(
            lambda module, _, output: (
                stopwatch.add_flops(flops(module, output)) if stopwatch.is_running else None
            )
        )
        stack.callback(handle.remove)
        yield


@contextmanager
def _timed(owner: Any, name: str, stopwatch: Stopwatch, part: Part) -> Iterator[None]:
    original = getattr(owner, name)

    @wraps(original)
    def timed(*arguments: Any, **named: Any) -> Any:
        with stopwatch.inside(part if isinstance(part, str) else part()):
            return original(*arguments, **named)

    setattr(owner, name, timed)
    try:
        yield
    finally:
        setattr(owner, name, original)


def _modules_with(function: Callable[..., Any]) -> list[Any]:
    """Our modules that call it by its name."""
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("summae.") and getattr(module, function.__name__, None) is function
    ]


def flops(module: nn.Module, output: Any) -> float:
    """Floating point operations that a pass through a layer of weights makes, and will make.

    2 for each weight and position forward; backward 2 for the gradient of what came in and 2 for
    that of the weights, where they are wanted: 6·N for a token that is learned from, 2·N for one
    that is only read. Padding counts, since it is computed; attention's products, sums over soft
    words and the second derivative of a gradient penalty do not.
    """
    match module:
        case nn.Linear():
            width = module.out_features
        case nn.Conv1d():
            width = module.out_channels
        case Conv1D():
            width = int(module.nf)
        case _:
            return 0.0
    weight: Tensor = module.weight
    products = float(weight.numel() * (output.numel() // width))
    if not (torch.is_grad_enabled() and output.requires_grad):
        return 2 * products
    return (6 if weight.requires_grad else 4) * products


def ceiling(device: torch.device, precision: str, *, repeats: int = 7) -> float:
    """FLOP/s of a large square matrix product, the median of several."""
    size = 1024 if device.type == "cpu" else 8192
    kind = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(precision, torch.float32)
    left, right = (torch.randn(size, size, device=device).to(kind) for _ in range(2))
    clock, times = Stopwatch(device), []
    for _ in range(repeats + 2):
        clock.next_step()
        left @ right
        clock.end_step()
        times.append(clock.steps[-1].seconds)
    return float(2 * size**3 / statistics.median(times[2:]))


def random_pack(sources: int = 1, *, documents: int = 4000, pieces: int = 12_000) -> TokenPack:
    """Random ids in place of texts, of the lengths that news and headlines have.

    Log-normal, fitted to 98,000 documents, of which three quarters are longer than the 128 tokens
    that a pack keeps, and to 404,000 headlines of 10 tokens in the mean.

    Args:
        sources: Of headlines.
        documents: How many; there are twice as many headlines.
        pieces: Of the vocabulary.
    """
    draw = np.random.default_rng(0)
    first = 4 + len(CONTROL_TOKENS)
    signs = [chr(0x4E00 + number) for number in range(pieces - first)]
    vocabulary = Vocabulary(("<pad>", "<unk>", "<s>", "</s>", *CONTROL_TOKENS, *signs))

    def texts(count: int, *, median: float, spread: float, shortest: int, longest: int) -> Ragged:
        lengths = draw.lognormal(np.log(median), spread, count).astype(int)
        return Ragged.of(
            [draw.integers(first, pieces, n).tolist() for n in lengths.clip(shortest, longest)]
        )

    news = texts(documents, median=260, spread=1.1, shortest=16, longest=128)
    headlines = texts(2 * documents, median=9, spread=0.42, shortest=4, longest=24)
    return TokenPack(
        vocabulary=vocabulary,
        tokenizer_model=b"",
        documents=news,
        headlines=headlines,
        headline_characters=(1.5 * np.diff(headlines.offsets)).astype(np.uint8),
        headline_source=(np.arange(2 * documents) % sources).astype(np.uint8),
        pair_document=draw.permutation(documents).astype(np.int32),
        pair_headline=draw.permutation(2 * documents)[:documents].astype(np.int32),
        pair_score=np.linspace(2, 1, documents, dtype=np.float32),
        validation_documents=Ragged.of([]),
        validation_summaries=[],
    )


def _only_to_learn_from(pack: TokenPack) -> TokenPack:
    """Without validation; where there are no true pairs, mined ones, which cost the same."""
    pairs = pack.supervised
    if pairs is None:
        rows = list(zip(pack.pair_document[:4000], pack.pair_headline[:4000], strict=True))
        pairs = TruePairs(
            Ragged.of([pack.documents[document].tolist() for document, _ in rows]),
            Ragged.of([pack.headlines[headline].tolist() for _, headline in rows]),
            pack.headline_characters[[headline for _, headline in rows]],
        )
    return replace(
        pack,
        validation_documents=Ragged.of([]),
        validation_summaries=[],
        validation_headlines=None,
        supervised=pairs,
    )


def _adapted(
    settings: PipelineSettings, pack: TokenPack, folder: Path, steps: int, max_minutes: float
) -> PipelineSettings:
    """The same experiment, so long and without anything but training."""
    start = settings.start
    if not start and settings.recipe in ("reward_tuned", "reconstructor"):
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


def _tokens(player: str, batch: Any) -> Tensor:
    """Real tokens of the texts of a batch, which stay on its device: to ask would be to wait."""
    # True pairs and what is played between them; the game's batches; plain ones.
    batch = getattr(batch, "other", batch)
    texts = getattr(batch, "texts", batch)
    mask: Tensor = texts.headline_mask if player == "language_model" else texts.source_mask
    return mask.sum()


def _quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    low, middle, high = np.percentile(values, [25, 50, 75]).tolist()
    return low, middle, high


def _resident_bytes() -> int:
    """Memory of this process that is in the machine."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource

    # The highest so far, in bytes on macOS: a growth shows all the same.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _device_name(device: torch.device) -> str:
    return "CPU" if device.type == "cpu" else torch.cuda.get_device_name(device)


def _peak(device: torch.device, precision: str) -> float | None:
    name = _device_name(device)
    for part, half, single in PEAKS:
        if part in name:
            return 1e12 * (single if precision == "no" else half)
    return None


def _machine(device: torch.device) -> str:
    threads = torch.get_num_threads()
    cores = f"{threads} thread{'s' * (threads > 1)}" if device.type == "cpu" else "1 GPU"
    version = torch.__version__.partition("+")[0]
    return f"{_device_name(device)} ({platform.machine()}), {cores}, torch {version}"


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
        "of a matrix product | of the GPU's peak (MFU) |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        *(_speed_row(report, first) for report in reports),
        "",
        "GFLOP/s: 6·N·tokens for a pass forward and backward, 2·N·tokens for one forward only, N the "
        "weights of the layers that the tokens pass (matrices; no embeddings, no attention products); "
        "4·N where the gradient passes frozen weights. Beside it, its share of what a large matrix "
        f"product reaches here in the same precision ({_ceilings(reports)}), and of the peak that the "
        "maker of the GPU gives, where it is known.",
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
        "| recipe | resident after the warm-up, MB | after the last step, MB | tensors on the GPU, MB |",
        "|---|---:|---:|---:|",
        *(
            f"| {r.recipe} | {r.early_bytes / 1e6:.0f} | {r.late_bytes / 1e6:.0f} | {_on_gpu(r)} |"
            for r in reports
        ),
        "",
        _memory_verdict(reports),
    ]
    return "\n".join(lines) + "\n"


def _speed_row(report: Report, first: Report) -> str:
    documents, tokens, seconds = (
        f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"
        for (low, middle, high), digits in (
            (report.documents_per_second, 1),
            (report.tokens_per_second, 0),
            (report.step_seconds, 2),
        )
    )
    relative = report.documents_per_second[1] / first.documents_per_second[1]
    peak = "–" if report.peak is None else f"{report.flops_per_second / report.peak:.1%}"
    return (
        f"| {report.recipe} | {documents} | {tokens} | {seconds} | {relative:.2f} | "
        f"{report.flops_per_second / 1e9:,.1f} | {report.flops_per_second / report.ceiling:.0%} | "
        f"{peak} |"
    )


def _ceilings(reports: Sequence[Report]) -> str:
    found = sorted(report.ceiling / 1e9 for report in reports)
    low, high = f"{found[0]:,.0f}", f"{found[-1]:,.0f}"
    return f"{low} GFLOP/s" if low == high else f"{low} to {high} GFLOP/s"


def _on_gpu(report: Report) -> str:
    if not report.late_device_bytes:
        return "–"
    return f"{report.early_device_bytes / 1e6:.0f} → {report.late_device_bytes / 1e6:.0f}"


def _verdicts(reports: Sequence[Report]) -> list[str]:
    """The claim: sampling during REINFORCE costs less than half of the step."""
    lines = []
    for report in reports:
        if report.recipe in ("reinforced", "semi_supervised", "reward_tuned"):
            share = report.shares["sampling"]
            verdict = "less than half" if share < 0.5 else "**not less than half**"
            lines.append(f"Sampling takes {share:.0%} of a step of {report.recipe}: {verdict}.  ")
    return lines


def _memory_verdict(reports: Sequence[Report]) -> str:
    grown = [
        report.recipe
        for report in reports
        if report.late_bytes > (1 + FLAT) * report.early_bytes
        or report.late_device_bytes > (1 + FLAT) * report.early_device_bytes
    ]
    if grown:
        return f"**Memory grew by more than {FLAT:.0%}**: {', '.join(grown)}."
    return f"Memory is flat: no recipe grew by more than {FLAT:.0%}."


if __name__ == "__main__":
    main()
