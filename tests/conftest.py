"""What several tests share: a few news texts and a tiny model that costs seconds to make."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if "PYTEST_XDIST_WORKER" in os.environ:  # each test process has a core, and its torch one thread
    os.environ.setdefault("OMP_NUM_THREADS", "1")

if TYPE_CHECKING:
    from summae.data.pack import TokenPack
    from summae.data.sentences_pack import SentencePack

NEWS = (
    "今年首个台风预计将于周五夜间登陆东南沿海，气象部门提醒渔船尽快回港避风。沿海多条航线已经停航。",
    "市图书馆新馆本周六向读者开放，馆内设有三百个座位和一个儿童阅览室。开放时间延长到晚上九点。",
    "研究人员在高原湖泊中发现一种新的水生植物，它的叶片能在零下二十度的环境中保持绿色。",
    "连接两座城市的高速铁路今天开始试运行，全程只需要48分钟，比原来缩短了一半以上。",
    "在昨晚结束的排球联赛中，主场作战的球队以3比1获胜，取得了本赛季的第十场胜利。",
    "受冷空气影响，北方多地气温下降超过10度，部分山区出现小雪，交通部门提醒司机减速慢行。",
    "一项新的研究显示，每天步行八千步的人睡眠质量更好，专家建议饭后散步半个小时。",
    "天文爱好者今晚可以看到流星雨，最佳观测时间是凌晨两点，预计每小时可见六十颗流星。",
    "颱風今晚將在東部登陸，氣象單位提醒民眾避免前往海邊，多個航班已經取消。",
    "動物園的大熊貓寶寶滿三個月，體重超過五公斤，預計下個月和遊客見面。",
)
"""Made-up news, simplified and traditional."""


@pytest.fixture(scope="session")
def news() -> tuple[str, ...]:
    return NEWS


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seq2seq model of random weights with a real tokenizer, as a training saves it."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from summae.text.normalize import clean_document
    from summae.text.tokenizer import Tokenizer

    folder = tmp_path_factory.mktemp("checkpoint")
    tokenizer = Tokenizer.train(map(clean_document, NEWS), vocabulary_size=700)
    tokenizer.save(folder)
    torch.manual_seed(5)
    config = transformers.BartConfig(
        vocab_size=tokenizer.vocab_size,
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=128,
        # Wide random weights: different documents get different summaries.
        init_std=0.6,
        pad_token_id=Tokenizer.pad_id,
        bos_token_id=Tokenizer.bos_id,
        eos_token_id=Tokenizer.eos_id,
        decoder_start_token_id=Tokenizer.bos_id,
        forced_eos_token_id=None,
    )
    config.normalize_before = False
    config.normalize_embedding = True
    transformers.BartForConditionalGeneration(config).eval().save_pretrained(folder)
    manifest = {
        "format": 1,
        "max_source_tokens": 64,
        "max_target_tokens": 24,
        "decoding": {"beam_size": 2, "no_repeat_ngram_size": 3},
    }
    (folder / "summae.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_runtime(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny checkpoint as a runtime folder, in float32 so that engines can be compared."""
    from summae.inference.export import export

    folder = tmp_path_factory.mktemp("models") / "tiny"
    export(tiny_checkpoint, folder, quantization="float32", name="tiny")
    return folder


HEADLINES = (
    "今年首个台风周五登陆东南沿海",
    "市图书馆新馆本周六开放",
    "高原湖泊发现新的水生植物",
    "两城高速铁路开始试运行",
    "主场球队3比1获胜取得第十胜",
    "冷空气来袭北方多地降温",
    "每天步行八千步睡眠更好",
    "今晚可见流星雨",
)
"""What other people might have written of the first eight texts of `NEWS`."""


@pytest.fixture(scope="session")
def tiny_pack() -> TokenPack:
    """A token pack of eight documents, eight headlines from two sources and a pair for each."""
    pytest.importorskip("torch")
    from summae.data.pack import Ragged, TokenPack
    from summae.text.tokenizer import Tokenizer

    tokenizer = Tokenizer.train([*NEWS, *HEADLINES], vocabulary_size=700)
    count = len(HEADLINES)
    return TokenPack(
        vocabulary=tokenizer.vocabulary,
        tokenizer_model=tokenizer.serialized,
        documents=Ragged.of(tokenizer.encode_batch(NEWS[:count]), limit=40),
        headlines=Ragged.of(tokenizer.encode_batch(HEADLINES)),
        headline_characters=np.array([len(h) for h in HEADLINES], dtype=np.uint8),
        headline_source=np.arange(count, dtype=np.uint8) % 2,
        pair_document=np.arange(count, dtype=np.int32),
        pair_headline=np.arange(count, dtype=np.int32),
        pair_score=np.linspace(2, 1, count, dtype=np.float32),
        validation_documents=Ragged.of(tokenizer.encode_batch(NEWS[:2])),
        validation_summaries=list(HEADLINES[:2]),
        notes={"documents": count},
    )


@pytest.fixture(scope="session")
def pack_with_pairs(tiny_pack: TokenPack) -> TokenPack:
    """The tiny pack, its pseudo-pairs also as true ones, and as if a model had written them."""
    from summae.data.pack import TruePairs, WrittenSummaries

    pairs = TruePairs(
        documents=tiny_pack.documents,
        headlines=tiny_pack.headlines,
        headline_characters=tiny_pack.headline_characters,
    )
    written = WrittenSummaries(
        document=tiny_pack.pair_document,
        summaries=tiny_pack.headlines,
        characters=tiny_pack.headline_characters,
        score=np.zeros(len(tiny_pack.headlines), np.float32),
        model="tiny",
    )
    return replace(
        tiny_pack,
        supervised=pairs,
        written=written,
        validation_headlines=tiny_pack.headlines,
    )


@pytest.fixture(scope="session")
def tiny_sentences(tiny_pack: TokenPack) -> SentencePack:
    """Sixteen documents of four sentences, the last four held out; each has ten words, which two share."""
    from summae.data.pack import Ragged
    from summae.data.sentences_pack import SentencePack

    draw = np.random.default_rng(7)
    words = [range(60 + 10 * (document % 8), 70 + 10 * (document % 8)) for document in range(16)]
    sentences = [draw.choice(own, size=draw.integers(3, 9)) for own in words for _ in range(4)]
    return SentencePack(
        sentences=Ragged.of(sentences),
        document_starts=4 * np.arange(17),
        sets=np.repeat([0, 1], 8).astype(np.int16),
        set_names=("sport", "weather"),
        dates=np.arange(16, dtype=np.int32),
        is_held_out=np.arange(16) >= 12,
        vocabulary=tiny_pack.vocabulary,
        tokenizer_model=tiny_pack.tokenizer_model,
        notes={"documents": 16},
    )


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence encoder to run: two bags of random weights with bigrams, 2 x 6 dimensions."""
    from summae.text.tokenizer import Tokenizer

    folder = tmp_path_factory.mktemp("models") / "tiny-encoder"
    folder.mkdir()
    tokenizer = Tokenizer.train([*NEWS, *HEADLINES], vocabulary_size=700)
    tokenizer.save(folder)
    random = np.random.default_rng(3)
    arrays: dict[str, Any] = {}
    for part in range(2):
        arrays[f"{part}.table"] = random.standard_normal((tokenizer.vocab_size + 50, 8), np.float32)
        for number, (after, before) in enumerate([(10, 8), (6, 10)]):
            arrays[f"{part}.weight.{number}"] = random.standard_normal((after, before), np.float32)
            arrays[f"{part}.bias.{number}"] = random.standard_normal(after, np.float32)
    np.savez(folder / "weights.npz", **arrays)
    about = {
        "format": 1,
        "kind": "sentence_encoder",
        "name": "tiny",
        "shape": {"kind": "bag", "bigrams": 50},
        "parts": 2,
        "dimensions": 12,
        "normalize": True,
        "max_tokens": 24,
    }
    (folder / "encoder.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def in_two_processes() -> Callable[[str, Path], None]:
    """Runs a script of a test, with a folder as its argument, in two processes that find each other."""
    return _run_in_two_processes


def _run_in_two_processes(script: str, folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = {"WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1"}
    place |= {"MASTER_PORT": port, "OMP_NUM_THREADS": 1}
    logs = [folder / f"log-{rank}.txt" for rank in range(2)]
    processes = []
    for rank, log in enumerate(logs):
        numbers = place | {"RANK": rank, "LOCAL_RANK": rank}
        with log.open("w") as stream:
            process = subprocess.Popen(
                [sys.executable, script, str(folder)],
                env=os.environ | {name: str(value) for name, value in numbers.items()},
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        processes.append(process)
    try:
        ended = [process.wait(timeout=180) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert ended == [0, 0], "\n".join(log.read_text() for log in logs)


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thread of torch, here and in processes started here: sums in one order, equal to the bit."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def fresh_accelerator() -> Iterator[None]:
    """Accelerate keeps one state for the whole process; another precision needs a new one."""
    state = pytest.importorskip("accelerate.state")
    state.AcceleratorState._reset_state(True)
    yield
    state.AcceleratorState._reset_state(True)


@pytest.fixture
def own_dataset_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what `datasets` caches out of the home folder, and its eyes off the network."""
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "datasets-cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
