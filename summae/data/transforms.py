"""Rows as they come to rows that can be learned from: pure functions for `Dataset.map`."""

from __future__ import annotations

import re
from datetime import date

from summae.text.normalize import clean_document, normalize
from summae.text.script import to_simplified

_TRAILING_NOTE = re.compile(
    r"(?:[（(][^（()）]{1,16}[）)]|[｜|丨][^｜|丨]{1,12}| [-—] ?[^ ]{2,10})$"
)
_LEADING_NOTE = re.compile(r"^(?:[【\[][^】\]]{1,8}[】\]]|[（(][^（()）]{1,8}[）)])\s*")
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-/.年](\d{1,2})[-/.月](\d{1,2})|(\d\d)(\d\d))(?!\d)")
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
    text = _LEADING_NOTE.sub("", _TRAILING_NOTE.sub("", text)).strip()
    return to_simplified(text).translate(str.maketrans("「」『』", "“”‘’"))


def is_headline(text: str) -> bool:
    """Whether a cleaned headline can be learned from: 6 to 40 characters, mostly Chinese."""
    return 6 <= len(text) <= 40 and len(_HAN.findall(text)) >= len(text) / 2


def day_number(text: object) -> int:
    """Days since the year 1 of the first date in `text` (2021-03-11, 20210311); -1 without one.

    >>> day_number("2021-03-11") - day_number("20210310")
    1
    """
    found = _DATE.search(str(text or ""))
    if found is None:
        return -1
    try:
        return date(*(int(part) for part in found.groups() if part)).toordinal()
    except ValueError:
        return -1
