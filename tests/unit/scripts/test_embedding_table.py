"""The table of embedders with the baselines alone, on made-up documents."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

pytest.importorskip("sklearn")
arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

import embedding_table
import summae
from summae.evaluation.embeddings.systems import System


@pytest.fixture
def corpora(tmp_path: Path, news: tuple[str, ...]) -> Path:
    """Two files of rows with seven sentences, of two sources, the later file newer.

    Each document draws its sentences from twelve characters of its own.
    """
    draw = random.Random(0)
    characters = sorted({one for text in news for one in text if one.isalpha()})
    for name, first in (("documents-train", 0), ("pairs-valid", 60)):
        rows = [
            {
                "document": "".join("".join(draw.choices(own, k=14)) + "。" for _ in range(7)),
                "summary": "".join(draw.choices(own, k=8)),
                "date": f"2024-{1 + number // 28:02d}-{1 + number % 28:02d}",
                "set": ("radio", "paper")[number % 2],
            }
            for number in range(first, first + 60)
            for own in [draw.sample(characters, 12)]
        ]
        if name == "documents-train":
            rows = [{key: row[key] for key in row if key != "summary"} for row in rows]
        parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / f"{name}.parquet")
    return tmp_path


def test_baselines_alone_make_a_table(
    corpora: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embedding_table, "DIMENSIONS", 16)
    output, page = corpora / "out.md", corpora / "page.html"
    words = [str(corpora), "--rows", "24", "--output", str(output), "--report", str(page)]
    assert embedding_table.main(words) == 0
    text = output.read_text("utf-8")
    assert f"`python scripts/embedding_table.py {corpora.name} --rows 24 --output out.md" in text
    assert str(corpora.parent) not in text
    assert "24 held-out documents" in text
    assert "| task | chance | TF-IDF | LSA-16 | supervised ceiling |" in text
    assert "\n\n**Scores, mean over seeds**\n\n" in text
    assert text.endswith("`\n")
    content = json.loads((corpora / "out.json").read_text("utf-8"))
    assert content["embedders"][0]["tasks"]["next sentence of 10"]["mean"] > 0.5
    assert {(one["first"], one["second"]) for one in content["comparisons"]} == {
        ("LSA-16", "TF-IDF")
    }
    assert page.read_text("utf-8").count("<circle") == 2 * 24
    assert "LSA-16 minus TF-IDF" in capsys.readouterr().out


def test_missing_corpora_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert embedding_table.main([str(tmp_path)]) == 1
    assert "pairs-valid.parquet is no readable Parquet file" in capsys.readouterr().err


def test_encoders_meet_every_baseline_of_their_size(corpora: Path) -> None:
    training = embedding_table.read_bench(corpora, 24, 60).training
    tf_idf = embedding_table.tf_idf(training)
    lsa = embedding_table.lsa(training, 8)
    ours, other = System("ours", lsa.embed), System("random", lsa.embed)
    pairs = embedding_table.pairs_of([tf_idf, lsa, other, ours], "random", training)
    assert pairs == [
        ("LSA-8", "TF-IDF"),
        *(("ours", rival) for rival in ("TF-IDF", "LSA-8", "random")),
    ]


def test_encoders_can_be_named() -> None:
    assert embedding_table.named("quick=runs/a/best") == ("quick", Path("runs/a/best"))
    assert embedding_table.named("runs/quick") == ("quick", Path("runs/quick"))


def test_an_encoder_stands_beside_lsa_of_its_dimensions(corpora: Path, tiny_encoder: Path) -> None:
    output = corpora / "out.md"
    words = [str(corpora), "--rows", "24", "--output", str(output)]
    words += ["--encoder", f"ours={tiny_encoder}", "--untrained", f"random={tiny_encoder}"]
    assert embedding_table.main(words) == 0
    content = json.loads((corpora / "out.json").read_text("utf-8"))
    found = {one["name"]: one for one in content["embedders"]}
    width = summae.SentenceEncoder.from_pretrained(tiny_encoder).dimensions
    assert {"TF-IDF", f"LSA-{width}", "random", "ours", "supervised ceiling"} <= set(found)
    assert found["ours"]["tasks"] == found["random"]["tasks"]
    pairs = {(one["first"], one["second"]) for one in content["comparisons"]}
    assert {("ours", "TF-IDF"), ("ours", f"LSA-{width}"), ("ours", "random")} <= pairs
    assert ("ours, f·g", "random") in pairs
    assert not any(first.startswith("random") for first, _ in pairs)
    assert f"ours@{found['ours']['revision']}" in content["signature"]


def test_two_encoders_of_one_name_are_refused(
    corpora: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        embedding_table.main([str(corpora), "--encoder", "a/best", "--encoder", "b/best"])
    assert "call them NAME=FOLDER" in capsys.readouterr().err
