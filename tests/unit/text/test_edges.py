"""What tells how clauses begin and end inside a sentence, learned from documents alone."""

from __future__ import annotations

import math

import pytest

from summae.text.edges import Edges, clauses_of, learn_edges, sentences_of, usual_edges

DOCUMENTS = [
    "市气象台表示，北方今晨降温，并有小雪。",
    "市气象台表示，南方持续大雨。",
    "北方今晨降温。",
] * 100


def test_a_text_is_cut_into_sentences_and_those_into_clauses() -> None:
    first, second, rest = sentences_of("降温，有雪。几点？")
    assert (clauses_of(first), second, rest) == (["降温，", "有雪。"], "几点？", "")
    assert sentences_of("“雪真大。”他说。")[:2] == ["“雪真大。”", "他说。"]
    assert clauses_of("上午8:30，共3,000人。") == ["上午8:30，", "共3,000人。"]


def test_log_odds_by_hand() -> None:
    edges = learn_edges(["北方今晨降温，南方今晨升温。"] * 100, strength=10.0)
    # 北 opens a hundred sentences and goes on with none, 南 the other way round; five of each were
    # there before.
    assert edges.begins["南"] == round(math.log(105 / 5), 1) == -edges.begins["北"]
    # 降温 and 升温 end as many clauses as sentences; two characters tell what one does not.
    assert edges.ends["温"] == 0
    assert edges.behind("北方降温") == edges.ends["降温"] > 2 < -edges.ends["升温"]


def test_what_goes_on_and_what_announces_is_learned_from_documents() -> None:
    edges = learn_edges(DOCUMENTS)
    assert edges.behind("教练昨天表示") > 1 > 0 > edges.behind("山区也有小雪")
    assert edges.before("并将持续") > 1 > 0 > edges.before("市民注意保暖")
    assert edges.before("") == edges.behind("") == edges.before("谁也没见过") == 0


def test_what_is_rare_is_not_told() -> None:
    assert learn_edges(DOCUMENTS, often=10_000) == Edges({}, {})


@pytest.mark.parametrize("document", ["", "北方今晨降温。", "北方今晨降温，南方"])
def test_nothing_is_learned_where_no_clause_goes_on_or_no_sentence_ends(document: str) -> None:
    assert learn_edges([document] * 200).ends == {}


def test_digits_are_alike_and_so_are_both_scripts() -> None:
    edges = learn_edges(["气温降到10，市民保暖。"] * 100)
    assert edges.behind("降到29") == edges.behind("降到10") > 1
    usual = usual_edges()
    assert usual.before("並於今天") == usual.before("并于今天") > 1
    assert usual.behind("到了8日") == usual.behind("到了3日") > 1


@pytest.mark.parametrize("clause", ["降温的原因包括", "市气象台今天说", "进入夏季以来"])
def test_the_packages_own_know_what_announces(clause: str) -> None:
    assert usual_edges().behind(clause) > 3 > 1 > usual_edges().behind("北方多地今晨降温")


@pytest.mark.parametrize("clause", ["并将持续三天", "以便及时除雪", "表示将会配合", "同比增长三成"])
def test_the_packages_own_know_what_goes_on(clause: str) -> None:
    assert usual_edges().before(clause) > 2 > 0.5 > usual_edges().before("北方多地今晨降温")
