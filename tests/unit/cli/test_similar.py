"""`summae similar`: what is like a query, like each other, or nearly equal."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from summae.cli.main import main

Run = Callable[..., int]

TEXTS = {
    "a.txt": "今晚有雨，请带好雨伞。",
    "b.txt": "今晚有雨，请带好雨伞！",
    "c.txt": "主场作战的球队以3比1获胜。",
    "d.txt": "天文爱好者今晚可以看到流星雨。",
}


@pytest.fixture
def run(tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "archive").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "archive" / name).write_text(text, encoding="utf-8")
    return lambda *arguments: main(["similar", *map(str, arguments), "-m", str(tiny_encoder)])


def test_a_text_of_the_folder_is_most_like_itself(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("archive", "--query", TEXTS["c.txt"], "--top", 2) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"1.0000\tarchive/c.txt\t{TEXTS['c.txt']}"
    assert float(second.split("\t")[0]) < 1


def test_a_query_in_the_other_script_finds_the_same(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("archive", "-q", "今晚有雨，請帶好雨傘。", "-k", 1) == 0
    assert capsys.readouterr().out.startswith("1.0000\tarchive/a.txt\t")


def test_near_duplicates_are_pairs_nearest_first(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("archive", "--near-duplicates", "--threshold", -1, "--format", "jsonl") == 0
    pairs = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(pairs) == 6
    cosines = [pair["cosine"] for pair in pairs]
    assert cosines == sorted(cosines, reverse=True)
    assert all(pair["text"] < pair["other"] for pair in pairs)
    assert run("archive", "--near-duplicates", "--threshold", cosines[0] - 1e-3) == 0
    line = f"{cosines[0]:.4f}\t{pairs[0]['text']}\t{pairs[0]['other']}\n"
    assert capsys.readouterr().out == line


def test_equal_texts_are_near_duplicates_by_default(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["今晚有雨", "球队以3比1获胜", "今晚有雨"]
    (tmp_path / "l.txt").write_text("\n".join(lines), encoding="utf-8")
    assert run("l.txt", "--per", "line", "--near-duplicates") == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "1.0000\tl.txt, line 1\tl.txt, line 3"
    assert all(float(line.split("\t")[0]) >= 0.95 for line in shown)


def test_with_neither_each_text_gets_its_neighbours(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("archive", "--top", 2) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [place for _, place, _ in rows] == [f"archive/{n}" for n in TEXTS for _ in range(2)]
    assert all(place != other for _, place, other in rows)


def test_an_unusable_file_can_be_left_out(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "archive" / "e.txt").write_text("")
    assert run("archive", "-q", "雨") == 1
    assert "archive/e.txt: the document is empty" in capsys.readouterr().err
    assert run("archive", "-q", "雨", "--on-error", "skip") == 0
    ended = capsys.readouterr()
    assert len(ended.out.splitlines()) == 4
    assert "skipped: 1 unusable text" in ended.err


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["archive", "-q", "雨", "--near-duplicates"], 2, "two searches; ask for one"),
        (["archive", "-q", " "], 2, "--query has no text"),
        (["archive", "--threshold", "2"], 2, "--threshold"),
        (["nowhere"], 1, "nowhere: no such file"),
    ],
)
def test_wrong_use_is_told_in_a_line(
    run: Run, arguments: list[str], code: int, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == code
    said = capsys.readouterr().err
    assert said.startswith("summae similar: ")
    assert complaint in said


@pytest.mark.parametrize("verb", ["embed", "similar"])
def test_help_takes_less_than_a_third_of_a_second(verb: str) -> None:
    code = f"import sys; from summae.cli.main import main; sys.exit(main(['{verb}', '--help']))"
    # Of the processor's time: a busy machine must not fail this.
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.3


@pytest.mark.parametrize("verb", ["embed", "similar"])
def test_neither_torch_nor_transformers_is_imported(
    verb: str, tiny_encoder: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("今晚有雨", encoding="utf-8")
    more = ["-o", "v.npy"] if verb == "embed" else ["-q", "雨"]
    code = (
        "import sys; from summae.cli.main import main; assert main(sys.argv[1:]) == 0; "
        "print(*{'torch', 'transformers', 'datasets', 'pyarrow', 'rich', 'sklearn'} "
        "& set(sys.modules), file=sys.stderr)"
    )
    process = [sys.executable, "-c", code, verb, "a.txt", *more, "-m", str(tiny_encoder)]
    ended = subprocess.run(process, cwd=tmp_path, capture_output=True, check=True, text=True)
    assert ended.stderr == "\n"
