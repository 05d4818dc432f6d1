"""Judges whose verdict is known without asking: uniform models, equal texts, and one text at a time."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from summae.errors import InputError, ModelError
from summae.evaluation.encoders import Encoder
from summae.evaluation.judges import (
    BertScore,
    EmbeddingSimilarity,
    Fluency,
    Judge,
    ReconstructionGain,
    _matched,
)
from summae.text.tokenizer import FILE_NAME, Tokenizer


@pytest.fixture(scope="module")
def uniform(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A causal language model that finds every token equally likely."""
    folder = tmp_path_factory.mktemp("uniform")
    tokenizer = Tokenizer.from_dir(tiny_checkpoint)
    tokenizer.save(folder)
    config = transformers.GPT2Config(
        vocab_size=tokenizer.vocab_size, n_positions=64, n_embd=16, n_layer=1, n_head=1
    )
    model = transformers.GPT2LMHeadModel(config)
    for parameter in model.parameters():
        parameter.data.zero_()
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small BERT with a tokenizer of its own kind."""
    tokenizers = pytest.importorskip("tokenizers")
    folder = tmp_path_factory.mktemp("foreign")
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"今晚有雨明天晴"]
    vocabulary = {token: place for place, token in enumerate(tokens)}
    core = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    core.pre_tokenizer = tokenizers.pre_tokenizers.Split("", "isolated")
    core.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    ).save_pretrained(folder)
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(tokens),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


def test_under_a_uniform_model_every_token_costs_the_logarithm_of_the_vocabulary(
    uniform: Path,
) -> None:
    tokenizer = Tokenizer.from_dir(uniform)
    texts = ["今晚有雨", "台风将登陆东南沿海"]
    # The tokens and the end token, log(1 / V) each.
    nats = [-(len(tokenizer.encode(text)) + 1) * math.log(tokenizer.vocab_size) for text in texts]
    expected = [total / len(text) for total, text in zip(nats, texts, strict=True)]
    np.testing.assert_allclose(Fluency(uniform)(texts), expected, rtol=1e-5)


def test_an_empty_summary_costs_its_end_token(uniform: Path) -> None:
    vocabulary = Tokenizer.from_dir(uniform).vocab_size
    np.testing.assert_allclose(Fluency(uniform)([""]), [-math.log(vocabulary)], rtol=1e-5)


def test_a_text_with_more_tokens_than_positions_is_cut(uniform: Path, foreign: Path) -> None:
    assert np.isfinite(Fluency(uniform)(["今晚有雨" * 99])).all()
    assert BertScore(foreign)(["今晚有雨" * 99], ["今晚有雨" * 99], None) == pytest.approx(1.0)


def test_a_lead_tells_no_more_than_itself(tiny_checkpoint: Path, news: tuple[str, ...]) -> None:
    leads = [text[:12] for text in news[:3]]
    found = ReconstructionGain(tiny_checkpoint)(leads, [], news[:3])
    np.testing.assert_allclose(found, 0, atol=1e-6)


def test_the_end_of_a_cut_document_is_not_to_be_told(
    tiny_checkpoint: Path, news: tuple[str, ...]
) -> None:
    # Its first character is given the end token's place: the gain rests on the text alone.
    judge = ReconstructionGain(tiny_checkpoint)
    model, encoder = judge._model, judge._encoder
    with torch.inference_mode():
        source, target = encoder.batch(["今晚有雨"]), encoder.batch([news[0][:100]])
        assert target.ids[0, -1] == Tokenizer.eos_id
        logits = model(input_ids=source.ids, labels=target.ids).logits
        told = logits.log_softmax(-1).gather(2, target.ids[..., None])[0, :-1].sum()
        assert judge._told(["今晚有雨"], [news[0][:100]])[0] == pytest.approx(told.item(), rel=1e-4)


def test_our_models_read_simplified_characters(uniform: Path) -> None:
    encoder = Encoder(uniform)
    assert encoder.batch(["颱風登陸"]).ids.tolist() == encoder.batch(["台风登陆"]).ids.tolist()


def test_a_player_of_a_game_has_its_tokenizer_one_folder_up(
    tiny_checkpoint: Path, tmp_path: Path, news: tuple[str, ...]
) -> None:
    game = tmp_path / "best"
    shutil.copytree(tiny_checkpoint, game / "reconstructor")
    (game / "reconstructor" / FILE_NAME).rename(game / FILE_NAME)
    judge = ReconstructionGain(game / "reconstructor")
    expected = ReconstructionGain(tiny_checkpoint)(["今晚有雨"], [], news[:1])
    np.testing.assert_array_equal(judge(["今晚有雨"], [], news[:1]), expected)


def test_a_tokenizer_of_another_model_is_refused(uniform: Path, tmp_path: Path) -> None:
    shutil.copytree(uniform, tmp_path / "model")
    Tokenizer.from_dir(uniform).save(tmp_path / "model")
    config = transformers.GPT2Config(vocab_size=7, n_positions=64, n_embd=16, n_layer=1, n_head=1)
    transformers.GPT2LMHeadModel(config).save_pretrained(tmp_path / "model")
    with pytest.raises(ModelError, match="knows 7 pieces, the tokenizer .* do not belong together"):
        Fluency(tmp_path / "model")


def test_padding_changes_no_gain(tiny_checkpoint: Path, news: tuple[str, ...]) -> None:
    judge = ReconstructionGain(tiny_checkpoint)
    summaries = ["今晚有雨", "市图书馆新馆本周六向读者开放", ""]
    together = judge(summaries, [], news[:3])
    alone = [judge([summaries[i]], [], [news[i]])[0] for i in range(3)]
    np.testing.assert_allclose(together, alone, atol=1e-4)
    assert abs(together[0]) > 1e-4


def test_without_documents_there_is_nothing_to_reconstruct(tiny_checkpoint: Path) -> None:
    with pytest.raises(InputError, match="needs the documents"):
        ReconstructionGain(tiny_checkpoint)(["晴"], ["晴"], None)


@pytest.mark.parametrize("kind", [EmbeddingSimilarity, BertScore])
@pytest.mark.parametrize("folder", ["tiny_checkpoint", "foreign"])
def test_equal_texts_are_as_near_as_can_be_and_no_text_is_far(
    kind: type[EmbeddingSimilarity | BertScore], folder: str, request: pytest.FixtureRequest
) -> None:
    judge: Judge = kind(request.getfixturevalue(folder))
    # Of unequal lengths, so that one is padded.
    found = judge(["今晚有雨", "", "晴", "今晚"], ["今晚有雨", "晴", "晴", "明天"], None)
    np.testing.assert_allclose(found[:3], [1, 0, 1], atol=1e-5)
    assert found[3] < 0.999


def test_greedy_matching_takes_the_most_similar_token_on_both_sides() -> None:
    # Ours e1, e2 against e1: precision (1 + 0) / 2, recall 1, F1 2 * 0.5 * 1 / 1.5.
    ours, theirs = torch.eye(2), torch.eye(2)[:1]
    assert _matched(ours, theirs) == pytest.approx(2 / 3)
    assert _matched(ours[:0], theirs) == 0.0


def test_special_tokens_are_no_text(foreign: Path) -> None:
    encoder = Encoder(foreign)
    batch = encoder.batch(["今晚", "晴"])
    assert batch.ids.tolist() == [[2, 4, 5, 3], [2, 10, 3, 0]]
    assert batch.mask.tolist() == [[1, 1, 1, 1], [1, 1, 1, 0]]
    assert encoder.is_special(batch.ids).tolist() == [
        [True, False, False, True],
        [True, False, True, True],
    ]


def test_a_model_of_another_kind_is_refused_by_name(foreign: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model that transformers.AutoModelForSeq2SeqLM loads"):
        ReconstructionGain(foreign)
    with pytest.raises(ModelError, match="no model that transformers.AutoModel loads"):
        BertScore(tmp_path)
