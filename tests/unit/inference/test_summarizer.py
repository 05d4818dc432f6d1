"""Documents in, summaries out: in order, lazily, in the document's script, within the length."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from summae import Length, Summarizer, Summary
from summae.errors import InputError
from summae.inference.backends.base import Hypothesis
from summae.inference.clauses import best_clause
from summae.inference.ranking import Ranking
from summae.inference.summarizer import LONGEST_BEGINNING
from summae.text.facts import unsupported
from summae.text.normalize import clean_document
from summae.text.script import Script, detect_script


@pytest.fixture(scope="module")
def summarizer(tiny_runtime: Path) -> Summarizer:
    return Summarizer.from_pretrained(tiny_runtime, threads=1)


def texts_of(summaries: list[Summary]) -> list[str]:
    return [summary.text for summary in summaries]


def test_results_are_in_the_order_of_the_texts(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    alone = [summarizer.summarize([text])[0].text for text in news]
    assert len(set(alone)) > len(news) // 2  # else order could not be seen
    assert texts_of(summarizer.summarize(news)) == alone
    assert texts_of(summarizer.summarize(reversed(news), batch_size=3)) == alone[::-1]


def test_a_summary_prints_as_its_text_and_knows_its_document(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    (summary,) = summarizer.summarize(news[:1])
    assert str(summary) == summary.text != ""
    assert summary.score < 0
    assert summary.source_tokens > 10
    assert (summary.script, summary.trimmed, summary.truncated) == (Script.SIMPLIFIED, False, False)


def test_an_endless_generator_is_read_one_window_ahead(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        for text in cycle(news):
            taken += 1
            yield text

    summaries = summarizer.stream(endless(), batch_size=2)
    assert taken == 0
    assert [next(summaries).text for _ in range(4)] == texts_of(summarizer.summarize(news[:4]))
    assert taken == 2 * 8


def test_a_model_that_knows_open_lengths_begins_with_one_unless_asked(
    tiny_runtime: Path, news: tuple[str, ...]
) -> None:
    plain = Summarizer.from_pretrained(tiny_runtime, threads=1)
    opening = Summarizer.from_pretrained(tiny_runtime, threads=1)
    decoding = replace(opening.folder.decoding, open_length=True)
    opening.folder = replace(opening.folder, decoding=decoding)
    assert texts_of(opening.summarize(news)) != texts_of(plain.summarize(news))
    length = Length.characters(12)
    asked = texts_of(opening.summarize(news, length=length))
    assert asked == texts_of(plain.summarize(news, length=length))


def test_the_ranking_decides_between_candidates(tiny_runtime: Path, news: tuple[str, ...]) -> None:
    def mean_length(weight: float) -> float:
        summarizer = Summarizer.from_pretrained(tiny_runtime, threads=1)
        ranking = Ranking(likelihood=0, characters=weight)
        decoding = replace(summarizer.folder.decoding, beam_size=4, ranking=ranking)
        summarizer.folder = replace(summarizer.folder, decoding=decoding)
        return sum(map(len, texts_of(summarizer.summarize(news)))) / len(news)

    assert mean_length(-1) < mean_length(1)


CHOICES = "北方今晨降温，山区有小雪，交通部门提醒减速。"


@pytest.mark.parametrize(
    ("likeliest", "other", "length", "chosen"),
    [
        ("南方今晨降温", "北方今晨降温", None, "北方今晨降温"),  # 南 stands nowhere
        ("北方今晨降", "山区有小雪", None, "山区有小雪"),
        # As they will be cut: 北方今晨降 of the first is a stump, the second ends its clause.
        ("北方今晨降温山", "山区有小雪", 5, "山区有小雪"),
        ("山区有小雪人", "山区小雪", 5, "山区小雪"),  # a shorter one that need not be cut
        ("北方今晨降温", "山区有大雪", 5, "北方今晨降"),  # but rather cut than false
    ],
)
def test_of_candidates_one_that_keeps_to_the_document_is_taken(
    tiny_runtime: Path, likeliest: str, other: str, length: int | None, chosen: str
) -> None:
    summarizer = Summarizer.from_pretrained(tiny_runtime)
    wanted = None if length is None else Length.characters(length)
    request = summarizer._prepare(0, CHOICES, wanted)
    second = Hypothesis(pieces=list(other), score=-0.6)
    first = Hypothesis(pieces=list(likeliest), score=-0.5, alternatives=(second,))
    assert summarizer._finish(request, first).text == chosen


def test_where_the_models_words_are_doubtful_a_clause_of_the_document_stands(
    tiny_runtime: Path, news: tuple[str, ...]
) -> None:
    summarizer = Summarizer.from_pretrained(tiny_runtime)
    own = summarizer.summarize(news)
    assert not any(summary.extracted for summary in own)
    decoding = replace(summarizer.folder.decoding, doubtful_above=0.0)
    summarizer.folder = replace(summarizer.folder, decoding=decoding)
    for document, summary, one in zip(news, summarizer.summarize(news), own, strict=True):
        assert summary.extracted
        assert summary.text == best_clause(clean_document(document), decoding.clauses)
        assert 0 < summary.doubt < 1
        assert (summary.doubt, summary.score) == (one.doubt, one.score)  # of the model's own words
    # Where a length was asked for, doubt does not count, but inventions are replaced.
    for document, summary in zip(
        news, summarizer.summarize(news, length=Length.characters(10)), strict=True
    ):
        assert not unsupported(summary.text, clean_document(document))
        assert len(summary.text) <= 10


def test_where_nothing_is_a_clause_the_beginning_stands(tiny_runtime: Path) -> None:
    summarizer = Summarizer.from_pretrained(tiny_runtime)
    decoding = replace(summarizer.folder.decoding, doubtful_above=0.0)
    summarizer.folder = replace(summarizer.folder, decoding=decoding)
    (summary,) = summarizer.summarize(["雨" * 200])
    assert (summary.text, summary.extracted) == ("雨" * 34, True)


@pytest.mark.parametrize("characters", [1, 6, 12, 20])
def test_no_summary_is_longer_than_asked(
    summarizer: Summarizer, news: tuple[str, ...], characters: int
) -> None:
    for summary in summarizer.summarize(news, length=Length.characters(characters)):
        assert 0 < len(summary.text) <= characters


def test_a_trimmed_summary_says_so(summarizer: Summarizer, news: tuple[str, ...]) -> None:
    summaries = summarizer.summarize(news, length=Length.characters(3))
    assert any(summary.trimmed for summary in summaries)


def test_a_share_is_taken_of_each_document(summarizer: Summarizer, news: tuple[str, ...]) -> None:
    for text, summary in zip(
        news, summarizer.summarize(news, length=Length.ratio(0.2)), strict=True
    ):
        assert len(summary.text) <= round(0.2 * len(text))


def test_a_traditional_document_gets_a_traditional_summary(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    traditional = [text for text in news if detect_script(text) is Script.TRADITIONAL]
    summaries = summarizer.summarize(traditional)
    assert {summary.script for summary in summaries} == {Script.TRADITIONAL}
    assert all(detect_script(s.text) is not Script.SIMPLIFIED for s in summaries)


@pytest.mark.parametrize(
    "document", ["雨", "下雨了", "7", "😀😀", "今晚有雨，带好雨伞。", "颱風來了"]
)
def test_a_document_of_a_few_characters_is_its_own_summary(
    summarizer: Summarizer, document: str
) -> None:
    (summary,) = summarizer.summarize([document])
    assert (summary.text, summary.score, summary.source_tokens) == (document, 0.0, 0)


def test_a_document_not_longer_than_the_length_is_its_own_summary(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    (summary,) = summarizer.summarize(news[:1], length=Length.characters(len(news[0])))
    assert summary.text == news[0]


def test_a_short_document_is_still_trimmed(summarizer: Summarizer) -> None:
    (summary,) = summarizer.summarize(["今晚有雨，带好雨伞。"], length=Length.characters(5))
    assert (summary.text, summary.trimmed) == ("今晚有雨", True)


def test_a_million_characters_are_cut_and_the_summary_says_so(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    opening, long = summarizer.summarize([news[0] * 3, news[0] * 20_000])
    assert long.truncated
    assert long.text == opening.text


@pytest.mark.parametrize(
    "noise", ["\ud800", "\udfff\ud800", "\x00\x07\x1b", "\u200b\ufeff\u202e", "\ue000"]
)
def test_surrogates_and_control_characters_change_nothing(
    summarizer: Summarizer, news: tuple[str, ...], noise: str
) -> None:
    clean, dirty = summarizer.summarize([news[0], noise + news[0][:9] + noise + news[0][9:]])
    assert dirty == clean


def test_emoji_and_rare_characters_are_summarised(summarizer: Summarizer) -> None:
    document = "周末去公园看花😀🌸，遇见一位姓\U00020000的老人，他说明天会更暖和。"
    (summary,) = summarizer.summarize([document])
    assert summary.text.isprintable()
    assert "\N{REPLACEMENT CHARACTER}" not in summary.text


def test_a_summary_is_one_line_without_control_characters(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    assert all(summary.text.isprintable() for summary in summarizer.summarize(news, beams=1))


@pytest.mark.parametrize("empty", ["", " \n\t", "\u200b", "\ud800"])
def test_an_empty_text_is_named_by_its_position(
    summarizer: Summarizer, news: tuple[str, ...], empty: str
) -> None:
    with pytest.raises(InputError, match="text 2 .* is empty"):
        summarizer.summarize([news[0], news[1], empty])


def test_what_precedes_an_empty_text_is_still_summarised(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    summaries = summarizer.stream([news[0], news[1], ""])
    assert [next(summaries).text, next(summaries).text] == texts_of(summarizer.summarize(news[:2]))
    with pytest.raises(InputError):
        next(summaries)


def test_a_value_that_is_no_string_is_named(summarizer: Summarizer) -> None:
    with pytest.raises(InputError, match="text 0 .* NoneType"):
        summarizer.summarize([None])  # type: ignore[list-item]


def test_one_string_is_not_taken_for_many_texts(summarizer: Summarizer) -> None:
    with pytest.raises(ValueError, match=r"summarize\(\[text\]\)"):
        summarizer.summarize("今晚有雨")


def test_no_texts_give_no_summaries(summarizer: Summarizer) -> None:
    assert summarizer.summarize([]) == []


@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        (None, "got None"),
        (5, "got 5"),
        ({"a": "今晚有雨"}, r"keys \['a'\].*summarizer\(batch\)"),
        (b"rain", "got bytes"),
    ],
)
def test_what_holds_no_documents_is_refused_at_once(
    summarizer: Summarizer, texts: Any, complaint: str
) -> None:
    with pytest.raises(ValueError, match=f"texts is an iterable of documents, .*{complaint}"):
        summarizer.stream(texts)


@pytest.mark.parametrize("length", [20, "20", "10%", 0.2, True])
def test_a_length_of_another_kind_is_told_what_to_write(
    summarizer: Summarizer, length: Any
) -> None:
    with pytest.raises(ValueError, match=rf"got {length!r}; write Length\.characters\(20\)"):
        summarizer.stream([], length=length)


@pytest.mark.parametrize(
    "options", [{"threads": "2"}, {"threads": 2.0}, {"threads": 0}, {"jobs": 0}, {"jobs": True}]
)
def test_threads_and_jobs_are_whole_numbers(tiny_runtime: Path, options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(ValueError, match=f"{name} is a whole number of at least 1, got"):
        Summarizer.from_pretrained(tiny_runtime, **options)


def test_a_call_with_a_text_quotes_its_beginning_only(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match=r"summarizer\.summarize\(\[text\]\)") as refusal:
        summarizer(news[0] * 100)  # type: ignore[arg-type]
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    ("document", "beginning"),
    [
        ("Rain tonight. Take an umbrella with you, please.", "Rain tonight."),
        ("かさをもっていってください。あめがふります。", "かさをもっていってください。"),
        (
            "Take an umbrella with you tonight because heavy rain is on its way from the north, the "
            "weather office says, and the wind will be strong",
            "Take an umbrella with you tonight because heavy rain is on its way",
        ),
    ],
)
def test_a_document_without_chinese_characters_gets_its_own_beginning(
    summarizer: Summarizer, document: str, beginning: str
) -> None:
    (summary,) = summarizer.summarize([document])
    assert summary.text.startswith(beginning)
    assert document.startswith(summary.text)
    assert len(summary.text) <= LONGEST_BEGINNING
    assert (summary.source_tokens, summary.trimmed, summary.truncated) == (0, False, True)


def test_the_beginning_of_a_foreign_document_keeps_to_the_length(summarizer: Summarizer) -> None:
    document = "Rain tonight, wind tomorrow. Take an umbrella with you."
    (summary,) = summarizer.summarize([document], length=Length.characters(15))
    assert (summary.text, summary.trimmed) == ("Rain tonight", True)


@pytest.mark.parametrize("arguments", [{"beams": 0}, {"beams": True}, {"batch_size": 0}])
def test_impossible_numbers_are_refused(summarizer: Summarizer, arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        summarizer.summarize(["今晚有雨"], **arguments)  # type: ignore[arg-type]


def test_a_copy_in_another_process_writes_the_same(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    copy = pickle.loads(pickle.dumps(summarizer))
    assert copy.summarize(news) == summarizer.summarize(news)


def test_a_table_is_told_from_texts(summarizer: Summarizer) -> None:
    pandas = pytest.importorskip("pandas")
    with pytest.raises(ValueError, match="a table with the columns .*'text'"):
        summarizer.summarize(pandas.DataFrame({"text": ["今晚有雨"]}))


def test_more_threads_than_any_machine_has_are_refused() -> None:
    with pytest.raises(ValueError, match="threads is at most 1024"):
        Summarizer.from_pretrained(threads=10**6)


def test_a_training_checkpoint_can_be_used_directly(
    tiny_checkpoint: Path, news: tuple[str, ...]
) -> None:
    pytest.importorskip("torch")
    summarizer = Summarizer.from_pretrained(tiny_checkpoint)
    assert summarizer.folder.backend == "torch"
    assert all(summary.text for summary in summarizer.summarize(news[:2]))
