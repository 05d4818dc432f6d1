"""Headlines that a document offers itself: its clauses, for when a model's own words are doubtful.

A clause that a person wrote reads well, though it was not written to stand alone: `summae.inference.pieces`
offers what can, with who says it. Which of them it is, the model tells after all: garbled or not, its lines
are about what matters; and so does what comes back in the document. The weights are chosen on validation
documents by `scripts/fit_clauses.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

from summae.inference.clause_ranking import ClauseFeatures, ClauseRanking
from summae.inference.likeness import likeness
from summae.inference.pieces import LONGEST_CLAUSE, Pieces, opening_of, without_preamble
from summae.inference.subject import Subject
from summae.text.edges import clauses_of, sentences_of, usual_edges

_SENTENCES = 4
_USUAL = 18
"""Characters of a usual headline."""
_LIKELY, _SURE = 1.0, 3.0
"""Log odds from which a loose end is possible, and certain; by reading what they tell apart."""
_UNTOLD = 0.5
"""How much a clause leans on the words that say who said it, or on what else he said before; by reading."""
_JOINABLE = 60
"""Clauses that may be joined; a list of a hundred short ones has thousands of pairs."""
_HANGING = re.compile(
    r"(?:表示|称|稱|说|說|显示|顯示|认为|認為|指出|强调|強調|透露|宣布|宣佈|报道|報導|报导|获悉|獲悉|了解到|获知|獲知|消息"
    r"|介绍|介紹|通报|通報|公告|通知|讲话|講話|采访|採訪|提问|提問|发文|發文|发帖|發帖|预计|預計"
    r"|时|時|前|后|後|之际|之際|以来|以來|期间|期間|同时|同時|上|中|下|内|內|里|裡|方面|来说|來說|来看|來看|看来|看來"
    r"|之一是|的|在|与|與|和|及|以|为由|為由|背景|基础|基礎|附近|左右|起|如下|[0-9]日|[0-9]时|[0-9]時|过程|過程|结果|結果|成绩|成績)$"
)
"""Announces what is no longer there: who said something, when something happened."""
_DANGLING = re.compile(
    r"(?:但|而|因(?!特|斯)|是|及(?!时|時|格)|[并並](?!购|購)|或|让|讓|使(?!馆|館|用|者)|其(?!他|它)|该|該|此|这|這"
    r"|他|她|它|你|[当當](?!地|局|选|選|年|代|事)|等(?!级|級|待|候)|也(?!门|門)|又|还(?!款)|還(?!款)|才(?!能|子)"
    r"|就(?!业|業|读|讀|任|诊|診)|却|卻|则|則|且|以及|随后|隨後|之后|之後|由于|由於|所以|虽然|雖然|尽管|儘管|即便"
    r"|为了|為了|通过|通過|对此|對此|对于|對於|从而|從而|例如|比如|包括|称(?!号)|稱(?!號)|表示|认为|認為|指出|强调|強調"
    r"|不过|不過|随着|隨著|[继繼](?!续|續|承)|作为|作為|根据|根據|据|據|自(?![然治動动由主驾駕贸貿己行])"
    r"|在[^，]{2,20}(?:后|後|中|上|下|时|時|际|際|前|间|間)(?:，|$))"
)
"""Goes on with what is no longer there: but, he, since then."""


@dataclass(frozen=True)
class Clause:
    """A clause, or several that follow one another."""

    text: str
    features: ClauseFeatures
    first: int
    """Place of its first part among all parts of the opening."""
    end: int
    """Place behind its last."""


def clauses(document: str, written: Sequence[str] = ()) -> list[Clause]:
    """What could stand as a headline, in order.

    >>> [clause.text for clause in clauses("近日，北方多地降温（见图），山区出现小雪。")]
    ['北方多地降温，山区出现小雪']
    >>> [clause.text for clause in clauses("市气象台8日表示，山区出现小雪。")][-1]
    '市气象台：山区出现小雪'

    Args:
        document: Cleaned; simplified or traditional.
        written: The model's own lines in the same script, the chosen one first.
    """
    return _clauses(document, Subject(document, written))


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """A clause before it is weighed; `said` is what its speaker says, if one leads it."""

    text: str
    said: str
    first: int
    end: int
    opens: bool
    closes: bool
    dangles: float


def _clauses(document: str, subject: Subject, *, is_likeness_seen: bool = True) -> list[Clause]:
    offers = list(_offers(opening_of(document)))
    texts = [offer.said for offer in offers]
    alike = likeness(texts, document) if is_likeness_seen else [0.0] * len(texts)
    return [
        Clause(offer.text, _features(offer, order, cosine, subject), offer.first, offer.end)
        for order, (offer, cosine) in enumerate(zip(offers, alike, strict=True))
    ]


def _offers(opening: str) -> Iterator[_Offer]:
    before = 0
    for sentence in sentences_of(opening)[:_SENTENCES]:
        pieces = Pieces(clauses_of(without_preamble(sentence.strip())))
        for first, last in pieces.runs():
            offer = partial(
                _Offer, first=before + first, end=before + last, closes=last == len(pieces)
            )
            if (text := pieces.plain(first, last)) is not None:
                # Without the words that say who says it, it reads as a fact.
                is_loose = pieces.is_reported(first) or pieces.goes_on(first)
                dangles = max(_dangles(text), _UNTOLD * is_loose)
                yield offer(text=text, said=text, opens=first == 0, dangles=dangles)
            if (text := pieces.told(first, last)) is not None:
                said = text.partition("：")[2] or text
                is_next = pieces.is_next(first)
                dangles = _leans(said) if is_next else max(_dangles(said), _UNTOLD / 2)
                yield offer(text=text, said=said, opens=first == 1, dangles=dangles)
        before += len(pieces) + 1


def _joined(found: Sequence[Clause], subject: Subject, lengths: range) -> Iterator[Clause]:
    """Two clauses that stand apart, side by side as headlines of two halves have them."""
    whole = [clause for clause in found[:_JOINABLE] if clause.features.hangs < 1]
    for one, other in combinations(whole, 2):
        if one.end >= other.first or len(one.text) + 1 + len(other.text) not in lengths:
            continue
        if "：" in one.text and "：" in other.text:
            continue
        text, a, b = f"{one.text} {other.text}", one.features, other.features
        offer = _Offer(
            text=text,
            said=text,
            first=one.first,
            end=other.end,
            opens=bool(a.opens),
            closes=bool(b.closes),
            dangles=max(a.dangles, b.dangles),
        )
        seen = _features(offer, int(a.order), (a.likeness + b.likeness) / 2, subject)
        seen = replace(seen, hangs=max(a.hangs, b.hangs))
        yield Clause(text, seen, one.first, other.end)


def best_clause(
    document: str,
    ranking: ClauseRanking,
    *,
    written: Sequence[str] = (),
    shortest: int = 0,
    longest: int = LONGEST_CLAUSE,
) -> str | None:
    """The clause that ranks highest; None if the document has none of a headline's length.

    Where a length is asked for that no clause has, two that stand apart may have it together.

    Args:
        document: Cleaned; simplified or traditional.
        ranking: The weights.
        written: The model's own lines in the same script, the chosen one first.
        shortest: Its characters at least.
        longest: At most.
    """
    lengths, subject = range(shortest, longest + 1), Subject(document, written)
    found = _clauses(document, subject, is_likeness_seen=ranking.likeness != 0)
    offered = [clause for clause in found if len(clause.text) in lengths]
    if shortest and not offered:
        offered = list(_joined(found, subject, lengths))
    return max(offered, key=lambda clause: ranking.worth(clause.features)).text if offered else None


def _dangles(text: str) -> float:
    return max(_leans(text), _share(usual_edges().before(text)))


def _leans(text: str) -> float:
    return float(_DANGLING.match(text) is not None)


def _share(log_odds: float) -> float:
    return min(1.0, max(0.0, (log_odds - _LIKELY) / (_SURE - _LIKELY)))


def _features(offer: _Offer, order: int, cosine: float, subject: Subject) -> ClauseFeatures:
    text = offer.text
    agreement, covered, covered_first = subject.agreement(text)
    return ClauseFeatures(
        order=order,
        place=offer.first,
        opens=float(offer.opens),
        closes=float(offer.closes),
        characters=len(text),
        log_characters=math.log1p(len(text)),
        off_length=(len(text) - _USUAL) ** 2 / 100,
        commas=text.count("，") + text.count(","),
        quotes=float("“" in text),
        hangs=1.0 if _HANGING.search(text) else _share(usual_edges().behind(text)),
        dangles=offer.dangles,
        frequency=subject.frequency(text),
        recurrence=subject.recurrence(offer.said),
        likeness=cosine,
        agreement=agreement,
        covered=covered,
        covered_first=covered_first,
    )
