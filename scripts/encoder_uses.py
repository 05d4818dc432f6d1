"""Does a sentence encoder serve the core? Beside what it would replace. Written to evaluation/encoder-uses.md.

    python scripts/encoder_uses.py CORPORA --encoder zh-sentences [--infomax RUN] [--model zh-news]

Three questions, asked on pairs-valid.parquet of CORPORA, whose human headlines only measure: does the
likeness of summary and document tell good summaries from bad ones (a reward, a rank of candidates)?
Does it tell which sentences of a long document a headline comes from (what to read)? What it is worth
in mining is asked by scripts/mining_quality.py.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from repository import TABLES, as_typed
from summae import SentenceEncoder, Summarizer
from summae.data.sources import load_texts
from summae.data.transforms import model_text
from summae.evaluation.report import Table
from summae.evaluation.rouge import score
from summae.evaluation.rows import Rows, evenly, read_rows
from summae.evaluation.significance import interval
from summae.inference.encoder_runtime import first_sentences
from summae.objectives.coverage import Coverage, Idf, character_bigrams
from summae.text.normalize import clean_document, normalize
from summae.text.script import to_simplified

PIECE = 18
"""Characters of a piece of a document that stands for a summary."""
READ = 600
"""Characters of a document that pieces are taken from."""
LONG = 400
"""Characters from which on there is something to choose."""
BUDGETS = (50, 100, 200, 400)
"""Characters of a document that may be read."""

Values = NDArray[np.float64]
Reward = Callable[[Sequence[str], Sequence[str]], Sequence[float]]
Salience = Callable[[Sequence[str]], Values]
"""Sentences of a document to how much each says of the whole, (sentences,)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Ask all questions and write the tables."""
    arguments = _arguments(argv)
    rows = read_rows(arguments.corpora / "pairs-valid.parquet")
    rows = rows.take(evenly(len(rows), arguments.rows))
    documents = [to_simplified(clean_document(text)) for text in rows.documents]
    headlines = [to_simplified(normalize(text)) for text in rows.references]
    encoder = SentenceEncoder.from_pretrained(arguments.encoder)
    training = load_texts([str(arguments.corpora / "documents-train.parquet")], "document")
    sample = training["document"][:: max(1, len(training) // 5000)]
    rewards = _rewards(encoder, Idf.from_documents(model_text(text[:READ]) for text in sample))
    found = [pieces_table(rewards, documents, headlines)]
    if arguments.model:
        limited = rows.take(evenly(len(rows), arguments.candidates))
        found.append(candidates_table(rewards, arguments.model, limited))
    found.append(reading_table(_saliences(encoder, arguments.infomax), documents, headlines))
    words = sys.argv[1:] if argv is None else argv
    text = "\n\n".join(
        [
            "# What a sentence encoder is worth to the core",
            f"`{as_typed('encoder_uses.py', *words)}`: {len(rows):,} validation documents. 95 % "
            "intervals by bootstrap over documents. For mining see [mining.md](mining.md).",
            *(block for table, told in found for block in (told, table.markdown())),
        ]
    )
    print(text)
    arguments.output.write_text(text + "\n", encoding="utf-8")
    return 0


def pieces_table(
    rewards: Mapping[str, Reward], documents: Sequence[str], headlines: Sequence[str]
) -> tuple[Table, str]:
    """How rewards order pieces of a document, beside the order of their ROUGE-L to its headline."""
    pieces = [
        [text[start : start + PIECE] for start in range(0, min(len(text), READ) - PIECE + 1, PIECE)]
        for text in documents
    ]
    told = (
        f"## As a reward: pieces\n\nMean rank correlation with ROUGE-L to the human headline, among "
        f"the pieces of {PIECE} characters into which a document's first {READ} fall."
    )
    worth = [_rouge_l(own, headline) for own, headline in zip(pieces, headlines, strict=True)]
    return _correlations("Pieces of the document", rewards, documents, pieces, worth), told


def candidates_table(rewards: Mapping[str, Reward], model: str, rows: Rows) -> tuple[Table, str]:
    """The same among what a model's search finds, where summaries differ little."""
    pools = list(Summarizer.from_pretrained(model).pools(rows.documents))
    documents = [to_simplified(clean_document(text)) for text in rows.documents]
    headlines = [to_simplified(normalize(text)) for text in rows.references]
    texts = [
        [one.text for one in pool.candidates if one.origin == "generated"] or [pool.document]
        for pool in pools
    ]
    told = (
        f"## As a reward: candidates\n\nThe same among the likeliest hypotheses of {model}, "
        f"{len(rows):,} documents."
    )
    worth = [_rouge_l(own, headline) for own, headline in zip(texts, headlines, strict=True)]
    return _correlations("Candidates of the search", rewards, documents, texts, worth), told


def reading_table(
    saliences: Mapping[str, Salience], documents: Sequence[str], headlines: Sequence[str]
) -> tuple[Table, str]:
    """How much of a headline stands in what is read, by how one chooses what to read."""
    chosen = [place for place, text in enumerate(documents) if len(text) >= LONG]
    split = [first_sentences(documents[place]) for place in chosen]
    wanted = [set(character_bigrams(headlines[place])) for place in chosen]
    rows = []
    for name, salience in saliences.items():
        cells = []
        orders = [np.argsort(-salience(sentences), kind="stable") for sentences in split]
        for budget in BUDGETS:
            shares = [
                len(grams & set(character_bigrams(_read(sentences, order, budget)))) / len(grams)
                for sentences, order, grams in zip(split, orders, wanted, strict=True)
                if grams
            ]
            cells.append(_with_interval(np.array(shares), digits=3))
        rows.append([name, *cells])
    told = (
        f"## For reading\n\nShare of the headline's character bigrams in what is read of {len(chosen):,} "
        f"documents of at least {LONG} characters: their first twelve sentences, in the order of their "
        "salience, up to so many characters."
    )
    return Table("Read, characters", ["chosen by", *map(str, BUDGETS)], rows), told


def _rewards(encoder: SentenceEncoder, idf: Idf) -> dict[str, Reward]:
    coverage = Coverage(idf)

    def to_whole(documents: Sequence[str], summaries: Sequence[str]) -> list[float]:
        whole = encoder.encode(documents[:1], per="document")[0]
        return (encoder.encode(summaries) @ whole).tolist()

    def to_first(documents: Sequence[str], summaries: Sequence[str]) -> list[float]:
        first = encoder.encode(first_sentences(documents[0])[:1])[0]
        return (encoder.encode(summaries) @ first).tolist()

    def both(documents: Sequence[str], summaries: Sequence[str]) -> list[float]:
        likeness = np.clip(to_whole(documents, summaries), 0, None)
        return (np.array(coverage(documents, summaries)) * likeness).tolist()

    return {
        "coverage, by idf": coverage,
        "similarity, to the document": to_whole,
        "similarity, to its first sentence": to_first,
        "coverage × similarity to the document": both,
    }


def _saliences(encoder: SentenceEncoder, infomax: Path | None) -> dict[str, Salience]:
    def vectors(sentences: Sequence[str]) -> NDArray[np.float32]:
        return encoder.encode(sentences)

    def likeness(sentences: Sequence[str]) -> Values:
        own = vectors(sentences)
        return np.asarray(own @ own.mean(axis=0), float)

    def likeness_early(sentences: Sequence[str]) -> Values:
        return likeness(sentences) - 0.05 * np.arange(len(sentences))

    found: dict[str, Salience] = {
        "place: the first ones": lambda sentences: -np.arange(len(sentences), dtype=float),
        "the last ones": lambda sentences: np.arange(len(sentences), dtype=float),
        "likeness to the mean": likeness,
        "likeness to the mean, less 0.05 a place": likeness_early,
    }
    if infomax is not None:
        found["critic of Deep InfoMax"] = _critic(infomax)
    return found


def _critic(run: Path) -> Salience:
    """The trained critic of a run of `infomax`."""
    from safetensors.torch import load_file

    from summae.data.sentences_pack import SentencePack
    from summae.recipes.any_settings import load_settings
    from summae.recipes.infomax import build
    from summae.representations.infomax import InfoMax, salience
    from summae.text.tokenizer import Tokenizer

    settings = load_settings(run / "settings.yaml")
    method = build(settings, SentencePack.load(settings.pack)).unit.module  # type: ignore[attr-defined]
    assert isinstance(method, InfoMax)
    method.load_state_dict(load_file(run / "method.safetensors"))
    method.eval()
    tokenizer = Tokenizer.from_dir(run / "best")

    def score_them(sentences: Sequence[str]) -> Values:
        ids = [row[:48] for row in tokenizer.encode_batch(sentences)]
        return salience(method, ids).double().numpy()

    return score_them


def _read(sentences: Sequence[str], order: NDArray[np.int64], budget: int) -> str:
    """The most salient sentences, the last one cut, in the document's order."""
    taken: dict[int, str] = {}
    for place in order.tolist():
        taken[place] = sentences[place][:budget]
        budget -= len(taken[place])
        if budget <= 0:
            break
    return "。".join(taken[place] for place in sorted(taken))


def _correlations(
    title: str,
    rewards: Mapping[str, Reward],
    documents: Sequence[str],
    summaries: Sequence[Sequence[str]],
    worth: Sequence[Values],
) -> Table:
    rows = []
    for name, reward in rewards.items():
        found = []
        for document, own, its_worth in zip(documents, summaries, worth, strict=True):
            if len(own) < 3 or np.ptp(its_worth) == 0:
                continue
            earned = reward([document] * len(own), own)
            found.append(spearmanr(earned, its_worth).statistic if np.ptp(earned) else 0.0)
        rows.append([name, _with_interval(np.array(found), digits=3), f"{len(found):,}"])
    return Table(title, ["reward", "rank correlation", "documents"], rows)


def _rouge_l(pieces: Sequence[str], headline: str) -> Values:
    return score(list(pieces), [headline] * len(pieces)).rouge_l.f1 if pieces else np.zeros(0)


def _with_interval(values: Values, digits: int) -> str:
    found = interval(values)
    return f"{found.mean:.{digits}f} [{found.low:.{digits}f}, {found.high:.{digits}f}]"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--encoder", help="a name or a folder of `summae export`; default: ours")
    parser.add_argument("--infomax", type=Path, help="run of scripts/compare_encoders.py")
    parser.add_argument("--model", help="summarizer whose candidates are ordered")
    parser.add_argument("--candidates", type=int, default=500, help="documents for those")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--output", type=Path, default=TABLES / "encoder-uses.md")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
