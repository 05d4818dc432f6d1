"""The CTranslate2 engine honours prefixes and reports what its score says it is."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from summae.errors import ModelError
from summae.inference.backends.base import Hypothesis
from summae.inference.backends.ctranslate2 import CTranslate2Backend
from summae.inference.options import DecodingOptions
from summae.text.tokenizer import Tokenizer

OPTIONS = DecodingOptions(beam_size=2, max_target_tokens=12, no_repeat_ngram_size=0)


@pytest.fixture(scope="module")
def backend(tiny_runtime: Path) -> CTranslate2Backend:
    return CTranslate2Backend(tiny_runtime, threads=1)


@pytest.fixture(scope="module")
def sources(tiny_runtime: Path, news: tuple[str, ...]) -> list[list[str]]:
    tokenizer = Tokenizer.from_dir(tiny_runtime)
    return [[*tokenizer.encode_pieces(text), "</s>"] for text in news]


def pieces(found: list[list[Hypothesis]]) -> list[list[list[str]]]:
    return [[hypothesis.pieces for hypothesis in one] for one in found]


def test_neither_prefix_nor_end_token_is_part_of_a_hypothesis(
    backend: CTranslate2Backend, sources: list[list[str]]
) -> None:
    prefixes = [["<len_20>"]] * len(sources)
    for found in backend.generate(sources, prefixes, OPTIONS):
        for hypothesis in found:
            assert "<len_20>" not in hypothesis.pieces
            assert "</s>" not in hypothesis.pieces
            assert len(hypothesis.pieces) < OPTIONS.max_target_tokens


def test_every_beam_is_a_hypothesis_and_the_likeliest_comes_first(
    backend: CTranslate2Backend, sources: list[list[str]]
) -> None:
    # Without a prefix and with a penalty of 1, what the search sorts by is the score itself.
    for found in backend.generate(sources, None, replace(OPTIONS, beam_size=3)):
        assert len({tuple(hypothesis.pieces) for hypothesis in found}) == 3
        scores = [hypothesis.score for hypothesis in found]
        assert scores == sorted(scores, reverse=True)


def test_a_prefix_changes_what_is_written(
    backend: CTranslate2Backend, sources: list[list[str]]
) -> None:
    short = backend.generate(sources, [["<len_6>"]] * len(sources), OPTIONS)
    long = backend.generate(sources, [["<len_40>"]] * len(sources), OPTIONS)
    assert pieces(short) != pieces(long)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("threads", [1, 2])
def test_a_forked_process_writes_as_its_parent(
    tiny_runtime: Path, sources: list[list[str]], threads: int
) -> None:
    backend = CTranslate2Backend(tiny_runtime, threads=threads)
    expected = pieces(backend.generate(sources, None, OPTIONS))

    def child() -> None:
        written = pieces(backend.generate(sources, None, OPTIONS))
        sys.exit(0 if written == expected else 1)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(60)
    process.kill()  # one that hangs
    assert process.exitcode == 0


@pytest.mark.parametrize("prefix", [None, "<len_20>"])
def test_the_score_is_a_mean_whatever_the_length_penalty(
    backend: CTranslate2Backend, sources: list[list[str]], prefix: str | None
) -> None:
    # Greedy search finds the same summary for every penalty, so its mean must not change.
    greedy = replace(OPTIONS, beam_size=1)
    prefixes = None if prefix is None else [[prefix]] * len(sources)
    plain, penalised = (
        backend.generate(sources, prefixes, replace(greedy, length_penalty=penalty))
        for penalty in (1.0, 0.3)
    )
    for (one,), (other,) in zip(plain, penalised, strict=True):
        assert one.pieces == other.pieces
        assert one.score == pytest.approx(other.score, abs=1e-4)
        assert one.score < 0


def test_batching_and_jobs_change_nothing(
    backend: CTranslate2Backend, tiny_runtime: Path, sources: list[list[str]]
) -> None:
    expected = pieces(backend.generate(sources, None, OPTIONS))
    parallel = CTranslate2Backend(tiny_runtime, jobs=2)
    for engine in (backend, parallel):
        found = engine.generate(sources, None, replace(OPTIONS, batch_size=3))
        assert pieces(found) == expected


def test_few_documents_are_shared_out_among_the_jobs(
    backend: CTranslate2Backend, tiny_runtime: Path, sources: list[list[str]]
) -> None:
    many = CTranslate2Backend(tiny_runtime, jobs=4, threads=1)
    for count in (0, 1, 3, 10):
        found = many.generate(sources[:count], None, OPTIONS)
        expected = backend.generate(sources[:count], None, OPTIONS)
        assert pieces(found) == pieces(expected)


@pytest.mark.parametrize(
    ("cores", "allowed", "jobs", "threads", "found"),
    [
        (6, "", None, None, 6),
        (6, "4", None, None, 4),
        (6, "0", None, None, 6),
        (6, "many", None, None, 6),
        (2, "4", None, None, 2),
        (96, "", None, None, 16),  # one core cannot feed more
        (6, "", None, 2, 1),
        (6, "", 3, None, 3),
        (6, "", 3, 2, 3),
    ],
)
def test_by_default_each_usable_core_has_a_job(
    tiny_runtime: Path,
    monkeypatch: pytest.MonkeyPatch,
    cores: int,
    allowed: str,
    jobs: int | None,
    threads: int | None,
    found: int,
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)), raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", allowed)
    assert CTranslate2Backend(tiny_runtime, jobs=jobs, threads=threads).jobs == found


def test_weights_that_ctranslate2_cannot_read_are_a_model_error(
    tiny_runtime: Path, tmp_path: Path
) -> None:
    broken = Path(shutil.copytree(tiny_runtime, tmp_path / "broken"))
    (broken / "model.bin").write_bytes((broken / "model.bin").read_bytes()[:5000])
    with pytest.raises(ModelError, match="cannot load"):
        CTranslate2Backend(broken)


def test_patience_finds_what_is_at_least_as_likely(
    backend: CTranslate2Backend, sources: list[list[str]]
) -> None:
    hasty, patient = (
        [first.score for first, *_ in backend.generate(sources, None, options)]
        for options in (OPTIONS, replace(OPTIONS, patience=4.0))
    )
    pairs = list(zip(hasty, patient, strict=True))
    assert all(later >= sooner - 1e-6 for sooner, later in pairs)
    assert any(later > sooner + 1e-6 for sooner, later in pairs)
