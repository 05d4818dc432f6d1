"""`summae evaluate` from the command line to the tables and files it leaves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from summae.cli.evaluate import main
from summae.evaluation.signature import folder_hash

ROWS = [
    {
        "document": "受冷空气影响，北方多地今晨降温。",
        "summary": "冷空气来袭北方降温",
        "set": "weather",
    },
    {"document": "主队昨晚以三比一获胜。", "summary": "主队三比一获胜", "set": "sport"},
    {"document": "新地铁线路今天开通。", "summary": "新地铁线路开通", "set": "traffic"},
    {"document": "台风今晚登陆，沿海停航。", "summary": "台风今晚登陆", "set": "weather"},
]


def write_lines(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "test.jsonl", ROWS)


@pytest.fixture
def perfect(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "perfect.jsonl", [{"summary": row["summary"]} for row in ROWS])


def test_perfect_summaries_score_a_hundred(
    data: Path, perfect: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(perfect), "--data", str(data), "--no-rankings"]) == 0
    printed = capsys.readouterr().out
    first = next(line for line in printed.splitlines() if line.strip().startswith("perfect"))
    assert first.split()[1:4] == ["100.00", "100.00", "100.00"]
    assert "weather, 2 rows" in printed
    assert "…" not in printed
    assert printed.splitlines()[-1].startswith("rouge:f1|unit:character|")


def test_all_baselines_stand_in_the_json_report(data: Path, perfect: Path, tmp_path: Path) -> None:
    pytest.importorskip("sumy")
    output = tmp_path / "report.json"
    assert main([str(perfect), "--data", str(data), "--json", str(output)]) == 0
    report = json.loads(output.read_text("utf-8"))
    names = [result["name"] for result in report["baselines"]]
    assert names[:3] == ["lead, equal length", "lead-20", "random span"]
    assert names[3::2] == ["TextRank", "LexRank", "LSA", "oracle"]
    assert names[4::2] == [f"{name}, 1 sentence" for name in names[3:-2:2]] + ["oracle, uncut"]
    assert report["system"]["rouge_l"]["f1"] == 1.0
    assert "|sumy:" in report["signature"]


def test_limit_judges_the_summaries_of_the_rows_it_takes(
    data: Path, perfect: Path, tmp_path: Path
) -> None:
    output = tmp_path / "report.json"
    options = ["--limit", "2", "--no-rankings", "--json", str(output)]
    assert main([str(perfect), "--data", str(data), *options]) == 0
    report = json.loads(output.read_text("utf-8"))
    assert "|n:2|" in report["signature"]
    assert report["system"]["rouge_1"]["f1"] == 1.0
    assert [part["name"] for part in report["parts"]] == ["weather", "traffic"]


def test_markdown_holds_the_signature(data: Path, perfect: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.md"
    assert (
        main([str(perfect), "--data", str(data), "--no-rankings", "--markdown", str(output)]) == 0
    )
    assert output.read_text("utf-8").splitlines()[-1].startswith("`rouge:f1|")


def test_the_html_report_is_written_with_every_row(
    data: Path, perfect: Path, tmp_path: Path
) -> None:
    output = tmp_path / "report.html"
    options = ["--no-rankings", "--report", str(output)]
    assert main([str(perfect), "--data", str(data), *options]) == 0
    text = output.read_text("utf-8")
    assert all(json.dumps(row["summary"], ensure_ascii=False) in text for row in ROWS)


def test_systems_are_compared_and_bounded(
    data: Path, perfect: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    empty = write_lines(other / "perfect.jsonl", [{"summary": ""}] * len(ROWS))
    output = tmp_path / "report.json"
    options = ["--compare", str(empty), "--upper-bound", str(perfect), "--json", str(output)]
    assert main([str(perfect), "--data", str(data), "--no-rankings", *options]) == 0
    report = json.loads(output.read_text("utf-8"))
    # The second system of the same name goes by its path.
    names = [str(empty), "perfect (upper bound)"]
    assert [rival["name"] for rival in report["rivals"]] == names
    assert report["rivals"][0]["statistics"]["empty"] == len(ROWS)
    pairs = [(one["first"], one["second"]) for one in report["comparisons"]]
    assert pairs == [("perfect", names[0]), ("perfect", names[1]), (names[0], names[1])]
    assert report["comparisons"][0]["differences"]["rouge_l"]["mean"] == 1.0
    printed = capsys.readouterr().out
    assert "Systems against each other" in printed
    assert "Share of the upper bound" in printed
    assert len([line for line in printed.splitlines() if line.startswith("rouge:f1|")]) == 3


def test_the_same_system_twice_is_refused(
    data: Path, tiny_runtime: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system = str(tiny_runtime)
    options = ["--compare", system, "--compare", system, "--no-rankings"]
    assert main([system, "--data", str(data), *options]) == 2
    assert "is named twice" in capsys.readouterr().err


def test_a_length_is_asked_of_a_model_and_its_hits_are_counted(
    data: Path, tiny_runtime: Path, tmp_path: Path
) -> None:
    output = tmp_path / "report.json"
    options = ["--no-rankings", "--length", "7", "--json", str(output)]
    assert main([str(tiny_runtime), "--data", str(data), *options]) == 0
    report = json.loads(output.read_text("utf-8"))
    assert ",length=7|" in report["signature"]
    assert report["system"]["statistics"]["mean_length"] <= 7
    assert report["human"]["exact_length"] == 2 / 4  # 9, 7, 7 and 6 characters


def test_trained_judges_are_asked(
    data: Path, perfect: Path, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    output = tmp_path / "report.json"
    folder = str(tiny_checkpoint)
    options = ["--reconstructor", folder, "--embedding-model", folder, "--json", str(output)]
    assert main([str(perfect), "--data", str(data), "--no-rankings", *options]) == 0
    report = json.loads(output.read_text("utf-8"))
    judged = report["system"]["judged"]
    assert list(judged) == ["reconstruction gain over lead", "cosine to human", "BERTScore F1"]
    judge = f"{tiny_checkpoint.name}@{folder_hash(tiny_checkpoint)}"
    assert f"|reconstructor:{judge}|embedding:{judge}|" in report["signature"]
    assert judged["cosine to human"]["mean"] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"document": "晴"}], "lacks the column 'summary'; it has ['document']"),
        ([{"summary": "晴"}], "lacks the column 'document'; it has ['summary']"),
        ([{"document": "晴", "summary": ["晴"]}], "row 1: 'summary' holds ['晴'] (list)"),
        ([{"document": None, "summary": "晴"}], "row 1: 'document' holds None (NoneType)"),
        ([], "holds no rows"),
    ],
)
def test_data_that_cannot_be_judged_is_one_clear_line(
    perfect: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rows: list[dict[str, object]],
    message: str,
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main([str(perfect), "--data", str(path), "--no-rankings"]) == 1
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_empty_summaries_score_zero_and_are_counted(data: Path, tmp_path: Path) -> None:
    written = [
        {"summary": ROWS[0]["summary"]},
        {"summary": None},
        {"summary": ""},
        {"summary": "。"},
    ]
    system = tmp_path / "system.jsonl"
    system.write_text("".join(json.dumps(row) + "\n" for row in written), encoding="utf-8")
    output = tmp_path / "report.json"
    assert main([str(system), "--data", str(data), "--no-rankings", "--json", str(output)]) == 0
    found = json.loads(output.read_text("utf-8"))["system"]
    assert (found["rouge_1"]["f1"], found["statistics"]["empty"]) == (1 / 4, 3)


def test_a_judge_that_is_no_model_is_told_before_the_work(
    data: Path, perfect: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    (tmp_path / "nothing").mkdir()
    options = ["--language-model", str(tmp_path / "nothing"), "--no-rankings"]
    assert main([str(perfect), "--data", str(data), *options]) == 1
    captured = capsys.readouterr()
    assert "summae evaluate: " in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_a_model_folder_is_run_on_the_documents(
    data: Path, tiny_runtime: Path, tmp_path: Path
) -> None:
    output = tmp_path / "report.json"
    options = ["--no-rankings", "--json", str(output)]
    assert main([str(tiny_runtime), "--data", str(data), *options]) == 0
    report = json.loads(output.read_text("utf-8"))
    assert report["system"]["statistics"]["summaries"] == len(ROWS)
    decoding = (
        "beam_size=2,patience=1.0,length_penalty=1.0,no_repeat_ngram_size=3,"
        "repetition_penalty=1.0,open_length=False,shorter=0,scorer="
    )
    assert f"|decoding:{decoding}" in report["signature"]
    assert "|system:tiny@" in report["signature"]


def test_other_weights_of_the_scorer_are_another_decoding(
    data: Path, tiny_runtime: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(tiny_runtime, tmp_path / "other"))
    manifest = json.loads((other / "summae.json").read_text("utf-8"))
    manifest["scorer"] = {"weights": {"coverage": 1.0}}
    (other / "summae.json").write_text(json.dumps(manifest), encoding="utf-8")
    signatures = []
    for folder in (tiny_runtime, other):
        output = tmp_path / "report.json"
        options = ["--no-rankings", "--json", str(output)]
        assert main([str(folder), "--data", str(data), *options]) == 0
        signatures.append(json.loads(output.read_text("utf-8"))["signature"])
    one, another = (signature.partition("scorer=")[2][:8] for signature in signatures)
    assert one != another
    assert signatures[0].replace(one, another) == signatures[1]


def test_other_numbers_of_summaries_and_rows_are_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system = write_lines(tmp_path / "short.jsonl", [{"summary": "晴"}])
    assert main([str(system), "--data", str(data)]) == 1
    message = capsys.readouterr().err
    assert "holds 1 summaries" in message
    assert "4 rows" in message


def test_a_missing_model_is_a_clear_message(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-model", "--data", str(data)]) == 1
    assert "no-such-model" in capsys.readouterr().err
    assert main(["no-such.jsonl", "--data", str(data)]) == 1
    assert "there is no file no-such.jsonl" in capsys.readouterr().err


def test_a_report_that_could_not_be_written_is_refused_before_the_work(
    data: Path, perfect: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "missing" / "report.json"
    assert main([str(perfect), "--data", str(data), "--json", str(output)]) == 1
    captured = capsys.readouterr()
    assert "there is no folder" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    "names", [("test.jsonl",), ("perfect.jsonl",), ("new.json", "../{folder}/new.json")]
)
def test_no_result_replaces_what_was_read_or_another_result(
    data: Path,
    perfect: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    names: tuple[str, ...],
) -> None:
    before = data.read_bytes(), perfect.read_bytes()
    outputs = [str(tmp_path / name.format(folder=tmp_path.name)) for name in names]
    options = [text for pair in zip(("--json", "--report"), outputs, strict=False) for text in pair]
    assert main([str(perfect), "--data", str(data), "--no-rankings", *options]) == 2
    captured = capsys.readouterr()
    assert "is named twice" in captured.err
    assert captured.out == ""
    assert (data.read_bytes(), perfect.read_bytes()) == before


def test_a_full_disk_does_not_cost_the_tables(
    data: Path, perfect: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no device that is always full")
    options = ["--no-rankings", "--json", str(full)]
    assert main([str(perfect), "--data", str(data), *options]) == 1
    captured = capsys.readouterr()
    assert "No space left" in captured.err
    assert "100.00" in captured.out


def test_a_wrong_command_line_is_exit_status_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model"]) == 2
    assert "--data" in capsys.readouterr().err
