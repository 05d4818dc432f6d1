"""A number that no training could use is refused by name before anything is made."""

from __future__ import annotations

import pytest

from summae.config import load_config
from summae.errors import ConfigError
from summae.recipes.settings import PipelineSettings


@pytest.mark.parametrize(
    "override",
    [
        *("mixture.batch_size=0", "mixture.source_tokens=0", "mixture.bucket_batches=0"),
        *("mixture.pairs_share=0", "mixture.late_pairs_share=-1", "mixture.tiers=0"),
        *("mixture.denoising_start=1.5", "mixture.open_length_share=-0.1"),
        *("generator.encoder_layers=0", "generator.decoder_layers=0", "generator.feed_forward=0"),
        *("generator.dropout=2", "generator.dropout=-1", "training.warmup_steps=-1"),
        *("optimizer.learning_rate=-1", "optimizer.learning_rate=.nan", "training.seed=-1"),
        *("training.max_minutes=-1", "training.max_minutes=.nan", "optimizer.learning_rate=1e30"),
    ],
)
def test_what_no_training_could_use_is_refused_by_name(override: str) -> None:
    name = override.partition("=")[0].rpartition(".")[2]
    with pytest.raises(ConfigError, match=name):
        load_config(PipelineSettings, None, [override])


def test_more_pairs_than_documents_may_be_used() -> None:
    settings = load_config(PipelineSettings, None, ["mixture.pairs_share=1.5"])
    assert settings.mixture.pairs_share == 1.5
