"""What stands between the values of a table, as its header shows."""

from __future__ import annotations

_KNOWN = (",", ";", "\t", "|")


def delimiter_of(header: str) -> str:
    """The sign that a header's names are separated by; a comma wherever there is one.

    >>> delimiter_of("id;content;date"), delimiter_of("content"), delimiter_of("a;b,content")
    (';', ',', ',')
    """
    return next((sign for sign in _KNOWN if sign in header), _KNOWN[0])
