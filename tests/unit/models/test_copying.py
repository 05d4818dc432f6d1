"""Untrained generators continue the document, whatever their kind; other weights, and they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from summae.models.copying import make_copying_easy
from summae.models.generator import build_generator
from summae.models.shape import GeneratorShape

SHAPE = GeneratorShape(
    **{"width": 256, "heads": 4, "feed_forward": 256},
    **{"encoder_layers": 2, "decoder_layers": 2, "max_positions": 64},
)
KINDS = ("pegasus", "mbart", "bart", "t5")


def share_continued(shape: GeneratorShape) -> float:
    """How often the likeliest token after one of the source is the token that follows it there."""
    model = build_generator(shape, vocab_size=500).eval()
    document = torch.randperm(400, generator=torch.Generator().manual_seed(0))[:24] + 50
    source = torch.cat([document, torch.tensor([3])]).repeat(24, 1)
    written = torch.stack([torch.full((24,), 2), document], dim=1)  # begin, and one token
    with torch.no_grad():
        logits = model(input_ids=source, decoder_input_ids=written).logits[:, -1]
    return float((logits[:-1].argmax(dim=-1) == document[1:]).float().mean())


@pytest.mark.parametrize("kind", KINDS)
def test_fresh_generator_continues_the_document(kind: str) -> None:
    shape = replace(SHAPE, kind=kind)
    assert share_continued(shape) > 0.4  # chance is 1 in 500
    assert share_continued(replace(shape, copying_start=False)) < 0.1


@pytest.mark.parametrize("kind", ["pegasus", "mbart", "bart"])
def test_untied_words_begin_alike_and_so_continue_it_too(kind: str) -> None:
    assert share_continued(replace(SHAPE, kind=kind, tie_embeddings=False)) > 0.4


def test_learned_positions_begin_as_those_of_pegasus_but_small() -> None:
    tables = {
        kind: build_generator(replace(SHAPE, kind=kind), vocab_size=50)
        .get_encoder()
        .embed_positions.weight
        for kind in ("pegasus", "bart")
    }
    # BART leaves two rows unused, and does not multiply its words by the root of the width, 16.
    torch.testing.assert_close(16 * tables["bart"][2:], tables["pegasus"])


def test_another_architecture_is_refused() -> None:
    sizes = dict.fromkeys(("encoder_layers", "decoder_layers"), 1)
    config = transformers.LEDConfig(vocab_size=50, d_model=16, **sizes)
    with pytest.raises(ValueError, match="known for pegasus, bart, mbart and t5, got 'led'"):
        make_copying_easy(transformers.LEDForConditionalGeneration(config))
