"""LCSTS in its own files trains and is evaluated with one configuration; the lines here are invented."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")
pytest.importorskip("datasets")

from summae.cli.main import main
from summae.data.pack import TokenPack

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "own_dataset_cache")

CONFIG = Path(__file__).parents[2] / "configs" / "lcsts-supervised.yaml"
SMALL = [
    *("generator.width=32", "generator.heads=4", "generator.feed_forward=64"),
    *("generator.encoder_layers=1", "generator.decoder_layers=1", "data.vocabulary_size=600"),
    *("mixture.batch_size=8", "training.steps=3", "training.precision=no", "training.workers=0"),
    "training.warmup_steps=1",
]
PLACES = ("青岚市", "松谷县", "望川市", "桂屿镇", "云汐市", "白石县", "南湾区")
EVENTS = ("迎来今年第一场雪", "举行冬季长跑比赛", "新开通两条公交线路", "发现一种罕见水鸟")


def document(number: int, place: str, event: str, label: int | None) -> str:
    score = "" if label is None else f"    <human_label>{label}</human_label>\n"
    return (
        f"<doc id={number}>\n{score}"
        f"    <summary>\n        {place}{event}\n    </summary>\n"
        f"    <short_text>\n        本报讯，{place}昨天{event}，不少市民前往观看。"
        "有关部门提醒大家注意安全，并预计明天天气转晴。\n    </short_text>\n</doc>\n"
    )


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder with a copy of LCSTS beside it."""
    folder = tmp_path / "LCSTS"
    folder.mkdir()
    news = list(product(PLACES, EVENTS))
    for name, rows, labels in (
        ("PART_I", news, [None]),
        ("PART_II", news[:4], [5, 2]),
        ("PART_III", news[4:10], [4, 3, 1]),
    ):
        documents = [document(n, *row, labels[n % len(labels)]) for n, row in enumerate(rows)]
        (folder / f"{name}.txt").write_text("".join(documents), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def test_one_configuration_packs_trains_and_is_evaluated(copy: Path) -> None:
    command = ["train", str(CONFIG), *(word for value in SMALL for word in ("--set", value))]
    assert main(command) == 0

    pack = TokenPack.load("runs/lcsts-supervised/pack")
    # Of part II, those with 3 points or more are measured on; they stand in part I, too, and are
    # left out there.
    assert len(pack.validation_summaries) == 2
    assert pack.supervised is not None
    assert len(pack.supervised) == len(PLACES) * len(EVENTS) - 2
    assert len(pack.pair_score) == 0

    data = "LCSTS/PART_III.txt?score>=3"
    options = ["--data", data, "--no-rankings", "--json", "report.json"]
    assert main(["evaluate", "runs/lcsts-supervised/best", *options]) == 0
    report = json.loads(Path("report.json").read_text("utf-8"))
    assert report["system"]["statistics"]["summaries"] == 4  # 4, 3, 4, 3 of six rows
    assert "|n:4|data:PART_III.txt?score>=3@" in report["signature"]
