"""Learn how clauses begin and end, from documents alone. Written to summae/assets/edges.json.

python scripts/learn_edges.py corpora/documents-train.parquet
"""

from __future__ import annotations

import argparse
from dataclasses import asdict

from rich.progress import track

from repository import ROOT, as_typed, write_json
from summae.data.sources import load_texts
from summae.text.edges import learn_edges
from summae.text.normalize import clean_document
from summae.text.script import to_simplified

OUTPUT = ROOT / "summae" / "assets" / "edges.json"
CHARACTERS = 800
"""Read of each document."""


def main() -> None:
    """Read, count, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", help="parquet, JSONL or a folder of texts")
    arguments = parser.parse_args()
    texts = load_texts([arguments.documents], "document")["document"]
    cleaned = (
        to_simplified(clean_document(text[:CHARACTERS])) for text in track(texts, "documents")
    )
    edges = learn_edges(cleaned)
    about = {"command": as_typed("learn_edges.py", arguments.documents), "documents": len(texts)}
    write_json(OUTPUT, about | asdict(edges))
    print(f"{len(edges.begins)} beginnings and {len(edges.ends)} ends: {OUTPUT}")


if __name__ == "__main__":
    main()
