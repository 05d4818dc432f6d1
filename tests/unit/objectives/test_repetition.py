from __future__ import annotations

from itertools import pairwise

import pytest

from summae.objectives.repetition import Repetition


@pytest.mark.parametrize(
    ("summary", "reward"),
    [
        ("", 0),
        ("雪", 0),
        ("北方大雪", 0),
        # 降温 温降 降温: one of three came before. 啊啊 four times: three of four.
        ("降温降温", -1 / 3),
        ("啊啊啊啊啊", -3 / 4),
        # Punctuation between makes no difference.
        ("降温，降温！", -1 / 3),
        # A Latin word is one character: banana does not repeat itself, banana banana banana does.
        ("banana", 0),
        ("banana Banana，BANANA", -1 / 2),
    ],
)
def test_share_of_bigrams_that_came_before(summary: str, reward: float) -> None:
    assert Repetition()([""], [summary]) == [pytest.approx(reward)]


def test_counts_as_evaluation_does(news: tuple[str, ...]) -> None:
    from summae.evaluation.rouge import tokenizer
    from summae.objectives.coverage import character_bigrams

    tokens = tokenizer("character")
    for text in (*news, "Ｃ９１９首飞，C919 再飞3.5小时", "第①届_运动会"):
        assert character_bigrams(text) == ["".join(pair) for pair in pairwise(tokens(text))]
