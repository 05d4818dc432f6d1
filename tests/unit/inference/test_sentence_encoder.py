"""Texts to vectors: in order, alone or together, in either script; as a step of other libraries."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from summae import SentenceEncoder
from summae.errors import InputError, ModelError


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> SentenceEncoder:
    return SentenceEncoder.from_pretrained(tiny_encoder)


def test_rows_keep_the_order_of_texts(encoder: SentenceEncoder, news: tuple[str, ...]) -> None:
    together = encoder.encode(news)
    assert (together.shape, together.dtype) == ((len(news), encoder.dimensions), np.float32)
    alone = np.concatenate([encoder.encode([text]) for text in news])
    assert together == pytest.approx(alone, abs=1e-6)
    assert encoder.encode(reversed(news)) == pytest.approx(alone[::-1], abs=1e-6)


def test_batches_do_not_matter_and_repetition_gives_the_same(
    encoder: SentenceEncoder, news: tuple[str, ...]
) -> None:
    expected = encoder.encode(news)
    assert encoder.encode(news, batch_size=1) == pytest.approx(expected, abs=1e-6)
    assert encoder.encode(iter(news), batch_size=3) == pytest.approx(expected, abs=1e-6)
    assert np.array_equal(encoder.encode(news), expected)


def test_no_text_gives_no_row(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, 12)


def test_vectors_have_length_one_unless_told_otherwise(
    encoder: SentenceEncoder, news: tuple[str, ...]
) -> None:
    lengths = np.linalg.norm(encoder.encode(news), axis=1)
    assert lengths == pytest.approx(np.ones(len(news)), abs=1e-6)
    raw = encoder.encode(news, normalize=False)
    assert not np.allclose(np.linalg.norm(raw, axis=1), 1)
    unit = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    assert unit == pytest.approx(encoder.encode(news), abs=1e-6)


def test_both_scripts_and_widths_give_one_vector(encoder: SentenceEncoder) -> None:
    traditional, simplified, wide = encoder.encode(
        ["颱風今晚登陸,氣溫下降10度", "台风今晚登陆，气温下降10度", "台风今晚登陆，气温下降１０度"]
    )
    assert traditional == pytest.approx(simplified)
    assert wide == pytest.approx(simplified)


def test_a_sentence_is_read_as_far_as_the_encoder_learned_to(encoder: SentenceEncoder) -> None:
    start = "今晚有流星雨可以观看" * 5  # far more than 24 tokens
    assert encoder.encode([start + "明天"]) == pytest.approx(encoder.encode([start + "后天没有"]))


def test_a_document_is_the_mean_of_its_first_sentences(encoder: SentenceEncoder) -> None:
    first, second = "今晚可以看到流星雨。", "最佳观测时间是凌晨两点。"
    mean = encoder.encode([first, second]).mean(axis=0)
    # “完。” is too short to tell anything.
    (found,) = encoder.encode([f"{first}{second}完。"], per="document")
    assert found == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
    twelve = "".join(f"第{number}场比赛今天开始。" for number in "一二三四五六七八九十百千")
    cut, longer = encoder.encode([twelve, twelve + "天气晴朗，气温上升。"], per="document")
    assert cut == pytest.approx(longer)
    (only_short,) = encoder.encode(["完。"], per="document")
    assert only_short == pytest.approx(encoder.encode(["完。"])[0])


@pytest.mark.parametrize("empty", ["", " \n", "\u200b\ufeff"])
def test_an_empty_text_is_named_by_its_position(encoder: SentenceEncoder, empty: str) -> None:
    with pytest.raises(InputError, match=r"text 2 \(counted from 0\) is empty"):
        encoder.encode(["今晚有雨", "明天晴", empty])


def test_what_is_no_text_is_named_by_its_position(encoder: SentenceEncoder) -> None:
    with pytest.raises(InputError, match=r"text 1 \(counted from 0\) is of type float"):
        encoder.encode(["今晚有雨", float("nan")])  # type: ignore[list-item]


def test_wrong_arguments_are_repeated(encoder: SentenceEncoder, tiny_encoder: Path) -> None:
    with pytest.raises(ValueError, match=r"for one document write encode\(\[text\]\)\[0\]"):
        encoder.encode("今晚有雨")
    with pytest.raises(ValueError, match=r"one column of texts, got ndarray of shape \(2, 1\)"):
        encoder.fit_transform(np.array([["今晚有雨"], ["明天晴"]]))
    with pytest.raises(ValueError, match="batch_size is a whole number of at least 1, got 0"):
        encoder.encode(["今晚有雨"], batch_size=0)
    with pytest.raises(ValueError, match="per is 'sentence' or 'document', got 'line'"):
        SentenceEncoder.from_pretrained(tiny_encoder, per="line")
    with pytest.raises(ValueError, match="threads is a whole number of at least 1, got -1"):
        SentenceEncoder.from_pretrained(tiny_encoder, threads=-1)
    with pytest.raises(ValueError, match="has no width; it has name_or_path, per"):
        SentenceEncoder(tiny_encoder).set_params(width=3)


def test_it_can_be_pickled_and_the_bytes_tell_the_weights(
    encoder: SentenceEncoder, news: tuple[str, ...], tiny_encoder: Path, tmp_path: Path
) -> None:
    copy = pickle.loads(pickle.dumps(encoder))
    assert np.array_equal(copy.encode(news), encoder.encode(news))
    other = Path(shutil.copytree(tiny_encoder, tmp_path / "same"))
    moved = SentenceEncoder.from_pretrained(other)
    before = pickle.dumps(moved)
    arrays = dict(np.load(other / "weights.npz"))
    arrays["0.table"] = -arrays["0.table"]
    np.savez(other / "weights.npz", **arrays)
    assert pickle.dumps(SentenceEncoder.from_pretrained(other)) != before


def test_a_dataset_gets_a_column(
    encoder: SentenceEncoder, news: tuple[str, ...], own_dataset_cache: None
) -> None:
    datasets = pytest.importorskip("datasets")
    rows = datasets.Dataset.from_dict({"content": list(news), "number": list(range(len(news)))})
    mapped = rows.map(encoder, batched=True, batch_size=4)
    assert mapped.column_names == ["content", "number", "embedding"]
    assert np.array(mapped["embedding"]) == pytest.approx(encoder.encode(news), abs=1e-6)


def test_a_batch_without_its_column_says_which_there_are(encoder: SentenceEncoder) -> None:
    with pytest.raises(InputError, match="no column 'document' or .* or '内容', only 'a'"):
        encoder({"a": ["今晚有雨"]})
    with pytest.raises(ValueError, match="one row came instead of a batch"):
        encoder({"text": "今晚有雨"})
    with pytest.raises(ValueError, match=r"for texts write encoder.encode\(\[text\]\)"):
        encoder(["今晚有雨"])  # type: ignore[arg-type]


def test_it_is_a_step_of_a_scikit_learn_pipeline(tiny_encoder: Path, news: tuple[str, ...]) -> None:
    pytest.importorskip("sklearn")
    from sklearn.base import clone
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    step = SentenceEncoder(tiny_encoder, per="document", normalize=False)
    assert clone(step).get_params() == step.get_params()
    topics = np.arange(len(news)) % 2
    model = make_pipeline(step, LogisticRegression()).fit(list(news), topics)
    assert model.predict(list(news)).shape == (len(news),)
    other = clone(model).set_params(sentenceencoder__per="sentence")
    assert other.fit(list(news), topics)[0].per == "sentence"
    alone = make_pipeline(step)
    assert np.array_equal(alone.transform(list(news)), step.encode(news))
    assert list(alone[:1].get_feature_names_out())[:2] == ["sentenceencoder0", "sentenceencoder1"]


def test_neither_torch_nor_scikit_learn_is_imported(tiny_encoder: Path) -> None:
    code = (
        "import sys; from summae import SentenceEncoder; "
        "e = SentenceEncoder.from_pretrained(sys.argv[1]); e.fit(['晴']).transform(['今晚有雨']); "
        "e.get_feature_names_out(); "
        "print(*{'torch', 'transformers', 'sklearn', 'scipy', 'pyarrow', 'ctranslate2'} "
        "& set(sys.modules))"
    )
    process = [sys.executable, "-c", code, str(tiny_encoder)]
    ended = subprocess.run(process, capture_output=True, check=True, text=True)
    assert ended.stdout == "\n"


def broken(tiny_encoder: Path, folder: Path, **changes: object) -> Path:
    copy = Path(shutil.copytree(tiny_encoder, folder / "broken"))
    about = json.loads((copy / "encoder.json").read_text())
    (copy / "encoder.json").write_text(json.dumps(about | changes))
    return copy


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"format": 2}, "says kind 'sentence_encoder' and format 2"),
        ({"shape": {"kind": "gru"}}, "an encoder of the kind 'gru'; without torch these run: bag"),
        ({"dimensions": 13}, "vectors are 12 wide, 13 expected"),
        ({"max_tokens": None}, "lacks or misstates"),
        ({"files": {"weights.npz": {"bytes": 5}}}, "instead of 5"),
        ({"files": {"weights.npz": {"sha256": "00"}}}, "another SHA-256"),
    ],
)
def test_a_folder_that_does_not_fit_says_why(
    tiny_encoder: Path, tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ModelError, match=complaint):
        SentenceEncoder.from_pretrained(broken(tiny_encoder, tmp_path, **changes))


def test_a_checkpoint_is_to_be_exported_first(tiny_encoder: Path, tmp_path: Path) -> None:
    copy = broken(tiny_encoder, tmp_path)
    (copy / "weights.npz").rename(copy / "encoder.safetensors")
    with pytest.raises(ModelError, match="training checkpoint; make a folder .* `summae export"):
        SentenceEncoder.from_pretrained(copy)


def test_another_folder_is_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no sentence encoder: it has no encoder.json"):
        SentenceEncoder.from_pretrained(tmp_path)
    with pytest.raises(ModelError, match="there is no model 'zh-nothing'"):
        SentenceEncoder.from_pretrained("zh-nothing")
