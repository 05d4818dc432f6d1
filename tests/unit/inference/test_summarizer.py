"""Documents in, summaries out: in order, lazily, in the document's script, within the length."""

from __future__ import annotations

import math
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from summae import Length, Summarizer, Summary
from summae.errors import InputError
from summae.inference.backends.base import Hypothesis
from summae.inference.options import DecodingOptions
from summae.inference.preparing import LONGEST_BEGINNING
from summae.inference.reranking import OWN_WORDS, Confidence, Scorer
from summae.inference.scoring import Terms
from summae.text.facts import unsupported_facts
from summae.text.normalize import clean_document
from summae.text.script import Script, detect_script


@pytest.fixture(scope="module")
def summarizer(tiny_runtime: Path) -> Summarizer:
    return Summarizer.from_pretrained(tiny_runtime, threads=1)


@pytest.fixture(scope="module")
def own_words(tiny_runtime: Path) -> Summarizer:
    """Offers what the model wrote and no span."""
    return scored_by(tiny_runtime, OWN_WORDS)


SENTENCE = "北方多地今晨降温，山区出现小雪，交通部门提醒减速。"


def scored_by(folder: Path, scorer: Scorer) -> Summarizer:
    summarizer = Summarizer.from_pretrained(folder, threads=1)
    summarizer.folder = replace(summarizer.folder, scorer=scorer)
    return summarizer


class Writing:
    """A backend that writes the same lines for every document, each half a nat less likely a token."""

    jobs = 1

    def __init__(self, summarizer: Summarizer, *lines: str) -> None:
        spelled = map(summarizer._tokenizer.encode_pieces, lines)
        self.lines = [Hypothesis(line, -0.5 * n) for n, line in enumerate(spelled, start=1)]

    def generate(
        self,
        sources: Sequence[list[str]],
        prefixes: Sequence[list[str]] | None,
        options: DecodingOptions,
    ) -> list[list[Hypothesis]]:
        return [self.lines for _ in sources]


def texts_of(summaries: list[Summary]) -> list[str]:
    return [summary.text for summary in summaries]


def test_results_are_in_the_order_of_the_texts(
    own_words: Summarizer, news: tuple[str, ...]
) -> None:
    alone = [own_words.summarize([text])[0].text for text in news]
    assert len(set(alone)) > len(news) // 2  # else order could not be seen
    assert texts_of(own_words.summarize(news)) == alone
    assert texts_of(own_words.summarize(reversed(news), batch_size=3)) == alone[::-1]


def test_a_summary_prints_as_its_text_and_knows_its_document(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    (summary,) = summarizer.summarize(news[:1])
    assert str(summary) == summary.text != ""
    assert 0 < summary.confidence < 1
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
    plain = scored_by(tiny_runtime, OWN_WORDS)
    opening = scored_by(tiny_runtime, OWN_WORDS)
    decoding = replace(opening.folder.decoding, open_length=True)
    opening.folder = replace(opening.folder, decoding=decoding)
    assert texts_of(opening.summarize(news)) != texts_of(plain.summarize(news))
    length = Length.characters(12)
    asked = texts_of(opening.summarize(news, length=length))
    assert asked == texts_of(plain.summarize(news, length=length))


@pytest.mark.parametrize(
    ("weights", "chosen", "source"),
    [
        (Terms(log_prob=-1.0), "北方多地小雪", "generated"),  # every span has 0
        (Terms(log_prob=1.0), "北方多地今晨降温", "extracted"),  # of equal spans the first
        (Terms(position=1.0), "交通部门提醒减速", "extracted"),
        (Terms(coverage=1.0), SENTENCE.rstrip("。"), "extracted"),
    ],
)
def test_the_weights_of_the_folder_decide_and_source_says_who_wrote_it(
    tiny_runtime: Path, weights: Terms, chosen: str, source: str
) -> None:
    summarizer = scored_by(tiny_runtime, Scorer(weights=weights))
    summarizer._backend = Writing(summarizer, "北方多地小雪")
    (summary,) = summarizer.summarize([SENTENCE])
    assert (summary.text, summary.source) == (chosen, source)


RAILWAY = "高速铁路今天开始试运行，全程只需要48分钟。"


def test_an_invented_number_is_never_told_where_a_true_line_is(tiny_runtime: Path) -> None:
    summarizer = scored_by(tiny_runtime, replace(OWN_WORDS, checks_facts=True))
    summarizer._backend = Writing(summarizer, "全程只需要38分钟", "全程需要48分钟")
    assert texts_of(summarizer.summarize([RAILWAY])) == ["全程需要48分钟"]


def test_where_all_that_was_written_is_false_a_span_stands(tiny_runtime: Path) -> None:
    # A weight that likes what is unlikely would take the written lines.
    summarizer = scored_by(tiny_runtime, Scorer(weights=Terms(log_prob=-1.0)))
    summarizer._backend = Writing(summarizer, "全程只需要38分钟", "全程9小时")
    (summary,) = summarizer.summarize([RAILWAY])
    assert (summary.text, summary.source) == ("高速铁路今天开始试运行", "extracted")


@pytest.mark.parametrize("length", [None, Length.characters(10)])
def test_no_summary_says_a_number_or_name_that_its_document_does_not(
    tiny_runtime: Path, news: tuple[str, ...], length: Length | None
) -> None:
    # What is least likely, among the lines of random weights mostly nonsense.
    summarizer = scored_by(tiny_runtime, Scorer(weights=Terms(log_prob=-1.0)))
    for document, summary in zip(news, summarizer.summarize(news, length=length), strict=True):
        assert not unsupported_facts(summary.text, clean_document(document))


@pytest.mark.parametrize(("length", "characters"), [(None, 12), (Length.characters(5), 5)])
def test_where_nothing_is_supported_the_beginning_stands_and_nobody_is_sure(
    tiny_runtime: Path, length: Length | None, characters: int
) -> None:
    summarizer = Summarizer.from_pretrained(tiny_runtime, threads=1)
    summarizer._backend = Writing(summarizer, "下雨3天", "48小时")
    # 200 characters without a mark offer no span.
    (summary,) = summarizer.summarize(["雨" * 200], length=length)
    assert (summary.text, summary.source, summary.confidence) == ("雨" * characters, "extracted", 0)
    assert summary.trimmed is (length is not None)


def test_confidence_is_what_the_folder_says_of_the_chosen_line(tiny_runtime: Path) -> None:
    confidence = Confidence(bias=-1.0, characters=0.5, margin=0.25)
    summarizer = scored_by(tiny_runtime, replace(OWN_WORDS, confidence=confidence))
    summarizer._backend = Writing(summarizer, "北方多地小雪")
    (summary,) = summarizer.summarize([SENTENCE])
    # Six characters, and no other candidate: -1 + 0.5 · 6 + 0.25 · 3.
    assert summary.confidence == pytest.approx(1 / (1 + math.exp(-2.75)))


def test_a_summary_is_of_the_pool_that_can_be_looked_at(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    for length in (None, Length.characters(30)):
        pools = list(summarizer.pools(news[:3], length=length))
        summaries = summarizer.summarize(news[:3], length=length)
        for document, pool, summary in zip(news[:3], pools, summaries, strict=True):
            assert pool.document == document
            texts = [candidate.text for candidate in pool.candidates]
            assert summary.text in texts
            assert len(set(texts)) == len(texts) > 0


def test_a_document_that_is_its_own_summary_has_no_candidates(summarizer: Summarizer) -> None:
    (pool,) = summarizer.pools(["今晚有雨"])
    assert list(pool.candidates) == []


@pytest.mark.parametrize("characters", [1, 6, 12, 20])
def test_no_summary_is_longer_than_asked(
    own_words: Summarizer, news: tuple[str, ...], characters: int
) -> None:
    for summary in own_words.summarize(news, length=Length.characters(characters)):
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
    own_words: Summarizer, news: tuple[str, ...]
) -> None:
    traditional = [text for text in news if detect_script(text) is Script.TRADITIONAL]
    summaries = own_words.summarize(traditional)
    assert {summary.script for summary in summaries} == {Script.TRADITIONAL}
    assert all(detect_script(s.text) is not Script.SIMPLIFIED for s in summaries)


@pytest.mark.parametrize(
    "document", ["雨", "下雨了", "7", "😀😀", "今晚有雨，带好雨伞。", "颱風來了"]
)
def test_a_document_of_a_few_characters_is_its_own_summary(
    summarizer: Summarizer, document: str
) -> None:
    (summary,) = summarizer.summarize([document])
    assert (summary.text, summary.source, summary.source_tokens) == (document, "extracted", 0)
    assert summary.confidence == 1


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


def test_emoji_and_rare_characters_are_summarised(own_words: Summarizer) -> None:
    document = "周末去公园看花😀🌸，遇见一位姓\U00020000的老人，他说明天会更暖和。"
    (summary,) = own_words.summarize([document])
    assert summary.text.isprintable()
    assert "\N{REPLACEMENT CHARACTER}" not in summary.text


def test_a_summary_is_one_line_without_control_characters(
    own_words: Summarizer, news: tuple[str, ...]
) -> None:
    assert all(summary.text.isprintable() for summary in own_words.summarize(news, beams=1))


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
    own_words: Summarizer, news: tuple[str, ...]
) -> None:
    copy = pickle.loads(pickle.dumps(own_words))
    assert copy.summarize(news) == own_words.summarize(news)


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
