"""The command `summarize` on real files, with a tiny model: every way in, every way out."""

from __future__ import annotations

import csv
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from summae import Length, Summarizer
from summae.cli.summarize import main


class Ended(NamedTuple):
    """What a finished command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture(scope="module")
def expected(tiny_runtime: Path, news: tuple[str, ...]) -> list[str]:
    """Summaries of the news by the library."""
    return [s.text for s in Summarizer.from_pretrained(tiny_runtime).summarize(news)]


@pytest.fixture
def run(tiny_runtime: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Call the command in this process with the tiny model."""

    def call(*arguments: object) -> Ended:
        capfd.readouterr()
        code = main([*map(str, arguments), "--model", str(tiny_runtime)])
        return Ended(code, *capfd.readouterr())

    return call


@pytest.fixture
def news_jsonl(tmp_path: Path, news: tuple[str, ...]) -> Path:
    """The news, one object a line."""
    file = tmp_path / "news.jsonl"
    rows = ({"id": number, "content": text} for number, text in enumerate(news))
    write(file, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return file


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-c", _START, *map(str, arguments)]


_START = "import sys; from summae.cli.summarize import main; sys.exit(main())"


def summaries_of(file: Path) -> list[str]:
    return [json.loads(line)["summary"] for line in file.read_text(encoding="utf-8").splitlines()]


# Ways in


def test_one_text_file_gives_its_summary(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    assert run(write(tmp_path / "a.txt", news[0])) == (0, f"{expected[0]}\n", "")


def test_several_files_are_named(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    files = [write(tmp_path / f"{number}.txt", news[number]) for number in (2, 0)]
    lines = [f"{files[0]}\t{expected[2]}\n", f"{files[1]}\t{expected[0]}\n"]
    assert run(*files) == (0, "".join(lines), "")


def test_a_folder_is_read_recursively(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    for number, text in enumerate(news):
        write(tmp_path / "articles" / f"{number}.txt", text)
    ended = run(tmp_path / "articles", "--recursive")
    assert [line.split("\t")[1] for line in ended.out.splitlines()] == expected


def test_lines_are_documents_on_request(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    file = write(tmp_path / "a.txt", "\n".join(news))
    assert run(file, "--per", "line").out.splitlines() == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_the_encoding_of_a_file_is_found_out(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str], encoding: str
) -> None:
    (tmp_path / "a.txt").write_bytes(news[0].encode(encoding))
    assert run(tmp_path / "a.txt") == (0, f"{expected[0]}\n", "")


def test_big5_is_found_out_and_answered_in_traditional_script(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    (tmp_path / "a.txt").write_bytes(news[8].encode("big5"))
    assert run(tmp_path / "a.txt") == (0, f"{expected[8]}\n", "")


def test_standard_input_is_read(news_jsonl: Path, tiny_runtime: Path, expected: list[str]) -> None:
    arguments = ("-", "--field", "content", "--jobs", "2", "--model", tiny_runtime)
    with news_jsonl.open("rb") as stdin:
        ended = subprocess.run(command(*arguments), stdin=stdin, capture_output=True, check=True)
    assert [json.loads(line)["summary"] for line in ended.stdout.splitlines()] == expected
    assert ended.stderr == b""


def test_a_document_of_a_million_characters_is_one_of_many(
    run: Run, tmp_path: Path, news: tuple[str, ...]
) -> None:
    file = write(tmp_path / "a.txt", news[0] * 25_000)
    started = time.perf_counter()
    ended = run(file)
    assert (ended.code, len(ended.out.splitlines())) == (0, 1)
    assert time.perf_counter() - started < 5


# Ways out


def test_jsonl_stays_jsonl_with_a_field_more(
    run: Run, news_jsonl: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    rows = [json.loads(line) for line in run(news_jsonl).out.splitlines()]
    assert rows == [
        {"id": number, "content": text, "summary": summary}
        for number, (text, summary) in enumerate(zip(news, expected, strict=True))
    ]


def test_text_files_give_jsonl_on_request(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    file = write(tmp_path / "a.txt", news[0])
    row = json.loads(run(file, "--format", "jsonl").out)
    assert row == {"file": str(file), "summary": expected[0]}


def test_csv_stays_csv_with_a_column_more(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    file = write(tmp_path / "a.csv", "id,text\n" + "".join(f"7,{text}\n" for text in news))
    rows = list(csv.DictReader(run(file, "--column", "ours").out.splitlines()))
    assert [(row["id"], row["ours"]) for row in rows] == [("7", summary) for summary in expected]


def test_parquet_stays_parquet_with_a_column_more(
    run: Run, tmp_path: Path, news: tuple[str, ...], expected: list[str]
) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"document": list(news)}), tmp_path / "a.parquet")
    assert run(tmp_path / "a.parquet", "--output", tmp_path / "b.parquet").code == 0
    table = parquet.read_table(tmp_path / "b.parquet")
    assert table.column_names == ["document", "summary"]
    assert table["summary"].to_pylist() == expected


def test_the_length_is_kept(run: Run, news_jsonl: Path) -> None:
    for arguments, longest in ((("--length", "10"), 10), (("--length", "20%"), 10)):
        ended = run(news_jsonl, "--format", "text", *arguments)
        assert ended.code == 0
        assert all(0 < len(line) <= longest for line in ended.out.splitlines())


def test_beams_are_those_of_the_library(
    run: Run, tiny_runtime: Path, news_jsonl: Path, news: tuple[str, ...]
) -> None:
    summarizer = Summarizer.from_pretrained(tiny_runtime)
    greedy = summarizer.summarize(news, beams=1, length=Length.characters(18))
    ended = run(news_jsonl, "--format", "text", "--beams", "1", "--length", "18")
    assert ended.out.splitlines() == [summary.text for summary in greedy]


# Bad input


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


@pytest.fixture
def broken_jsonl(tmp_path: Path, news: tuple[str, ...]) -> Path:
    """Three good lines around one that is not JSON and one that lacks the field."""
    good = [json.dumps({"content": text}, ensure_ascii=False) for text in news[:3]]
    return write(
        tmp_path / "broken.jsonl",
        "\n".join([good[0], "{not json", good[1], '{"title": "雨"}', good[2]]) + "\n",
    )


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


# Nothing written is lost


def test_an_existing_output_is_not_overwritten_by_accident(
    run: Run, tmp_path: Path, news_jsonl: Path, expected: list[str]
) -> None:
    output = write(tmp_path / "out.jsonl", "hours of work\n")
    ended = run(news_jsonl, "--output", output)
    assert ended.code == 1
    assert "--resume" in ended.err
    assert output.read_text(encoding="utf-8") == "hours of work\n"
    assert run(news_jsonl, "--output", output, "--force").code == 0
    assert summaries_of(output) == expected


def test_the_input_is_never_the_output(run: Run, news_jsonl: Path) -> None:
    before = news_jsonl.read_bytes()
    assert run(news_jsonl, "--output", news_jsonl, "--force").code == 1
    assert news_jsonl.read_bytes() == before


def test_a_failing_model_leaves_an_existing_output_alone(tmp_path: Path, news_jsonl: Path) -> None:
    output = write(tmp_path / "out.jsonl", "hours of work\n")
    assert main([str(news_jsonl), "-o", str(output), "--force", "-m", str(tmp_path)]) == 1
    assert output.read_text(encoding="utf-8") == "hours of work\n"


@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 0.98, 1.0])
def test_resume_completes_a_file_cut_anywhere(
    run: Run, tmp_path: Path, broken_jsonl: Path, form: str, share: float
) -> None:
    # The unusable lines are skipped, so rows of the output are not lines of the input.
    usual = ("--field", "content", "--on-error", "skip", "--format", form)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert run(broken_jsonl, "--output", whole, *usual).code == 0
    cut.write_bytes(whole.read_bytes()[: round(share * whole.stat().st_size)])
    assert run(broken_jsonl, "--output", cut, "--resume", *usual).code == 0
    assert cut.read_bytes() == whole.read_bytes()


def test_resume_refuses_an_output_of_something_else(
    run: Run, tmp_path: Path, broken_jsonl: Path
) -> None:
    output = write(tmp_path / "out.jsonl", "{}\n" * 100)
    ended = run(broken_jsonl, "--output", output, "--resume", "--on-error", "skip")
    assert ended.code == 1
    assert "has 100 rows, but the input only 3" in ended.err


@pytest.fixture
def endless(tmp_path: Path, tiny_runtime: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command, waiting for more on its standard input."""
    output = tmp_path / "out.jsonl"
    arguments = ("-", "--batch-size", "1", "--model", tiny_runtime, "--output", output)
    with subprocess.Popen(
        command(*arguments), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        yield process
        process.kill()


def test_an_interrupt_leaves_whole_lines_that_resume_continues(
    run: Run, endless: subprocess.Popen[bytes], tmp_path: Path, news: tuple[str, ...]
) -> None:
    output = tmp_path / "out.jsonl"
    lines = "".join(json.dumps({"content": text}) + "\n" for text in news * 60)
    assert endless.stdin is not None
    endless.stdin.write(lines.encode())
    endless.stdin.flush()
    wait_for(lambda: output.exists() and output.stat().st_size > 0)
    endless.send_signal(signal.SIGINT)
    _, error = endless.communicate()
    assert (endless.returncode, error) == (130, b"summarize: interrupted\n")

    written = output.read_text(encoding="utf-8")
    assert written.endswith("\n")
    assert 0 < len(written.splitlines()) < 600
    source = write(tmp_path / "all.jsonl", lines)
    assert run(source, "--output", output, "--resume").code == 0
    assert len(summaries_of(output)) == 600


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path, tiny_runtime: Path) -> None:
    row = json.dumps({"content": "今晚有雨", "filler": "x" * 1000}) + "\n"
    file = write(tmp_path / "a.jsonl", row * 2000)
    with subprocess.Popen(
        command(file, "--model", tiny_runtime), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"summary" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


# Speed, size and manners


def test_a_long_table_needs_no_more_memory_than_a_short_one(
    tmp_path: Path, tiny_runtime: Path
) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of a process's memory is read from /proc")
    # Documents of four characters are their own summaries: the model costs no time here.
    row = json.dumps({"content": "今晚有雨", "filler": "x" * 5000}) + "\n"
    code = (
        "import sys; from pathlib import Path; from summae.cli.summarize import main; main(); "
        "print(Path('/proc/self/status').read_text(), file=sys.stderr)"
    )
    peaks_kilobytes = []
    for number in (300, 20_000):  # the second is a hundred megabytes
        file = tmp_path / f"{number}.jsonl"
        with file.open("w", encoding="utf-8") as stream:
            stream.writelines(row for _ in range(number))
        process = [sys.executable, "-c", code, str(file), "--model", str(tiny_runtime)]
        ended = subprocess.run(
            process, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, text=True
        )
        status = dict(line.split(":", 1) for line in ended.stderr.splitlines() if ":" in line)
        peaks_kilobytes.append(int(status["VmHWM"].split()[0]))
    assert peaks_kilobytes[1] - peaks_kilobytes[0] < 15 * 1024


def test_neither_torch_nor_transformers_nor_datasets_is_imported(
    tmp_path: Path, tiny_runtime: Path, news: tuple[str, ...]
) -> None:
    file = write(tmp_path / "a.txt", "\n".join(news))
    code = (
        "import sys; from summae.cli.summarize import main; assert main() == 0; "
        "print(*sorted({'torch', 'transformers', 'datasets', 'pyarrow', 'rich', 'jieba'} "
        "& set(sys.modules)), file=sys.stderr)"
    )
    process = [sys.executable, "-c", code, str(file), "--per", "line", "--model", str(tiny_runtime)]
    ended = subprocess.run(process, capture_output=True, check=True, text=True)
    assert len(ended.stdout.splitlines()) == len(news)
    assert ended.stderr == "\n"


@pytest.mark.parametrize("module", ["summae.cli.summarize", "summae.cli.main"])
def test_help_takes_less_than_a_third_of_a_second(module: str) -> None:
    code = f"import sys; from {module} import main; sys.exit(main(['--help']))"
    assert fastest([sys.executable, "-c", code]) < 0.3


def test_a_summary_takes_less_than_a_second(
    tmp_path: Path, tiny_runtime: Path, news: tuple[str, ...]
) -> None:
    file = write(tmp_path / "a.txt", news[0])
    assert fastest(command(file, "--model", tiny_runtime)) < 1.0


def test_a_progress_bar_is_shown_to_people_only(
    tiny_runtime: Path, news_jsonl: Path, expected: list[str]
) -> None:
    arguments = command(news_jsonl, "--format", "text", "--model", tiny_runtime)
    terminal, terminal_end = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    ended = subprocess.run(
        arguments, stdout=subprocess.PIPE, stderr=terminal_end, env=environment, check=True
    )
    os.close(terminal_end)
    assert b"10/?" in os.read(terminal, 1 << 16)
    assert ended.stdout.decode().splitlines() == expected

    piped = subprocess.run(arguments, capture_output=True, check=True)
    assert piped.stderr == b""


def fastest(process: list[str]) -> float:
    """Seconds of the best of three runs: other work on the machine only ever adds."""
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(process, capture_output=True, check=True)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def wait_for(condition: Callable[[], bool], timeout_seconds: float = 30) -> None:
    end = time.monotonic() + timeout_seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
