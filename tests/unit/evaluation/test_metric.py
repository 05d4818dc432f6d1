"""The same scores for Hugging Face: as a metric, and in a trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from summae.evaluation.metric import Metric, compute, compute_metrics

CHARACTERS = "今晚明天有雨晴大风"


class Characters:
    """Decodes ids into characters; 0 is padding."""

    pad_token_id = 0

    def batch_decode(self, sequences: Any, *, skip_special_tokens: bool) -> list[str]:
        assert skip_special_tokens
        return ["".join(CHARACTERS[i - 1] for i in row if i > 0) for row in np.asarray(sequences)]


def test_scores_are_flat_and_measured_against_the_document_if_there_is_one() -> None:
    # 今晚有雨 against 今晚大雨: three of four characters, one of three bigrams.
    found = compute(["今晚有雨", ""], ["今晚大雨", "晴"], ["今晚有雨。", "晴天。"])
    assert found["rouge_1"] == found["rouge_1_precision"] == 0.75 / 2
    assert found["rouge_2_recall"] == pytest.approx(1 / 3 / 2)
    assert (found["empty"], found["lead_copy_rate"]) == (1, 0.5)
    assert "lead_copy_rate" not in compute(["晴"], ["晴"])
    assert all(type(value) is float for value in found.values())


def test_batches_are_scored_together_once() -> None:
    metric = Metric()
    metric.add_batch(predictions=["今晚有雨"], references=["今晚有雨"])
    metric.add(prediction="风", reference="雨")
    assert metric.compute(predictions=["晴"], references=["晴"])["rouge_1"] == pytest.approx(2 / 3)
    assert metric(predictions=["晴"], references=["晴"])["rouge_1"] == 1.0


def test_half_a_call_is_refused() -> None:
    with pytest.raises(ValueError, match="only one"):
        Metric().compute(predictions=["晴"])
    with pytest.raises(ValueError, match="1 and 2"):
        Metric().add_batch(predictions=["晴"], references=["晴", "雨"])


def test_padding_of_labels_is_no_text() -> None:
    transformers = pytest.importorskip("transformers")
    ids = np.array([[1, 2, 5, 6], [7, 0, 0, 0]])
    labels = np.array([[1, 2, 5, 6], [7, -100, -100, -100]])
    outcome = transformers.EvalPrediction(predictions=(ids, None), label_ids=labels)
    assert compute_metrics(Characters())(outcome)["rouge_l"] == 1.0


def test_logits_are_refused_with_the_setting_that_is_missing() -> None:
    transformers = pytest.importorskip("transformers")
    outcome = transformers.EvalPrediction(np.zeros((2, 3, 9)), np.zeros((2, 3), dtype=int))
    with pytest.raises(ValueError, match="predict_with_generate=True"):
        compute_metrics(Characters())(outcome)


def test_an_evaluation_set_without_labels_is_named() -> None:
    transformers = pytest.importorskip("transformers")
    outcome = transformers.EvalPrediction(np.zeros((2, 3), dtype=int), None)
    with pytest.raises(ValueError, match="does the evaluation set have them"):
        compute_metrics(Characters())(outcome)


def test_a_trainer_reports_the_scores(tmp_path: Path, fresh_accelerator: None) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    vocabulary = {
        token: place for place, token in enumerate(["<pad>", "</s>", "<unk>", *CHARACTERS])
    }
    core = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="<unk>"))
    core.pre_tokenizer = tokenizers.pre_tokenizers.Split("", "isolated")
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )
    torch.manual_seed(0)
    config = transformers.BartConfig(
        vocab_size=len(vocabulary),
        **dict.fromkeys(("encoder_layers", "decoder_layers", "encoder_attention_heads"), 1),
        **dict.fromkeys(("d_model", "encoder_ffn_dim", "decoder_ffn_dim"), 16),
        decoder_attention_heads=1,
        max_position_embeddings=32,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=1,
        decoder_start_token_id=1,
        forced_eos_token_id=None,
    )
    model = transformers.BartForConditionalGeneration(config)
    rows = [
        {"input_ids": tokenizer(text).input_ids, "labels": [*tokenizer(text).input_ids, 1]}
        for text in ("今晚有雨", "明天晴", "大风")
    ]
    trainer = transformers.Seq2SeqTrainer(
        model=model,
        args=transformers.Seq2SeqTrainingArguments(
            output_dir=str(tmp_path),
            predict_with_generate=True,
            generation_max_length=6,
            report_to=[],
            use_cpu=True,
        ),
        eval_dataset=rows,
        data_collator=transformers.DataCollatorForSeq2Seq(tokenizer, model),
        compute_metrics=compute_metrics(tokenizer),
    )
    found = trainer.evaluate()
    assert 0 <= found["eval_rouge_1"] <= 1
    assert found["eval_summaries"] == 3
