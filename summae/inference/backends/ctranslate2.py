"""The default engine: CTranslate2 on the CPU, int8 where the model was exported so."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import ctranslate2

from summae.errors import ModelError
from summae.inference.backends.base import Hypothesis
from summae.inference.backends.per_process import PerProcess
from summae.inference.options import DecodingOptions

_END_TOKEN = "</s>"
_MOST_JOBS = 16
"""Documents are made ready on one core, which cannot feed more."""


class CTranslate2Backend:
    """A generator exported by `summae export`.

    Args:
        path: Folder with `model.bin` and its vocabulary.
        threads: Threads of one job; None shares the usable cores among the jobs.
        jobs: Batches decoded at the same time; None takes one for each usable core, which for small
            models does far more than several threads for one batch. One if there are `threads`.

    Raises:
        ModelError: CTranslate2 cannot load the folder.
    """

    def __init__(self, path: Path, *, threads: int | None = None, jobs: int | None = None) -> None:
        if jobs is None:
            jobs = min(usable_cores(), _MOST_JOBS) if threads is None else 1
        if threads is None:
            # 0 is CTranslate2's own choice, a few.
            threads = 0 if jobs == 1 else max(1, usable_cores() // jobs)
        self.jobs = jobs
        self._translator = PerProcess(
            partial(load, path, inter_threads=jobs, intra_threads=threads)
        )

    def generate(
        self,
        sources: Sequence[list[str]],
        prefixes: Sequence[list[str]] | None,
        options: DecodingOptions,
    ) -> list[list[Hypothesis]]:
        """See `Backend.generate`; documents of similar length are batched by CTranslate2 itself."""
        results = self._translator().translate_batch(
            list(sources),
            target_prefix=None if prefixes is None else list(prefixes),
            # Few documents are shared out too.
            max_batch_size=min(options.batch_size, max(1, -(-len(sources) // self.jobs))),
            beam_size=options.beam_size,
            patience=options.patience,
            num_hypotheses=options.beam_size,
            length_penalty=options.length_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram_size,
            repetition_penalty=options.repetition_penalty,
            max_decoding_length=options.max_target_tokens,
            max_input_length=0,
            disable_unk=True,
            return_scores=True,
            return_end_token=True,
        )
        prefix_lengths = [0] * len(results) if prefixes is None else map(len, prefixes)
        return [
            [
                _hypothesis(tokens, score, prefix_length, options)
                for tokens, score in zip(result.hypotheses, result.scores, strict=True)
            ]
            for result, prefix_length in zip(results, prefix_lengths, strict=True)
        ]


def load(path: Path, *, inter_threads: int, intra_threads: int) -> ctranslate2.Translator:
    try:
        return ctranslate2.Translator(
            str(path),
            device="cpu",
            # As it was exported; "auto" would quantise a float32 model.
            compute_type="default",
            inter_threads=inter_threads,
            intra_threads=intra_threads,
        )
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"CTranslate2 cannot load {path}: {error}; copy or export the model again"
        ) from error


def _hypothesis(
    tokens: list[str], score: float, prefix_length: int, options: DecodingOptions
) -> Hypothesis:
    # CTranslate2 divides the log-probability by (all tokens, prefix and end included) ** penalty.
    log_probability = score * len(tokens) ** options.length_penalty
    written = tokens[prefix_length:]
    return Hypothesis(
        [token for token in written if token != _END_TOKEN],
        log_probability / max(1, len(written)),
    )


def usable_cores() -> int:
    """Cores that this process may use, and no more than OMP_NUM_THREADS allows."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows cannot bind a process to cores
        cores = os.cpu_count() or 1
    allowed = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(allowed)) if allowed.isdecimal() and int(allowed) else cores
