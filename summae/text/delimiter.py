"""What stands between the values of a table, as its header shows."""

from __future__ import annotations

import re

_KNOWN = (",", ";", "\t", "|")
_QUOTED = re.compile(r'"[^"]*"?')


def delimiter_of(header: str) -> str:
    """The sign that a header's names are separated by; a comma wherever there is one outside of quotes.

    >>> delimiter_of("id;content;date"), delimiter_of("content"), delimiter_of("a;b,content")
    (';', ',', ',')
    >>> delimiter_of('id;"a, b";content')
    ';'
    """
    bare = _QUOTED.sub("", header)
    return next((sign for sign in _KNOWN if sign in bare), _KNOWN[0])
