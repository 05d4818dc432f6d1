"""A discriminator's word on every piece, as the report shows it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from summae.cli.evaluate import main
from summae.cli.token_scores import TokenJudge
from summae.errors import ModelError
from summae.models.discriminator import build_discriminator
from summae.text.tokenizer import FILE_NAME, Tokenizer


@pytest.fixture(scope="module")
def discriminator(tmp_path_factory: pytest.TempPathFactory, news: tuple[str, ...]) -> Path:
    folder = tmp_path_factory.mktemp("discriminator")
    tokenizer = Tokenizer.train(news, vocabulary_size=700)
    tokenizer.save(folder)
    build_discriminator(
        "transformer", vocab_size=tokenizer.vocab_size, width=16, layers=1
    ).save_pretrained(folder)
    return folder


def test_pieces_spell_the_summary_and_company_changes_no_score(discriminator: Path) -> None:
    judge = TokenJudge(discriminator)
    texts = ["今晚有雨", "冷空气来袭北方多地降温", ""]
    together = judge(texts)
    assert ["".join(piece for piece, _ in one) for one in together] == texts
    (alone,) = judge(texts[:1])
    assert [score for _, score in alone] == pytest.approx(
        [score for _, score in together[0]], abs=1e-5
    )


def test_traditional_summaries_are_judged_in_simplified_characters(discriminator: Path) -> None:
    judge = TokenJudge(discriminator)
    assert judge(["颱風今晚登陸"]) == judge(["台风今晚登陆"])


def test_the_report_shows_them_and_the_signature_names_the_discriminator(
    discriminator: Path, tmp_path: Path
) -> None:
    row = {"document": "受冷空气影响，北方多地今晨降温。", "summary": "北方多地降温"}
    (tmp_path / "data.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    arguments = [str(tmp_path / "data.jsonl"), "--data", str(tmp_path / "data.jsonl")]
    outputs = ["--report", str(tmp_path / "r.html"), "--json", str(tmp_path / "r.json")]
    judged = ["--discriminator", str(discriminator), "--no-rankings"]
    assert main([*arguments, *judged, *outputs]) == 0
    assert discriminator.name in json.loads((tmp_path / "r.json").read_text("utf-8"))["signature"]
    piece, score = TokenJudge(discriminator)(["北方多地降温"])[0][0]
    page = (tmp_path / "r.html").read_text("utf-8")
    assert f'"{piece}",{round(score, 4)}' in page.replace('", ', '",')


def test_a_discriminator_of_a_game_has_its_tokenizer_one_folder_up(
    discriminator: Path, tmp_path: Path
) -> None:
    shutil.copytree(discriminator, tmp_path / "best" / "discriminator")
    (tmp_path / "best" / "discriminator" / FILE_NAME).rename(tmp_path / "best" / FILE_NAME)
    judge = TokenJudge(tmp_path / "best" / "discriminator")
    assert judge(["今晚有雨"]) == TokenJudge(discriminator)(["今晚有雨"])


def test_a_folder_without_a_discriminator_is_refused(tiny_checkpoint: Path) -> None:
    with pytest.raises(ModelError, match="no discriminator"):
        TokenJudge(tiny_checkpoint)
