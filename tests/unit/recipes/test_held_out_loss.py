"""What a method says of itself on held-out documents is the same each time, and of them alone."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

sys.path.insert(0, str(Path(__file__).parent))
from sentence_runs import play, settings_of

from summae.data.pack import Ragged
from summae.data.sentence_batches import SentenceBatch
from summae.data.settings import SentenceBatchSettings
from summae.objectives.loss import Loss
from summae.recipes.held_out_loss import HeldOutLoss

if TYPE_CHECKING:
    from summae.data.sentences_pack import SentencePack

SETTINGS = SentenceBatchSettings(sentences_per_batch=4)


class Counting(torch.nn.Module):  # type: ignore[misc, name-defined]
    """The loss of a batch is the mean number of its documents, by which each weighs as it is long."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))

    def forward(self, batch: SentenceBatch) -> Loss:
        number = batch.document.double().mean()
        return Loss(number, {"least": batch.document.min()}, weight=float(len(batch)))


def test_all_held_out_documents_count_alike_and_no_other(tiny_sentences: SentencePack) -> None:
    found = HeldOutLoss(tiny_sentences, SETTINGS).measures(Counting())
    assert found == {"held_out_loss": pytest.approx(13.5), "held_out_least": 12}


def test_no_document_is_read_twice(tiny_sentences: SentencePack) -> None:
    # Of batches of 256 sentences the first two have 200 of one document and 56 of another, which
    # is not read on; the third has what is left, though 488 sentences were not read.
    pack = replace(
        tiny_sentences,
        sentences=Ragged.of([np.array([60])] * 1000),
        document_starts=200 * np.arange(6),
        is_held_out=np.ones(5, dtype=bool),
    )
    seen: list[int] = []

    class Listing(Counting):
        def forward(self, batch: SentenceBatch) -> Loss:
            seen.extend(batch.document.unique().tolist())
            return super().forward(batch)

    HeldOutLoss(pack, SETTINGS).measures(Listing())
    assert sorted(seen) == list(range(5))


def test_nothing_held_out_says_nothing(tiny_sentences: SentencePack) -> None:
    pack = replace(tiny_sentences, is_held_out=np.zeros(16, dtype=bool))
    assert HeldOutLoss(pack, SETTINGS).measures(Counting()) == {}


@pytest.mark.usefixtures("fresh_accelerator", "one_thread")
@pytest.mark.parametrize(
    ("recipe", "measure"),
    [
        ("quick_thought", "held_out_accuracy_within"),
        ("cpc", "held_out_accuracy_2"),
        ("infomax", "held_out_auroc"),
        ("skip_thought", "held_out_told_next"),
    ],
)
def test_each_method_is_validated_by_what_it_alone_can_tell(
    recipe: str, measure: str, tiny_sentences: SentencePack, tmp_path: Path
) -> None:
    state = play(settings_of(recipe, tmp_path), tiny_sentences)
    assert np.isfinite(state.history[-1][measure])
    assert {"next_sentence", "held_out_loss"} <= set(state.history[-1])
