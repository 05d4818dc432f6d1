"""Rows as they come to rows that can be learned from: pure functions for `Dataset.map`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from email.utils import parsedate_to_datetime

from summae.text.normalize import clean_document, normalize
from summae.text.script import to_simplified

SHORTEST_HEADLINE = 6
"""Characters; less is a name, a place or a note."""
_TRAILING_NOTE = re.compile(
    r"(?:[（(][^（()）]{1,16}[）)]|[｜|丨][^｜|丨]{1,12}| [-—] ?[^ ]{2,10})$"
)
_LEADING_NOTE = re.compile(r"^(?:[【\[][^】\]]{1,8}[】\]]|[（(][^（()）]{1,8}[）)])\s*")
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[-/.年](\d{1,2})[-/.月](\d{1,2})|(\d\d)(\d\d)(?:\d{6})?)(?!\d)"
)
_HAN = re.compile(r"[\u3400-\u9fff]")


def model_text(document: str) -> str:
    """A document as the generator reads it: cleaned, in simplified characters."""
    return to_simplified(clean_document(document))


def model_headline(headline: str) -> str:
    """A headline as the generator writes it: normalised, simplified, without column names and notes.

    >>> model_headline("美麗中國：體驗多彩民俗（圖）")
    '美丽中国：体验多彩民俗'
    """
    text = normalize(headline).replace("\n", " ")
    note = _TRAILING_NOTE.search(text)
    if note is not None and note.start() >= SHORTEST_HEADLINE:  # 北京 - 上海高铁提速 has none
        text = text[: note.start()]
    text = _LEADING_NOTE.sub("", text).strip()
    return to_simplified(text).translate(str.maketrans("「」『』", "“”‘’"))


def is_headline(text: str) -> bool:
    """Whether a cleaned headline can be learned from: 6 to 40 characters, mostly Chinese."""
    return SHORTEST_HEADLINE <= len(text) <= 40 and len(_HAN.findall(text)) >= len(text) / 2


def day_number(text: object) -> int:
    """Days since the year 1 of the first date in `text`; -1 without one.

    2021-03-11, 2021年3月11日, 20210311, 20210311103000 and Thu, 11 Mar 2021 10:30:00 GMT are understood.

    >>> day_number("2021-03-11") - day_number("20210310")
    1
    """
    written = unicodedata.normalize("NFKC", str(text or ""))
    found = _DATE.search(written)
    try:
        if found is None:
            return parsedate_to_datetime(written).toordinal()
        return date(*(int(part) for part in found.groups() if part)).toordinal()
    except ValueError:
        return -1
