"""A search makes packs, trains one change at a time, goes on where it was stopped, and tells what came out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")
pytest.importorskip("datasets")


import search_generator
from repository import read_json
from search.timing import median_seconds
from summae.errors import ConfigError

pytestmark = pytest.mark.usefixtures("fresh_accelerator", "own_dataset_cache")

BUDGET = 2e7
HEADLINES = ("市民中心周日举办长跑比赛", "山区气温明天升到十五度", "新公交线路经过三所学校")


def write_rows(path: Path, rows: list[tuple[str, str]]) -> str:
    lines = [json.dumps({"document": d, "summary": s}, ensure_ascii=False) for d, s in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def search(tmp_path: Path, news: tuple[str, ...], tiny_config: dict[str, Any]) -> Path:
    """The file of a search over invented news: another length read, a start, a decoding, and sizes of data."""
    pairs = [(text, text[:12]) for text in news]
    (tmp_path / "headlines.txt").write_text("\n".join(HEADLINES), encoding="utf-8")
    data = {
        "documents": write_rows(tmp_path / "documents.jsonl", pairs) + "::document",
        "headlines": str(tmp_path / "headlines.txt"),
        "supervised": write_rows(tmp_path / "pairs.jsonl", pairs[2:]),
        "validation": write_rows(tmp_path / "measured.jsonl", pairs[:2]),
        "vocabulary_size": 700,
        "mining": {"per_document": 0},
    }
    mixture = {**tiny_config["mixture"], "source_tokens": 40}
    config = {
        **tiny_config,
        "mixture": mixture,
        "data": data,
        "recipe": "supervised",
        "training": {"log_every": 1},
    }
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    content = {
        "output": str(tmp_path / "runs"),
        "title": "Invented",
        "config": "base.yaml",
        "training_flops": BUDGET,
        "seeds": [1, 2],
        "decoding": {"beam_size": 2},
        "prepared": [{"name": "dug out", "overrides": {"supervised.count": 2}}],
        "factors": [
            {
                "name": "tokens read",
                "default": "40",
                "alternatives": [
                    {
                        "name": "16",
                        "overrides": {"mixture.source_tokens": 16, "data.document_tokens": 16},
                    }
                ],
            },
            {
                "name": "start",
                "default": "fresh",
                "alternatives": [{"name": "begun", "overrides": {"start": "$dug out"}}],
            },
            {
                "name": "true pairs",
                "default": "8",
                "scale": "pairs",
                "alternatives": [
                    {"name": "4", "overrides": {"supervised.count": 4}},
                    {"name": "6", "overrides": {"supervised.count": 6}},
                ],
            },
            {
                "name": "search",
                "default": "two beams",
                "alternatives": [{"name": "greedy", "decoding": {"beam_size": 1}}],
            },
        ],
    }
    path = tmp_path / "search.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def run(path: Path, *options: str) -> int:
    data, output = str(path.parent / "documents.jsonl"), str(path.parent / "out.md")
    return search_generator.main([str(path), "--data", data, "--output", output, *options])


def test_a_stopped_search_goes_on_and_a_finished_one_only_measures(search: Path) -> None:
    folder = search.parent
    # A moment of time: one step of the first run.
    assert run(search, "--max-minutes", "1e-6") == 3
    assert not (folder / "out.md").exists()
    assert run(search) == 0

    text = (folder / "out.md").read_text("utf-8")
    found = json.loads((folder / "out.json").read_text("utf-8"))
    factors = {factor["name"]: factor["rows"] for factor in found["factors"]}
    assert {name: [row["name"] for row in rows] for name, rows in factors.items()} == {
        "tokens read": ["40", "16"],
        "start": ["fresh", "begun"],
        "true pairs": ["8", "4", "6"],
        "search": ["two beams", "greedy"],
    }
    default, smaller = factors["tokens read"]
    assert (default["seeds"], smaller["seeds"]) == ([1, 2], [1])
    assert default["minus_reference"] is None
    assert smaller["minus_reference"]["low"] <= smaller["minus_reference"]["high"]
    assert smaller["flops_per_document"] < default["flops_per_document"]
    for row in (default, smaller):
        steps = round(BUDGET / row["flops_per_document"] / 4)
        assert row["outcomes"][0]["steps"] == steps > 1
        assert row["training_documents"] == 4 * steps
    # What it starts from has cost something, too.
    begun = factors["start"][1]
    assert begun["training_flops"] > 1.5 * default["training_flops"]
    # Greedy is the default's own model, and what the default writes without a beam.
    greedy = factors["search"][1]
    assert (greedy["run"], greedy["revisions"]) == ("default", default["revisions"])
    assert greedy["f1"] == default["greedy"]
    assert default["int8_bytes"] > 0
    assert default["pace"] > 0

    assert len(list((folder / "runs" / "packs").glob("*/pack.json"))) == 2
    assert [law["x"] for law in found["laws"]] == [[4.0, 6.0, 8.0]] * 3
    assert "**Power laws**" in text
    assert "| **40** (default) |" in text
    assert str(folder) not in text + json.dumps(found)

    trained = {file: file.stat().st_mtime_ns for file in (folder / "runs").rglob("*.safetensors")}
    # The best and the last model of a start, four changes and the default with two seeds.
    assert len(trained) == 2 * 7
    assert run(search) == 0
    assert trained == {file: file.stat().st_mtime_ns for file in trained}

    # On another machine, where nothing was trained: what is kept beside the table is enough …
    text = (folder / "out.md").read_text("utf-8")
    shutil.rmtree(folder / "runs")
    assert run(search) == 0
    assert (folder / "out.md").read_text("utf-8") == text
    assert not (folder / "runs").exists()
    # … and what is not kept is trained again, with what it starts from.
    (folder / "out.runs" / "start-begun-1.npz").unlink()
    assert run(search) == 0
    assert len(list((folder / "runs").rglob("last/model.safetensors"))) == 2
    again = read_json(folder / "out.json")["factors"][1]["rows"][1]
    for name in ("run", "seeds", "training_documents", "training_flops", "pairs", "int8_bytes"):
        assert again[name] == begun[name]


def test_each_run_is_measured_before_the_next_one_begins(
    search: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = yaml.safe_load(search.read_text("utf-8"))
    content |= {"prepared": [], "factors": [content["factors"][0], content["factors"][3]]}
    search.write_text(yaml.safe_dump(content), encoding="utf-8")
    train = search_generator.unfinished.train
    begun: list[Any] = []

    def train_one(settings: Any) -> Any:
        begun.append(settings)
        if len(begun) > 1:
            raise KeyboardInterrupt
        return train(settings)

    monkeypatch.setattr(search_generator.unfinished, "train", train_one)
    with pytest.raises(KeyboardInterrupt):
        run(search)
    (kept,) = (search.parent / "out.runs").iterdir()
    assert kept.name == "default-1.npz"
    with np.load(kept) as arrays:
        # Two beams, and greedy for the same row and for the one of the search.
        assert len(json.loads(bytes(arrays["about"]))["lengths"]) == 2


def test_what_is_kept_of_other_settings_is_refused(search: Path) -> None:
    content = yaml.safe_load(search.read_text("utf-8"))
    content |= {"prepared": [], "seeds": [1], "factors": content["factors"][:1]}
    search.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert run(search) == 0
    content["factors"][0]["alternatives"][0]["overrides"]["generator.dropout"] = 0.2
    search.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ConfigError, match="tokens read 16 was trained with other settings"):
        run(search)


def test_a_run_that_fails_is_named_and_costs_no_other(search: Path) -> None:
    content = yaml.safe_load(search.read_text("utf-8"))
    astray = {"name": "astray", "overrides": {"start": str(search.parent / "nowhere")}}
    content |= {"prepared": [], "seeds": [1]}
    content["factors"] = [{"name": "start", "alternatives": [astray]}]
    search.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert run(search) == 1
    text = (search.parent / "out.md").read_text("utf-8")
    assert "**Missing**: start astray, seed 1 (failed: ModelError, see the log)." in text
    assert "| astray | – |" in text
    assert "| **default** (default) |" in text


def test_all_are_timed_in_turn() -> None:
    order: list[str] = []
    contestants = {name: lambda name=name: order.append(name) for name in "ab"}
    seconds = median_seconds(contestants, repeats=2)
    assert order == ["a", "b"] * 3  # one round of them to warm up
    assert all(value >= 0 for value in seconds.values())
