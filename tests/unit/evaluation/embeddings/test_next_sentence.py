"""Questions are fair; who knows scores 1, who does not as chance has it."""

from __future__ import annotations

import numpy as np
import pytest

from summae.evaluation.embeddings.documents import Documents
from summae.evaluation.embeddings.next_sentence import (
    Question,
    among_documents,
    right_answers,
    within_document,
)
from summae.evaluation.embeddings.systems import Embed, Score, cosine


def test_wrong_answers_come_from_as_many_other_documents(documents: Documents) -> None:
    questions = among_documents(documents, seed=1)
    assert len(questions) == len(documents)
    home = {text: place for place, texts in enumerate(documents.sentences) for text in texts}
    for number, question in enumerate(questions):
        place = documents.sentences[number].index(question.sentence)
        assert question.candidates[0] == documents.sentences[number][place + 1]
        homes = [home[text] for text in question.candidates]
        assert len(set(homes)) == 10
        assert homes[0] == number


def test_answers_within_a_document_are_its_own_and_differ(documents: Documents) -> None:
    for number, question in enumerate(within_document(documents, seed=1)):
        own = documents.sentences[number]
        assert question.candidates[0] == own[own.index(question.sentence) + 1]
        assert set(question.candidates) <= set(own) - {question.sentence}
        assert len(set(question.candidates)) == 5


def test_a_repeated_sentence_is_no_wrong_answer() -> None:
    # Everyone ends alike; as a wrong answer it would be right as well.
    texts = [["第1句", "观众可以收看"], ["第2句", "观众可以收看"], ["第3句", "观众可以收看"]]
    for question in among_documents(Documents(texts, list("abc"), [0] * 3), candidates=2, seed=0):
        assert question.candidates[1] != "观众可以收看"


def test_short_documents_are_not_asked(documents: Documents) -> None:
    short = Documents([*documents.sentences, ["第99篇第0句"]], ["a"] * 31, [0] * 31)
    assert len(among_documents(short, seed=0)) == 30
    # Of five, with the asked one: six different sentences are needed.
    five = Documents([["第1句", "二", "三", "四", "五", "五", "二"]], ["a"], [0])
    assert within_document(five, seed=0) == []


def test_too_few_documents_are_refused(documents: Documents) -> None:
    with pytest.raises(ValueError, match="10 candidates need as many documents"):
        among_documents(documents.take(range(9)), seed=0)


def test_who_knows_documents_finds_one_of_ten_and_no_more_than_chance_of_five(
    documents: Documents, knows_documents: Embed
) -> None:
    score = cosine(knows_documents)
    assert right_answers(score, among_documents(documents, seed=0)).tolist() == [1.0] * 30
    # All five are equal to it: 1 of 5 by lot.
    answers = right_answers(score, within_document(documents, seed=0))
    assert answers.tolist() == pytest.approx([0.2] * 30)


def test_who_knows_the_order_finds_all(documents: Documents, knows_order: Score) -> None:
    for ask in (among_documents, within_document):
        assert right_answers(knows_order, ask(documents, seed=2)).mean() == 1.0


def test_who_knows_nothing_is_right_by_chance(documents: Documents, knows_nothing: Embed) -> None:
    # 20 * 30 questions: 0.1 ± 4 * sqrt(0.1 * 0.9 / 600) = 0.1 ± 0.049; 0.2 ± 4 * 0.0163 = 0.2 ± 0.065.
    score = cosine(knows_nothing)
    for ask, chance, slack in ((among_documents, 0.1, 0.049), (within_document, 0.2, 0.065)):
        found = [right_answers(score, ask(documents, seed=seed)).mean() for seed in range(20)]
        assert np.mean(found) == pytest.approx(chance, abs=slack)


def test_equal_vectors_for_all_are_chance_exactly(
    documents: Documents, says_one_thing: Embed
) -> None:
    answers = right_answers(cosine(says_one_thing), among_documents(documents, seed=0))
    assert answers.tolist() == pytest.approx([0.1] * 30)


def test_equal_seeds_ask_equal_questions(documents: Documents) -> None:
    assert among_documents(documents, seed=3) == among_documents(documents, seed=3)
    assert within_document(documents, seed=3) != within_document(documents, seed=4)


def test_blocks_change_nothing(knows_order: Score) -> None:
    right = Question("第1篇第0句", ("第1篇第1句", "第1篇第3句"))
    wrong = Question("第1篇第0句", ("第1篇第3句", "第1篇第1句"))
    assert right_answers(knows_order, [right] * 256 + [wrong]).tolist() == [1.0] * 256 + [0.0]
