"""The promise of the package, checked: no document is trained on beside its own headline.

Documents and headlines are two collections that share no row. A shared `id` breaks the promise
outright; it is refused, or the headline is left out when the caller prefers that.
"""

from __future__ import annotations

from collections.abc import Collection

from summae.errors import InputError


def check_disjoint(document_ids: Collection[str], headline_ids: Collection[str]) -> None:
    """Refuse headlines that belong to training documents.

    Args:
        document_ids: Ids of the documents; empty where the source has none.
        headline_ids: Ids of the texts that the headlines were written for.

    Raises:
        InputError: Some ids are in both.
    """
    shared = sorted(set(document_ids) & set(headline_ids))
    if shared:
        shown = ", ".join(shared[:3])
        raise InputError(
            f"{len(shared)} headlines belong to training documents (ids {shown}, …): that is "
            "supervised training. Take documents and headlines from different rows, or set "
            "drop_shared: true to leave these headlines out"
        )
