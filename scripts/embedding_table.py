"""How good are vectors of sentences? Encoders beside chance, TF-IDF and LSA. Written to evaluation/embeddings.md.

Baselines and probes learn from documents-train.parquet of CORPORA, all are judged on the newer
pairs-valid.parquet; what repeats a held-out document is not learned from.

    python scripts/embedding_table.py CORPORA [--encoder NAME=FOLDER ...] [--untrained NAME=FOLDER]

FOLDER may be a pattern, as runs/encoders/cpc/seed-*/best: what it matches are trainings of one encoder.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from repository import TABLES, as_typed, write_json
from summae import SentenceEncoder
from summae.data.transforms import day_number
from summae.errors import InputError, ModelError, SummaeError, needs_extra
from summae.evaluation.embeddings.baselines import lsa, tf_idf
from summae.evaluation.embeddings.documents import Documents, document_vectors, sentences_of
from summae.evaluation.embeddings.holding_out import keep_apart
from summae.evaluation.embeddings.pictures import Picture, picture_page, pictures
from summae.evaluation.embeddings.report import Report, as_dict, markdown, report
from summae.evaluation.embeddings.suite import Bench, Judged, ceiling, judge, together
from summae.evaluation.embeddings.systems import Embed, System, Vectors, halves, unit_rows
from summae.evaluation.signature import folder_hash
from summae.inference.encoder_folder import CHECKPOINT_WEIGHTS, read_encoder_manifest
from summae.text.normalize import normalize
from summae.text.script import to_simplified

OUTPUT = TABLES / "embeddings.md"
DIMENSIONS = 256
"""Of LSA where no encoder tells."""
PICTURED = 1000
BATCH = 256
"""Texts that a checkpoint encodes at a time."""
PRODUCT = ", f·g"
"""Behind the name of an encoder of two parts that scores by their product."""


def main(words: Sequence[str] | None = None) -> int:
    """Judge all embedders, print the tables and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    encoder = "NAME=FOLDER"
    parser.add_argument(
        "--encoder", action="append", default=[], metavar=encoder, help="repeatable"
    )
    parser.add_argument("--untrained", metavar=encoder, help="an encoder of random weights")
    parser.add_argument("--rows", type=int, default=4000, help="held-out documents")
    parser.add_argument("--training", type=int, default=20_000, help="training documents")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--report", type=Path, help="HTML page with pictures")
    arguments = parser.parse_args(words)
    untrained = named(arguments.untrained)[0] if arguments.untrained else ""
    folders = [named(one) for one in (arguments.untrained, *arguments.encoder) if one]
    if len(dict(folders)) < len(folders):
        parser.error("two encoders have the same name: call them NAME=FOLDER")
    try:
        bench = read_bench(arguments.corpora, arguments.rows, arguments.training)
        # One list for each name: trainings of one encoder.
        encoders = [each for one in folders for each in load_systems(*one)]
    except SummaeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    baselines = [tf_idf(bench.training), *lsas(encoders, bench.training)]
    judged = []
    for trainings in [*([one] for one in baselines), *encoders]:
        print(f"judging {trainings[0].name} …", file=sys.stderr, flush=True)
        judged.append(all_trainings(trainings, bench))
    systems = [*baselines, *(trainings[0] for trainings in encoders)]
    against = pairs_of(systems, untrained, bench.training)
    found = report([*judged, ceiling(bench)], against, bench)
    given = sys.argv[1:] if words is None else words
    write(found, as_typed("embedding_table.py", *given), bench, arguments.output)
    if arguments.report:
        dense = [system for system in systems[1:] if system.score is None]
        drawn = [one for system in dense for one in picture(system, bench.held_out)]
        arguments.report.write_text(picture_page(found, drawn), encoding="utf-8")
    print(markdown(found))
    return 0


def named(encoder: str) -> tuple[str, Path]:
    """What an encoder is called in the tables, and its folder."""
    name, is_named, folder = encoder.partition("=")
    return (name, Path(folder)) if is_named else (Path(encoder).name, Path(encoder))


def read_bench(corpora: Path, rows: int, training: int) -> Bench:
    """Documents evenly from both files, without what was learned from and is asked about.

    Raises:
        InputError: A file is missing or has other columns, or nothing is left.
    """
    held_out = read_documents(corpora / "pairs-valid.parquet", rows)
    every = read_documents(corpora / "documents-train.parquet", training)
    older = keep_apart(every, held_out)
    if not len(older):
        raise InputError(
            f"all {len(every)} training documents in {corpora} are as new as the held-out ones of "
            "their set, or repeat one: nothing is left to fit baselines on"
        )
    return Bench(older, held_out)


def read_documents(file: Path, rows: int) -> Documents:
    """Rows that lie evenly over a Parquet file; those that say nothing are left out."""
    with needs_extra("reading Parquet files", "eval"):
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    try:
        columns = {"document", "summary", "date", "set"} & set(parquet.read_schema(file).names)
        table = parquet.read_table(file, columns=sorted(columns))
        chosen = np.linspace(0, len(table) - 1, min(rows, len(table))).round().astype(int)
        found = table.take(chosen).to_pydict()
        texts = [sentences_of(text) for text in found["document"]]
        documents = Documents(
            [text or ["。"] for text in texts],
            found["set"],
            [day_number(day) for day in found["date"]],
            [to_simplified(normalize(title)) for title in found.get("summary", ())],
        )
    except (OSError, arrow.ArrowInvalid) as error:
        raise InputError(f"{file} is no readable Parquet file: {error}") from error
    except KeyError as error:
        raise InputError(f"{file} has no column {error}; needs document, set and date") from error
    said = [bool(text) for text in texts]
    if documents.headlines:
        said = [each and bool(title) for each, title in zip(said, documents.headlines, strict=True)]
    return documents.take(place for place, each in enumerate(said) if each)


def load_systems(name: str, pattern: Path) -> list[list[System]]:
    """An encoder's trainings; one of two parts, also by the product of the parts beside the cosine.

    Raises:
        ModelError: Nothing matches, or something that does is no encoder.
    """
    base = Path(pattern.anchor)
    folders = sorted(base.glob(str(pattern.relative_to(base))))
    if not folders:
        raise ModelError(f"there is no encoder {pattern}: name a folder, or a pattern of several")
    trainings = [load_training(name, folder) for folder in folders]
    return [list(systems) for systems in zip(*trainings, strict=True)]


def load_training(name: str, folder: Path) -> list[System]:
    """One training: an exported encoder, or a checkpoint of any kind, which needs torch."""
    revision = folder_hash(folder)
    if (folder / CHECKPOINT_WEIGHTS).exists():
        raw, parts = checkpoint_embed(folder)

        def embed(texts: Sequence[str]) -> Vectors:
            return unit_rows(raw(texts))
    else:
        encoder = SentenceEncoder.from_pretrained(folder)
        parts, embed = encoder.folder.parts, encoder.encode

        def raw(texts: Sequence[str]) -> Vectors:
            return encoder.encode(texts, normalize=False)

    found = [System(name, embed, revision=revision)]
    # Whitening turns the parts apart from each other.
    if parts == 2 and not read_encoder_manifest(folder).get("whitening"):
        found.append(System(name + PRODUCT, embed, halves(raw), revision))
    return found


def checkpoint_embed(folder: Path) -> tuple[Embed, int]:
    """What the trained network itself makes of texts, not of length 1; and how many parts it has."""
    with needs_extra("judging checkpoints", "train"):
        import torch

        from summae.representations.sentence_transformers import SentenceVectors
    module = SentenceVectors.of_checkpoint(folder)
    module.about["normalize"] = False

    @torch.no_grad()
    def embed(texts: Sequence[str]) -> Vectors:
        # Alike in length, texts need little padding.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        vectors = np.empty((len(texts), module.get_embedding_dimension()), np.float32)
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            features = module(module.preprocess([texts[place] for place in places]))
            vectors[places] = features["sentence_embedding"].numpy()
        return vectors

    return embed, int(module.about["parts"])


def all_trainings(trainings: Sequence[System], bench: Bench) -> Judged:
    """An embedder judged once for each of its trainings."""
    return together(trainings[0].name, [judge(system, bench) for system in trainings])


def lsas(encoders: Sequence[Sequence[System]], training: Documents) -> list[System]:
    """LSA of each dimension that an encoder has."""
    sample = training.every_sentence[:1]
    dimensions = {trainings[0].embed(sample).shape[1] for trainings in encoders} or {DIMENSIONS}
    return [lsa(training, each) for each in sorted(dimensions)]


def pairs_of(
    systems: Sequence[System], untrained: str, training: Documents
) -> list[tuple[str, str]]:
    """Each encoder against TF-IDF, LSA of its dimension and the untrained one; LSA against TF-IDF."""
    pairs = []
    for system in systems[1:]:
        width = system.embed(training.every_sentence[:1]).shape[1]
        rivals = [systems[0].name, f"LSA-{width}", *([untrained] if untrained else [])]
        is_lsa = system.name in rivals[1:2]
        if system.name.removesuffix(PRODUCT) != untrained:
            pairs += [(system.name, rival) for rival in (rivals[:1] if is_lsa else rivals)]
    return pairs


def picture(system: System, documents: Documents) -> list[Picture]:
    """The first thousand of documents that lie evenly over all."""
    chosen = np.linspace(0, len(documents) - 1, min(PICTURED, len(documents))).round().astype(int)
    part = documents.take(chosen)
    return pictures(system.name, document_vectors(system.embed, part), part.labels)


def write(found: Report, command: str, bench: Bench, output: Path) -> None:
    """The tables as Markdown and, beside it, JSON."""
    lines = [
        "# Vectors of sentences and documents",
        "",
        f"`{command}`, Python {platform.python_version()}. {len(bench.held_out):,} held-out documents, "
        f"newer than the {len(bench.training):,} that baselines and probes learn from, of their own "
        "source; documents that repeat a held-out one are left out of training. What scores the same "
        "counts as if drawn by lot, so that equal vectors for all texts have the score of chance.",
        "",
        *TASKS,
        "",
    ]
    output.write_text("\n".join([*lines, ""]) + markdown(found) + "\n", encoding="utf-8")
    threads = os.environ.get("OMP_NUM_THREADS", "all")
    about = {"command": command, "threads": threads, "training_documents": len(bench.training)}
    write_json(output.with_suffix(".json"), about | as_dict(found))


TASKS = (
    "- *next sentence*: the right one among ten, nine of them from other documents; among five, all of "
    "the same document.",
    "- *order*: Kendall's tau of four shuffled sentences, chained greedily behind a given first one.",
    "- *probe*: logistic regression on frozen vectors, fitted on training documents: which source a "
    "document has (mean of its sentences' vectors), whether a sentence had a tenth of its characters "
    "swapped with their neighbours. The supervised ceiling learns n-grams of the same documents.",
    "- *precision@10*: of a document's ten nearest, the share from its source.",
    "- *headline*: its document among all, by the document's vector, and by its best sentence.",
)


if __name__ == "__main__":
    sys.exit(main())
