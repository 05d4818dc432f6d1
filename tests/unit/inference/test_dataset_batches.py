"""A summarizer is a function for `dataset.map`: a batch of columns in, a column of summaries out."""

from __future__ import annotations

from pathlib import Path

import pytest

from summae import Length, Summarizer, Summary
from summae.errors import InputError


@pytest.fixture(scope="module")
def summarizer(tiny_runtime: Path) -> Summarizer:
    return Summarizer.from_pretrained(tiny_runtime, threads=1)


def texts_of(summaries: list[Summary]) -> list[str]:
    return [summary.text for summary in summaries]


@pytest.mark.parametrize("field", ["document", "content", "text"])
def test_a_batch_of_a_dataset_gets_a_column(
    summarizer: Summarizer, news: tuple[str, ...], field: str
) -> None:
    batch = {"id": ["a", "b"], field: list(news[:2])}
    assert summarizer(batch) == {"summary": texts_of(summarizer.summarize(news[:2]))}


def test_a_column_that_is_there_is_not_replaced(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    batch = {"document": list(news[:2]), "summary": ["一", "二"]}
    assert summarizer(batch) == {"summary_summae": texts_of(summarizer.summarize(news[:2]))}


def test_a_number_of_row_is_no_column(summarizer: Summarizer) -> None:
    with pytest.raises(ValueError, match="with_indices"):
        summarizer({"text": ["今晚有雨"]}, [0])  # type: ignore[arg-type]


def test_a_batch_without_documents_names_its_columns(summarizer: Summarizer) -> None:
    with pytest.raises(InputError, match="'id', 'story'"):
        summarizer({"id": ["a"], "story": ["今晚有雨"]})


def test_a_single_row_is_told_from_a_batch(summarizer: Summarizer) -> None:
    with pytest.raises(ValueError, match="batched=True"):
        summarizer({"text": "今晚有雨"})


def test_a_dataset_is_mapped_with_a_length(summarizer: Summarizer, news: tuple[str, ...]) -> None:
    datasets = pytest.importorskip("datasets")
    dataset = datasets.Dataset.from_dict({"text": list(news)})
    length = Length.characters(10)
    mapped = dataset.map(summarizer, batched=True, batch_size=4, fn_kwargs={"length": length})
    assert mapped["summary"] == texts_of(summarizer.summarize(news, length=length))
    assert mapped.column_names == ["text", "summary"]


def test_a_row_without_a_document_gets_no_summary(
    summarizer: Summarizer, news: tuple[str, ...]
) -> None:
    first, second = texts_of(summarizer.summarize(news[:2]))
    batch = {"document": [None, news[0], None, news[1]]}
    assert summarizer(batch) == {"summary": [None, first, None, second]}
    with pytest.raises(InputError, match=r"text 1 \(counted from 0\) is empty"):
        summarizer({"document": [None, ""]})
