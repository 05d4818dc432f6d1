"""Rewards by name, from a person's own code, and weighted; what they return is never trusted."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from summae.errors import ConfigError, SummaeError
from summae.objectives import rewards
from summae.objectives.rewards import (
    CheckedReward,
    load_callable,
    register,
    reward_named,
    reward_names,
    weighted,
)

DOCUMENTS = ["今天北方降温，气温下降8度。", "市图书馆周六开放。"]
SUMMARIES = ["北方降温8度", "图书馆开放开放开放"]

OWN = '''
from __future__ import annotations
from dataclasses import dataclass

def shortness(documents, summaries, per_character=1.0):
    return [-per_character * len(summary) for summary in summaries]

@dataclass
class Mention:
    """A dataclass looks up its own module."""
    word: str
    def __call__(self, documents, summaries):
        return [float(self.word in summary) for summary in summaries]

limit = 3
'''


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own_rewards.py"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_ours_are_known_by_name() -> None:
    assert {"coverage", "faithfulness", "length", "repetition", "similarity"} <= set(reward_names())
    # 5 of the 9 characters of the second are inside the range of 3 to 4: 5 / 4 too many.
    length = reward_named("length", least=3, most=4)
    assert length(DOCUMENTS, SUMMARIES) == [-0.5, -1.25]


def test_a_name_that_is_nearly_right_gets_the_right_one_suggested() -> None:
    with pytest.raises(ConfigError, match="unknown reward 'covrage'; did you mean 'coverage'?"):
        reward_named("covrage")
    with pytest.raises(ConfigError, match="known: coverage, faithfulness, length"):
        reward_named("zzz")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("length", {"shortest": 3}, "'length'.*'shortest'"),
        ("length", {"least": 9, "most": 3}, "1 <= least <= most, got 9 and 3"),
        ("coverage", {}, "needs texts of the corpus"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    name: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        reward_named(name, **options)


def test_a_registered_class_is_found_with_its_options_and_the_corpus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rewards, "_factories", dict(rewards._factories))

    @register("first_character")
    class Known:
        def __init__(self, *, documents: Sequence[str] = (), worth: float = 1.0) -> None:
            self.first, self.worth = {text[0] for text in documents}, worth

        def __call__(self, documents: Sequence[str], summaries: Sequence[str]) -> list[float]:
            return [self.worth * (summary[0] in self.first) for summary in summaries]

    reward = reward_named("first_character", documents=["北风"], worth=2.0)
    assert reward(DOCUMENTS, SUMMARIES) == [2, 0]


def test_a_name_belongs_to_one_reward() -> None:
    def other() -> CheckedReward:
        raise NotImplementedError

    reward_names()
    with pytest.raises(ValueError, match="LengthReward is called 'length' already"):
        register("length")(other)
    with pytest.raises(ValueError, match="no colon"):
        register("my:length")


def test_own_function_and_class_from_a_file(own: Path) -> None:
    reward = reward_named(f"{own}:shortness")
    assert reward(DOCUMENTS, SUMMARIES) == [-6, -9]
    assert reward_named(f"{own}:shortness", per_character=2.0)(DOCUMENTS, SUMMARIES) == [-12, -18]
    assert reward_named(f"{own}:Mention", word="图书馆")(DOCUMENTS, SUMMARIES) == [0, 1]


def test_own_function_from_a_module(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(own.parent)
    try:
        assert reward_named("own_rewards:shortness")(DOCUMENTS, SUMMARIES) == [-6, -9]
    finally:
        sys.modules.pop("own_rewards", None)


def test_a_file_is_loaded_once(own: Path) -> None:
    assert load_callable(f"{own}:shortness") is load_callable(
        f"{own.parent}/./{own.name}:shortness"
    )


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("{folder}/missing.py:f", "there is no file .*missing.py"),
        ("{own}:shortnes", "has no function 'shortnes'; did you mean 'shortness'?"),
        ("{own}:limit", "is no function but a int"),
        ("{broken}:f", "failed with NameError: name 'nonsense' is not defined"),
        ("no_such_module_here:f", "ModuleNotFoundError.*path/to/file.py:function"),
        ("{own}:", "a place reads package.module:function or path/to/file.py:function"),
    ],
)
def test_a_place_that_leads_nowhere_says_why(own: Path, place: str, message: str) -> None:
    broken = own.parent / "broken.py"
    broken.write_text("nonsense", encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        reward_named(place.format(own=own, folder=own.parent, broken=broken))


def test_own_function_that_does_not_take_an_option_is_refused(own: Path) -> None:
    with pytest.raises(ConfigError, match="per_word"):
        reward_named(f"{own}:shortness", per_word=1.0)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([1.0], "each of 2 summaries, got 1 of them"),
        ([1.0, float("nan")], "got nan for '图书馆开放开放开放'"),
        ([float("-inf"), 1.0], "got -inf for '北方降温8度'"),
        (None, "got a NoneType"),
        (["gut", "böse"], "got a list .*'gut'"),
        (0.5, "got a float"),
    ],
)
def test_what_is_not_one_finite_number_a_summary_is_refused(answer: Any, message: str) -> None:
    reward = CheckedReward("odd", lambda documents, summaries: answer)
    with pytest.raises(SummaeError, match=f"reward 'odd' must return .*{message}"):
        reward(DOCUMENTS, SUMMARIES)


def test_any_kind_of_number_will_do() -> None:
    np = pytest.importorskip("numpy")
    answer = CheckedReward("array", lambda d, s: np.array([1, 2]))(DOCUMENTS, SUMMARIES)
    assert answer == [1.0, 2.0]
    assert type(answer[0]) is float


def test_documents_and_summaries_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="got 2 documents and 1 summaries"):
        reward_named("repetition")(DOCUMENTS, SUMMARIES[:1])


def test_a_weighted_reward_is_a_sum_and_shows_its_parts() -> None:
    # Lengths 6 and 9 against at most 3: -1 and -2. Of the bigrams of 图书馆开放开放开放, 图书 书馆 馆开
    # 开放 放开 开放 放开 开放, 3 of 8 came before. 2 * -2 + 4 * -3 / 8 = -5.5.
    reward = weighted(
        {"length": 2.0, "repetition": 4, "mine": 0},
        own={"mine": lambda documents, summaries: [7.0] * len(summaries)},
        options={"length": {"least": 1, "most": 3}},
    )
    judgement = reward.judge(DOCUMENTS, SUMMARIES)
    assert judgement.parts == {"length": [-1, -2], "repetition": [0, -3 / 8], "mine": [7, 7]}
    assert judgement.total == [-2, -5.5] == reward(DOCUMENTS, SUMMARIES)
    assert judgement.means() == {"length": -1.5, "repetition": -3 / 16, "mine": 7}
    assert reward.judge([], []).means() == {}


def test_the_corpus_reaches_those_who_learn_from_it() -> None:
    reward = weighted({"coverage": 1.0, "repetition": 1.0}, documents=DOCUMENTS)
    assert reward(DOCUMENTS[:1], DOCUMENTS[:1]) == [pytest.approx(1)]


def test_own_reward_is_checked_within_a_sum() -> None:
    reward = weighted({"mine": 1.0}, own={"mine": lambda documents, summaries: []})
    with pytest.raises(SummaeError, match="reward 'mine' must return"):
        reward(DOCUMENTS, SUMMARIES)


@pytest.mark.parametrize(
    ("weights", "extra", "message"),
    [
        ({}, {}, "at least one reward needs a weight"),
        ({"length": "much"}, {}, "weight of reward 'length' is a number, got 'much'"),
        ({"length": float("inf")}, {}, "weight of reward 'length' is a number, got inf"),
        ({"lenght": 1.0}, {}, "did you mean 'length'"),
        ({"length": 1.0}, {"options": {"coverage": {}}}, "'coverage' has no weight"),
        ({"length": 1.0}, {"own": {"mine": len}}, "'mine' has no weight"),
    ],
)
def test_weights_that_make_no_sense_are_refused(
    weights: dict[str, Any], extra: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        weighted(weights, **extra)


def test_weight_may_come_as_yaml_reads_it() -> None:
    from_yaml: dict[str, Any] = {"repetition": "1e-1"}
    assert weighted(from_yaml).weights == {"repetition": 0.1}


def test_a_weighted_reward_travels_to_other_processes() -> None:
    reward = weighted({"coverage": 1.0, "length": 0.5, "faithfulness": 1.0}, documents=DOCUMENTS)
    copy = pickle.loads(pickle.dumps(reward))
    assert copy(DOCUMENTS, SUMMARIES) == reward(DOCUMENTS, SUMMARIES)
