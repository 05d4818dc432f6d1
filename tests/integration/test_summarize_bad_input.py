"""What `summarize` cannot use costs no more than it must, and is told with its place."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summae.cli.summarize import main

Run = Callable[..., Any]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.txt: the document is empty"),
        (b" \n\t\n", "a.txt: the document is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a.txt: byte 0x00 at offset 8"),
        (
            "今晚有雨。".encode() + b"\xff\xff",
            "a.txt: cannot tell the encoding: byte 0xff at offset 15",
        ),
    ],
)
def test_an_unusable_text_file_stops_with_a_message(
    run: Run, tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    ended = run(tmp_path / "a.txt")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("summarize: ")
    assert message in ended.err


def test_a_missing_file_is_found_before_any_work(
    run: Run, tmp_path: Path, news_jsonl: Path
) -> None:
    ended = run(news_jsonl, tmp_path / "none.txt")
    assert ended == (1, "", f"summarize: {tmp_path / 'none.txt'}: no such file\n")


def test_a_folder_needs_recursive(run: Run, tmp_path: Path) -> None:
    ended = run(tmp_path)
    assert ended.code == 1
    assert "with --recursive the files in it are read" in ended.err


def test_stop_keeps_what_came_before(run: Run, broken_jsonl: Path, expected: list[str]) -> None:
    ended = run(broken_jsonl)
    assert ended.code == 1
    assert [json.loads(line)["summary"] for line in ended.out.splitlines()] == expected[:1]
    assert f"summarize: {broken_jsonl}, line 2: not JSON" in ended.err


def test_skip_goes_on_and_counts(run: Run, broken_jsonl: Path, expected: list[str]) -> None:
    ended = run(broken_jsonl, "--on-error", "skip")
    assert ended.code == 0
    assert [json.loads(line)["summary"] for line in ended.out.splitlines()] == expected[:3]
    assert "line 2: not JSON" in ended.err
    assert "line 4: no field" in ended.err
    assert ended.err.endswith("summarize: skipped 2 unusable documents\n")


def test_null_keeps_the_place(run: Run, broken_jsonl: Path, expected: list[str]) -> None:
    ended = run(broken_jsonl, "--on-error", "null")
    assert ended.code == 0
    rows = [json.loads(line) for line in ended.out.splitlines()]
    found = [row["summary"] for row in rows]
    assert found == [expected[0], None, expected[1], None, expected[2]]
    assert rows[3]["title"] == "雨"


def test_skip_passes_over_unreadable_files(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    good, binary = write(tmp_path / "a.txt", news[0]), tmp_path / "b.txt"
    binary.write_bytes(b"\x00")
    ended = run(tmp_path / "none.txt", binary, good, "--on-error", "skip")
    assert (ended.code, ended.out) == (0, f"{good}\t{expected[0]}\n")
    assert "skipped 2 unusable documents" in ended.err


def test_three_characters_surrogates_emoji_and_controls_are_no_errors(
    run: Run, tmp_path: Path
) -> None:
    lines = [r'{"text": "下雨了"}', r'{"text": "雨\ud83d"}', r'{"text": "😀\u0000雨"}']
    ended = run(write(tmp_path / "a.jsonl", "\n".join(lines)), "--format", "text")
    assert ended == (0, "下雨了\n雨\n😀雨\n", "")


def test_a_broken_model_is_named(run: Run, tmp_path: Path, news: tuple[str, ...]) -> None:
    file = write(tmp_path / "a.txt", news[0])
    (tmp_path / "model").mkdir()
    assert main([str(file), "--model", str(tmp_path / "model")]) == 1
    assert main([str(file), "--model", str(tmp_path / "nowhere")]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--lenght", "20"], "--length"),
        (["--length", "0"], "neither a number of characters"),
        (["--length", "200%"], "neither a number of characters"),
        (["--beams", "0"], "--beams"),
        (["--encoding", "utf-9"], "there is no 'utf-9'"),
        (["--resume"], "needs --output"),
        (["--format", "parquet"], "name it with --output"),
    ],
)
def test_a_wrong_command_line_exits_with_two(
    run: Run, news_jsonl: Path, arguments: list[str], message: str
) -> None:
    ended = run(news_jsonl, *arguments)
    assert ended.code == 2
    assert message in ended.err
    assert ended.err.endswith("Try 'summarize --help'.\n")


@pytest.mark.parametrize("bad", [b"\xff", b"\0"])
def test_a_bad_byte_costs_its_line_only(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str], bad: bytes
) -> None:
    rows = [f'{{"text": "{text}"}}\n'.encode() for text in news[:3]]
    file = tmp_path / "a.jsonl"
    file.write_bytes(rows[0] + rows[1].replace(b"}", bad + b"}") + rows[2])
    stopped, skipped = run(file), run(file, "--on-error", "skip")
    assert (stopped.code, skipped.code) == (1, 0)
    for ended, found in ((stopped, expected[:1]), (skipped, [expected[0], expected[2]])):
        assert [json.loads(line)["summary"] for line in ended.out.splitlines()] == found
        offset = len(rows[0]) + len(rows[1]) - 2
        assert f"{file}, line 2: byte 0x{bad.hex()} at offset {offset} is" in ended.err


def test_a_missing_file_keeps_its_place_as_null(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    missing, good = tmp_path / "none.txt", write(tmp_path / "a.txt", news[0])
    ended = run(missing, good, "--on-error", "null")
    assert (ended.code, ended.out) == (0, f"{missing}\t\n{good}\t{expected[0]}\n")
    assert ended.err.endswith("left without summary: 1 unusable document\n")


@pytest.mark.parametrize("policy", ["skip", "null"])
def test_nothing_but_unusable_documents_is_a_failure(run: Run, tmp_path: Path, policy: str) -> None:
    ended = run(write(tmp_path / "a.jsonl", "{not json\n"), "--on-error", policy)
    assert ended.code == 1
    assert ended.err.endswith("summarize: no document could be summarised\n")


def test_a_utf16_file_without_a_mark_is_no_traceback(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("今晚有雨".encode("utf-16-le"))
    ended = run(tmp_path / "a.txt", "--encoding", "utf-16")
    assert (ended.code, ended.out) == (1, "")
    assert "name -le or -be too" in ended.err


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_mixed_input_for_one_table_is_found_before_any_work(
    run: Run, tmp_path: Path, news_jsonl: Path, form: str
) -> None:
    pytest.importorskip("pyarrow")
    text, output = write(tmp_path / "a.txt", "今晚有雨。"), tmp_path / "out"
    ended = run(news_jsonl, text, "--format", form, "--output", output)
    assert ended.code == 1
    assert "the input is jsonl and text; write --format jsonl" in ended.err
    assert not output.exists()


def test_parquet_without_pyarrow_is_found_before_any_work(
    run: Run, tmp_path: Path, news_jsonl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("summae.cli.output.find_spec", lambda name: None)
    ended = run(news_jsonl, "--output", tmp_path / "out.parquet")
    assert ended.code == 1
    assert "summae[data]" in ended.err
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize("argument", ["", "--help"])
def test_a_closed_standard_output_is_one_line(
    command: Callable[..., list[str]], news_jsonl: Path, argument: str
) -> None:
    process = shlex.join(command(argument or news_jsonl))
    ended = subprocess.run(f"{process} >&-", shell=True, stderr=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stderr) == (1, b"summarize: standard output is closed\n")


@pytest.mark.parametrize(("policy", "lost"), [("skip", []), ("null", [",,"])])
def test_a_stray_quote_costs_its_line_only(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str], policy: str, lost: Any
) -> None:
    rows = [f'{number},"{text}"\n' for number, text in enumerate(news[:3], start=1)]
    broken = f'9,"{news[0]}\n'
    file = write(tmp_path / "a.csv", "".join(["id,text\n", rows[0], broken, *rows[1:]]))
    ended = run(file, "--on-error", policy)
    assert ended.code == 0
    assert f"{file}, line 3: not CSV: a quote opens here that does not close" in ended.err
    lines = [f"{n},{news[n - 1]},{expected[n - 1]}" for n in (1, 2, 3)]
    assert ended.out.splitlines() == ["id,text,summary", lines[0], *lost, *lines[1:]]
    stopped = run(file)
    assert (stopped.code, stopped.out.splitlines()) == (1, ["id,text,summary", lines[0]])


def test_a_broken_character_costs_its_line_of_utf16_only(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    rows = [json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in news[:3]]
    rows[1] = rows[1].replace("}", "\ud800}")
    file = tmp_path / "a.jsonl"
    file.write_bytes("".join(["\ufeff", *rows]).encode("utf-16-le", "surrogatepass"))
    ended = run(file, "--on-error", "skip")
    assert ended.code == 0
    found = [json.loads(line)["summary"] for line in ended.out.splitlines()]
    assert found == [expected[0], expected[2]]
    # The mark, line 1 and what stands before the surrogate in line 2, two bytes a character.
    offset = 2 * (1 + len(rows[0]) + rows[1].index("\ud800"))
    assert f"{file}, line 2: byte 0x00 at offset {offset} is not UTF-16" in ended.err


def test_a_broken_character_in_a_document_of_utf16_is_told_with_its_offset(
    run: Run, tmp_path: Path, news: tuple[str, ...]
) -> None:
    data = f"\ufeff{news[0]}\ud800。".encode("utf-16-le", "surrogatepass")
    (tmp_path / "a.txt").write_bytes(data)
    ended = run(tmp_path / "a.txt")
    assert (ended.code, ended.out) == (1, "")
    assert f"a.txt: byte 0x00 at offset {2 * (1 + len(news[0]))} is not UTF-16" in ended.err
