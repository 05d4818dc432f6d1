"""Which pieces of a sentence could stand alone, and who says them.

What somebody said keeps its speaker, in front, as headlines have it; what is denied, rumoured or so on a
condition is offered with these words or not at all; and what only leads up to the next clause is not offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from summae.inference.ranking import PAIRED
from summae.text.attribution import denies, told_by
from summae.text.edges import usual_edges
from summae.text.script import has_han

OPENING = 220
"""Characters of a document that are looked through."""
SHORTEST_CLAUSE = 8
LONGEST_CLAUSE = 34
"""Characters of the longest piece that is offered."""

_BRACKETS = re.compile(r"（[^（）]{0,20}）")
_BULLET = re.compile(r"^[ \t]*[*●•▪■◆※]+[ \t]*(?:\d{1,2}[ \t]+)?|\*+$", re.MULTILINE)
"""Of a list, with its number: * 2 ; and of a heading: **美国**."""
_ENDS = re.compile(r"[。！？；，：!?;:\n]|,(?!\d)")
_ANNOUNCING = 2.5
"""Log odds of an end (see `summae.text.edges`) from which nothing is lost with the clause that has it;
by reading."""
_CIRCUMSTANCE = re.compile(
    r"(?:受(?![害贿賄伤傷])[^，]+影[响響]|在(?![逃押建])[^，了]+的[^，的]{1,5}"
    r"|(?:[^，]{0,8}[年月日])?在[^，]{2,}(?:[时時后後]|之前|期[间間]|中)"
    r"|就(?![业業医醫任读讀])[^，]+(?:方案|[问問][题題]|情[况況]|事件|一事)"
    r"|[经經][^，]{0,6}(?:[调調]查|查[证證]|核[实實]|了解|[审審]理|研究|[协協]商|[鉴鑒]定|[抢搶]救)"
    r"|(?:按照|依照|遵照|正如|[鉴鑒][于於]|根[据據](?!地)|[针針][对對]|[随隨][着著]|由[于於](?![谦謙])|因[为為]"
    r"|[为為]了|如果|倘若|假如|一旦|只要|除非|即使|即便|不管|不[论論]|[无無][论論]|[虽雖]然|[尽儘]管)[^，]+)$"
)
"""Why something happens, on what condition or after whose custom, and not what."""
_CONDITION = re.compile("如果|倘若|假[如设設]|要是|若(?!干)|[万萬]一|一旦|只要|只有|除非")
"""What follows happens only then."""
_TRAILING = ("因为", "因為", "除非")
"""Such circumstances stand behind as well as before: 停航，因为有台风."""
_UNLESS = "除非"
"""What stands before it is not so without it."""
_ANNOUNCES = re.compile(r"(?:之[际際]|[当當]中|被告知|得知)$")
"""Leads up to the next clause, though these words end sentences often enough, too."""
_DATE = re.compile(
    r"[0-9〇○零一二三四五六七八九十两兩年月日号號时時点點半分至周週星期上下午凌晨早晚间間 :.·-]+$"
)
_HENCE = re.compile(
    "^(?:因此(?![事案次前举舉类類])|所以|但(?:是|(?![是愿願凡丁泽澤斌使]))"
    "|不[过過](?![关關敏夜期户戶滤濾年错錯问問时時])|然而"
    "|其中(?!包括|包含|有|最|一|不|还|還|[央文国國期学學小间間医醫层層]))，?"
)
"""Goes on with what came before, and could as well begin."""
_QUOTES, _UNQUOTES = ("“", "「", "『"), ("”", "」", "』")
_NARRATES = re.compile(r"[记記]者|随后|隨後|此前|目前|[据據]|与此同时|與此同時")
"""The reporter goes on."""
_INNER_STOP = re.compile("[。，；！!,;]([”」』])$")
_MARKS = "。，：；！？,:;!? \n"
_STOPS = _MARKS.replace("？", "")
"""What an end does without; a question stays one."""
_MOST = 8
"""Clauses of a run."""
_PREAMBLE = re.compile(
    r"(?:近日|日前|目前|据悉|據悉|此外|另外|其中|同日|当天|當天|[今昨][天日]|(?:当地时间|當地時間)[^，。]{1,12}"
    r"|[^，。]{0,14}(?:\d[日月号號]|凌晨|清晨|[上中下]午|早[上间間]|晚[上间間]?)"
    r"(?:凌晨|清晨|[上中下]午|早[上间間]?|晚[上间間]?|\d{1,2}[时時点點:](?:\d{1,2}分?)?|[许許]|左右)*(?:消息|[电電讯訊])?"
    r"|[据據](?![传傳说說称稱]|[^，。]*[谣謠传傳]言)[^，。]{1,14}|[^，。]{1,10}(?:消息|报道|報導)[称稱]?)，"
)
"""近日，; 当地时间5日，; 据气象台消息， and the like."""


class Pieces:
    """The clauses of one sentence, those that follow one another together, and who says which.

    Args:
        clauses: Each with the mark that ends it.
    """

    def __init__(self, clauses: Sequence[str]) -> None:
        clauses = [clause for clause in clauses if clause.strip(_MARKS)]
        self._clauses = clauses
        self._tellers = [told_by(clause.lstrip("".join(_UNQUOTES))) for clause in clauses]
        self._speakers = list(self._who_speaks())
        # What follows a denial or a condition is not so.
        is_open = (denies(clause) or _is_condition(clause) for clause in clauses)
        self._open = next((place for place, found in enumerate(is_open) if found), len(clauses))

    def __len__(self) -> int:
        return len(self._clauses)

    def runs(self) -> Iterator[tuple[int, int]]:
        """First place and that behind the last of all runs that are not too long."""
        for first in range(min(self._open + 1, len(self))):
            for last in range(first + 1, min(first + _MOST, len(self)) + 1):
                if len(self._text(first, last)) > LONGEST_CLAUSE:
                    break
                if last == len(self) or not self._clauses[last].startswith(_UNLESS):
                    yield first, last

    def is_reported(self, first: int) -> bool:
        """Whether something before it in the sentence says that somebody says it."""
        return any(teller is not None for teller in self._tellers[:first])

    def is_next(self, first: int) -> bool:
        """Whether it stands right behind the words that say who says it."""
        return first > 0 and self._tellers[first - 1] is not None

    def goes_on(self, first: int) -> bool:
        """Whether it begins by but, hence or among them, which is left out; so may be who is meant."""
        return _HENCE.match(self._clauses[first].lstrip("".join(_QUOTES))) is not None

    def plain(self, first: int, last: int) -> str | None:
        """The run as it stands; None if it says too little, leads up to what is left out, or is better told."""
        text = self._text(first, last)
        if len(text) < SHORTEST_CLAUSE or not has_han(text) or _DATE.match(text):
            return None
        if self._leads_up(text, first, last):
            return None
        is_told = self._tellers[first] is not None and self.told(first + 1, last) is not None
        return None if is_told else text

    def told(self, first: int, last: int) -> str | None:
        """The run led by who says it; None if nobody does who has a name."""
        if first >= last or not (speaker := self._speakers[first]):
            return None
        if any(other is None for other in self._speakers[first:last]):
            return None
        said = self._text(first, last)
        text = f"{speaker}：{said}" if not said.startswith(speaker) else said
        is_offered = has_han(said) and SHORTEST_CLAUSE <= len(text) <= LONGEST_CLAUSE
        return text if is_offered and not self._leads_up(said, first, last) else None

    def _leads_up(self, text: str, first: int, last: int) -> bool:
        """Whether it only leads up to the next clause, by its first words or its last ones."""
        if first == 0 and last == len(self):
            return False
        if _CIRCUMSTANCE.match(text):
            return True
        if last == len(self):
            return False
        if _ANNOUNCES.search(text) or usual_edges().behind(text) >= _ANNOUNCING:
            return True
        trailing = self._text(last - 1, last)
        return _CIRCUMSTANCE.match(trailing) is not None and not trailing.startswith(_TRAILING)

    def _who_speaks(self) -> Iterator[str | None]:
        """Of each clause; None where nobody does.

        Who has begun goes on to the end of the sentence, unless a quotation ends before, or words come
        between by which somebody else goes on, or the reporter.
        """
        speaker, is_quoted = None, False
        for place, clause in enumerate(self._clauses):
            text = clause.strip(_MARKS)
            if self._tellers[place] is not None or _NARRATES.match(text):
                speaker = self._tellers[place]
                yield None
                continue
            if self.is_next(place):
                # A word in quotes is no quotation: “暖冬”还将持续.
                is_quoted = text.startswith(_QUOTES) and not _has_any(text[:-1], _UNQUOTES)
            if is_quoted and text.startswith(_UNQUOTES):
                speaker = None
            yield speaker
            if is_quoted and _has_any(text, _UNQUOTES):
                speaker = None

    def _text(self, first: int, last: int) -> str:
        text = without_preamble("".join(self._clauses[first:last])).lstrip(_MARKS).rstrip(_STOPS)
        return _HENCE.sub("", _closed(text, is_end=last == len(self)), count=1)


def _is_condition(clause: str) -> bool:
    return _CONDITION.match(clause.lstrip("".join(_QUOTES))) is not None


def _has_any(text: str, marks: Sequence[str]) -> bool:
    return any(mark in text for mark in marks)


def opening_of(document: str) -> str:
    """What is looked through, up to its last mark unless it is the whole document; without remarks and bullets."""
    end = len(document)
    if end > OPENING:
        *_, end = (0, *(mark.end() for mark in _ENDS.finditer(document, 0, OPENING)))
    return _BULLET.sub("", _BRACKETS.sub("", document[: end or OPENING]))


def without_preamble(sentence: str) -> str:
    """The sentence without when it happened and which paper has it, unless they tell who says it."""
    while (preamble := _PREAMBLE.match(sentence)) and len(
        sentence
    ) - preamble.end() >= SHORTEST_CLAUSE:
        if told_by(preamble[0]) or denies(preamble[0]):
            break
        sentence = sentence[preamble.end() :]
    return sentence


def _closed(text: str, *, is_end: bool) -> str:
    """Without quotes and brackets whose other half is missing.

    At either end they go; one that opens inside is closed where the sentence ends, or else goes with what
    is begun there: 打招呼：“杨婶 of 打招呼：“杨婶，好些没有？”
    """
    for opening, closing in PAIRED:
        missing = text.count(opening) - text.count(closing)
        if missing > 0 and text.startswith(opening):
            text = text[1:]
        elif missing > 0:
            text = text + closing if is_end else text[: text.rindex(opening)].rstrip(_STOPS)
        elif missing < 0 and text.startswith(closing):
            text = text[1:].lstrip(_MARKS)
        elif missing < 0 and text.endswith(closing):
            text = text[:-1].rstrip(_STOPS)
    return _INNER_STOP.sub(r"\1", text)
