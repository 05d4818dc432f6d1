"""Coverage by hand, and what can and cannot be gained from it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from summae.errors import SummaeError
from summae.objectives.coverage import Coverage, Idf, Similarity, character_bigrams, similarity

# Worths given by hand; what stands in no table is worth 1.
FLAT = Idf({}, 1.0)
EVEN = Coverage(FLAT, early=None)


def test_bigrams_ignore_width_case_and_punctuation() -> None:
    assert character_bigrams("ＬＧ、电子：Ｃ９１９首飞！") == [
        "lg电",
        "电子",
        "子c919",
        "c919首",
        "首飞",
    ]
    assert character_bigrams("lg电子c919 首飞") == character_bigrams("ＬＧ、电子：Ｃ９１９首飞！")


@pytest.mark.parametrize("text", ["", "风", "！，。", "C919"])
def test_a_text_of_one_character_has_no_bigrams(text: str) -> None:
    assert character_bigrams(text) == []


def test_idf_is_the_log_of_how_few_documents_have_a_gram() -> None:
    # 大雪 stands in 2 of 3, 雪天 in 1: with one imagined document, ln(4/3) and, as for what hardly
    # any document has, ln(4/2).
    idf = Idf.from_documents(["大雪", "大雪天", "小雨"], prior=1)
    assert idf.worths(["大雪", "雪天", "高山"]) == pytest.approx(
        [math.log(4 / 3), math.log(2), math.log(2)]
    )


def test_idf_counts_documents_and_not_occurrences() -> None:
    often = Idf.from_documents(["大雪大雪大雪", "大雪", "小雨"])
    assert often.worths(["大雪"]) == Idf.from_documents(["大雪", "大雪", "小雨"]).worths(["大雪"])


def test_the_rarest_gram_is_not_worth_much_more_than_a_rare_one() -> None:
    # 1 and 6 of 10,000 documents: ln 10005/6 = 7.4 against ln 10005/11 = 6.8, not 9.2 against 7.4.
    documents = ["大雪"] * 6 + ["甲乙"] * 9994
    idf = Idf.from_documents(documents)
    rare, unseen = idf.worths(["大雪", "高山"])
    assert 1 < unseen / rare < 1.1


def test_idf_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="learned from documents, got none"):
        Idf.from_documents([])
    with pytest.raises(ValueError, match="above 0, got 0"):
        Idf.from_documents(["大雪"], prior=0)


def test_score_by_hand() -> None:
    # All worth 1, places alike. The document 北方大雪北方降温 has 7 bigrams, 北方 twice. The summary
    # 北方大风 has 3: 北方 and 方大 are the document's, 大风 is not: share 2/3. They stand there 2 + 1
    # times of 7: 2/3 * sqrt(3/7).
    assert EVEN(["北方大雪北方降温"], ["北方大风"]) == [pytest.approx(2 / 3 * math.sqrt(3 / 7))]


def test_early_content_counts_more() -> None:
    # Places 0, 1, 2 weigh 1, 1/2, 1/4 if 1/e is reached after 1 / ln 2 grams.
    reward = Coverage(FLAT, early=1 / math.log(2))
    assert reward(["甲乙丙丁"] * 2, ["甲乙", "丙丁"]) == pytest.approx(
        [math.sqrt(1 / 1.75), math.sqrt(0.25 / 1.75)]
    )


def test_rare_content_counts_more() -> None:
    reward = Coverage(Idf({"今天": 0.1}, 1.0), early=None)
    rare, common = reward(["今天大雪"] * 2, ["大雪", "今天"])
    assert rare == pytest.approx(math.sqrt(1 / 2.1))
    assert common == pytest.approx(math.sqrt(0.1 / 2.1))


def test_the_document_itself_covers_all_and_another_text_nothing() -> None:
    text = "今年首场寒潮，寒潮将影响北方。"
    assert EVEN([text, text, text], [text, "主场球队获胜", ""]) == [pytest.approx(1), 0, 0]
    assert EVEN([""], ["主场球队获胜"]) == [0]


def test_saying_it_twice_covers_no_more_and_costs_where_the_document_says_it_once() -> None:
    document = "北方大雪，公路封闭，航班取消。"
    once, twice = EVEN([document] * 2, ["公路封闭", "公路封闭公路封闭"])
    # Bigrams 公路 路封 封闭 闭公 and again the first three: 3 of 7 are the document's.
    assert twice == pytest.approx(once * 3 / 7)


def test_each_further_gram_earns_less_so_that_piling_up_rare_junk_pays_ever_less() -> None:
    # Ten serial numbers, each worth as much as the news; more of them cover more and more slowly.
    document = "北方大雪" + "".join(f"编{i}号" for i in range(10))
    scores = EVEN([document] * 4, [document[4 : 4 + 3 * n] for n in (1, 2, 4, 8)])
    gains = [(b - a) / n for a, b, n in zip(scores, scores[1:], (1, 2, 4), strict=False)]
    assert gains == sorted(gains, reverse=True)
    assert scores[-1] < 1


def test_rare_junk_that_the_document_does_not_have_only_costs() -> None:
    document = "北方大雪，公路封闭，航班取消。"
    plain, padded = EVEN([document] * 2, ["公路封闭", "公路封闭龘靐齉爩"])
    assert padded < plain / 2 + 1e-9


def test_order_of_pairs_changes_nothing() -> None:
    # Reading a document is shared between its neighbours only.
    documents = ["北方大雪", "南方降雨", "北方大雪", "北方大雪"]
    summaries = ["大雪", "降雨", "降雨", "北方"]
    together = EVEN(documents, summaries)
    alone = [EVEN([d], [s])[0] for d, s in zip(documents, summaries, strict=True)]
    assert together == alone


def test_words_or_other_grams_may_be_counted() -> None:
    idf = Idf.from_documents(["rain today", "snow today", "sun today"], grams=str.split)
    rain, today = Coverage(idf, early=None)(["rain today"] * 2, ["rain", "today"])
    assert rain > 0 == today  # `today` stands in all: ln((3 + 5) / (3 + 5)) = 0


def test_similarity_is_the_cosine_of_the_vectors() -> None:
    vectors = {"a": [3.0, 4.0], "b": [4.0, 3.0], "none": [0.0, 0.0], "c": [-3.0, -4.0]}
    reward = Similarity(lambda texts: np.array([vectors[text] for text in texts]))
    # (3 * 4 + 4 * 3) / (5 * 5) = 0.96
    assert reward(["a"] * 4, ["a", "b", "c", "none"]) == pytest.approx([1, 0.96, -1, 0])


def test_similarity_takes_the_place_of_an_embedder() -> None:
    assert similarity(embed="numpy:asarray").embed is np.asarray


def test_vectors_that_do_not_match_are_refused() -> None:
    reward = Similarity(lambda texts: np.zeros((1, 3)))
    with pytest.raises(SummaeError, match=r"of 2 documents .* got \(1, 3\)"):
        reward(["a", "b"], ["c", "d"])
