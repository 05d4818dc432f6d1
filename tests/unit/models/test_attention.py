"""Fused attention says what plain attention says, and training with it asks for no value on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from summae.data.batches import Seq2SeqBatch, collate
from summae.models.attention import FUSED
from summae.models.generator import build_generator
from summae.models.language_model import build_language_model, sequence_log_probs
from summae.models.sampling import Sampled, greedy, score, through_first_end
from summae.models.shape import GeneratorShape, LanguageModelShape
from summae.recipes.generator_unit import teacher_forcing

TINY = GeneratorShape(
    width=32,
    heads=4,
    feed_forward=64,
    encoder_layers=2,
    decoder_layers=2,
    max_positions=64,
    dropout=0.0,
)
KINDS = ("pegasus", "mbart", "bart", "t5")
BATCH = collate([[11, 12, 13, 14], [15, 16]], [[21, 22, 23], [24]], [5, 6])
FULL = collate([[11, 12, 13, 14], [15, 16, 17, 18]], [[21, 22, 23], [24]], [5, 6])


def _model(kind: str, attention: str) -> Any:
    model = build_generator(replace(TINY, kind=kind), vocab_size=50)
    model.set_attn_implementation(attention)
    return model


@pytest.mark.parametrize("kind", KINDS)
def test_loss_and_gradients_are_those_of_plain_attention(kind: str) -> None:
    plain, fused = _model(kind, "eager"), _model(kind, FUSED)
    losses = [teacher_forcing(model, BATCH).value for model in (plain, fused)]
    torch.testing.assert_close(*losses)
    for loss in losses:
        loss.backward()
    expected, found = (
        {name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None}
        for model in (plain, fused)
    )
    assert len(expected) > 20
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("attention", ["eager", FUSED])
@pytest.mark.parametrize("kind", KINDS)
def test_full_sources_need_no_mask(kind: str, attention: str) -> None:
    assert FULL.sources_are_full
    model = _model(kind, attention)
    masked = teacher_forcing(model, replace(FULL, sources_are_full=False)).value
    torch.testing.assert_close(teacher_forcing(model, FULL).value, masked)


def test_an_encoder_of_full_sources_gets_no_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    attend = torch.nn.functional.scaled_dot_product_attention

    def watched(*tensors: Any, attn_mask: Any = None, **options: Any) -> Any:
        seen.append(attn_mask is None)
        return attend(*tensors, attn_mask=attn_mask, **options)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", watched)
    for batch, without_mask in ((FULL, True), (BATCH, False)):
        seen.clear()
        teacher_forcing(_model("pegasus", FUSED), batch)
        # Two layers of the encoder; in the decoder's two, itself and then the source.
        assert seen == [without_mask] * 2 + [False, without_mask] * 2


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_word_by_word_is_the_same(kind: str) -> None:
    begin = BATCH.target_inputs[:, :2]
    plain, fused = (
        greedy(_model(kind, attention), BATCH.source_ids, prefix_ids=begin, max_tokens=8)
        for attention in ("eager", FUSED)
    )
    assert plain.ids.tolist() == fused.ids.tolist()


# On the meta device there are shapes and no values: who asks for one, and on a GPU would wait for it,
# fails there.


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", [BATCH, FULL], ids=["padded", "full"])
def test_learning_from_targets_asks_for_no_value(batch: Seq2SeqBatch, kind: str) -> None:
    model = _model(kind, FUSED).to("meta").train()
    loss = teacher_forcing(model, batch.to("meta"), smoothing=0.1)
    loss.value.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    assert loss.value.device.type == "meta"


def test_plain_transformers_asks_for_values() -> None:
    # Else the module had no point, and the test above none either.
    with pytest.raises((RuntimeError, NotImplementedError)):
        teacher_forcing(_model("pegasus", "sdpa").to("meta"), BATCH.to("meta"))


def test_scoring_what_was_drawn_asks_for_no_value() -> None:
    ids = torch.ones((2, 4), dtype=torch.int64, device="meta")
    drawn = Sampled(ids, through_first_end(ids), ids[:, :2])
    scored = score(
        _model("pegasus", FUSED).to("meta"), BATCH.source_ids.to("meta"), drawn, with_entropy=True
    )
    assert scored.log_probs.shape == (2, 4)


def test_a_language_model_asks_for_no_value() -> None:
    shape = LanguageModelShape(width=32, heads=4, feed_forward=64, layers=1)
    model = build_language_model(shape, vocab_size=50)
    model.set_attn_implementation(FUSED)
    ids = torch.ones((2, 4), dtype=torch.int64, device="meta")
    assert sequence_log_probs(model.to("meta"), ids, ids > 0).shape == (2, 4)
