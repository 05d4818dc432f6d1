"""The torch engine writes what CTranslate2 writes, so either can check the other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from summae.errors import ModelError
from summae.inference.backends.ctranslate2 import CTranslate2Backend
from summae.inference.backends.torch import TorchBackend
from summae.inference.options import DecodingOptions
from summae.text.tokenizer import Tokenizer

pytest.importorskip("torch")
pytest.importorskip("transformers")


@pytest.mark.parametrize("prefix", [None, "<len_12>"])
def test_greedy_summaries_and_their_scores_agree_with_ctranslate2(
    tiny_checkpoint: Path, tiny_runtime: Path, news: tuple[str, ...], prefix: str | None
) -> None:
    tokenizer = Tokenizer.from_dir(tiny_runtime)
    sources = [[*tokenizer.encode_pieces(text), "</s>"] for text in news]
    prefixes = None if prefix is None else [[prefix]] * len(news)
    options = DecodingOptions(
        beam_size=1, max_target_tokens=16, no_repeat_ngram_size=0, batch_size=4
    )
    expected = CTranslate2Backend(tiny_runtime, threads=1).generate(sources, prefixes, options)
    found = TorchBackend(tiny_checkpoint, tokenizer, threads=1).generate(sources, prefixes, options)
    assert [h.pieces for (h,) in found] == [h.pieces for (h,) in expected]
    assert [h.score for (h,) in found] == pytest.approx([h.score for (h,) in expected], abs=1e-3)


def test_every_beam_is_a_hypothesis_and_the_likeliest_comes_first(
    tiny_checkpoint: Path, news: tuple[str, ...]
) -> None:
    tokenizer = Tokenizer.from_dir(tiny_checkpoint)
    sources = [[*tokenizer.encode_pieces(text), "</s>"] for text in news]
    options = DecodingOptions(beam_size=3, max_target_tokens=16)
    # With a penalty of 1, what the search sorts by is the score itself.
    for found in TorchBackend(tiny_checkpoint, tokenizer, threads=1).generate(
        sources, None, options
    ):
        assert len({tuple(hypothesis.pieces) for hypothesis in found}) == 3
        scores = [hypothesis.score for hypothesis in found]
        assert scores == pytest.approx(sorted(scores, reverse=True), abs=1e-4)


def test_a_score_counts_no_padding(tiny_checkpoint: Path, news: tuple[str, ...]) -> None:
    # Beam search pads hypotheses that ended early; alone in its batch a document has no padding.
    tokenizer = Tokenizer.from_dir(tiny_checkpoint)
    backend = TorchBackend(tiny_checkpoint, tokenizer, threads=1)
    sources = [[*tokenizer.encode_pieces(text), "</s>"] for text in news]
    options = DecodingOptions(beam_size=2, max_target_tokens=16)
    together = backend.generate(sources, None, options)
    alone = [backend.generate([source], None, options)[0] for source in sources]
    for found, expected in zip(together, alone, strict=True):
        assert [h.score for h in found] == pytest.approx([h.score for h in expected], abs=1e-3)


def test_a_checkpoint_that_was_cut_short_is_a_model_error(
    tiny_checkpoint: Path, tmp_path: Path
) -> None:
    broken = Path(shutil.copytree(tiny_checkpoint, tmp_path / "broken"))
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="cannot load the checkpoint"):
        TorchBackend(broken, Tokenizer.from_dir(broken))
