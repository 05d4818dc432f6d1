"""Who says it, in front: 气象台今天表示，北方降温 is 气象台：北方降温, as headlines have it.

A clause that ends with a verb of saying lends its speaker to what follows. How much of it names the
speaker, the language model of headlines says: where a colon is likely. Nothing is told as a fact that
somebody only said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from summae.inference.spans import LONGEST, SAYING, Clause, Span, clauses, is_balanced, text_of
from summae.text.ngrams import NGramModel

_LED_BY = re.compile("^(?:根?据|對|对|在)")
"""Before a speaker: 据气象台消息."""
_SPEAKER = range(2, 17)
"""Characters of a speaker."""
_LIKELY = -2.0
"""Log-probability of a colon from which a speaker may end; by reading what it lets through."""
_MOST_SAID = 3
_SHORTEST_SAID = 5


def attributed(document: str, headlines: NGramModel) -> Iterator[tuple[str, Span]]:
    """Lines of the form speaker：what is said, each with where the document says it.

    Args:
        document: Cleaned, in simplified characters.
        headlines: Knows where speakers end.
    """
    parts = clauses(document)
    for place, clause in enumerate(parts[:-1]):
        speaker = _speaker(document, clause, headlines)
        if clause.ends_sentence or speaker is None:
            continue
        for last in islice(parts[place + 1 :], _MOST_SAID):
            span = Span(parts[place + 1].start, last.end)
            said = text_of(document, span)
            text = f"{speaker}：{said}"
            if len(text) > LONGEST:
                break
            if len(said) >= _SHORTEST_SAID and is_balanced(said):
                yield text, Span(clause.start, last.end)
            if last.ends_sentence:
                break


def _speaker(document: str, clause: Clause, headlines: NGramModel) -> str | None:
    text = text_of(document, Span(clause.start, clause.end))
    saying = SAYING.search(text)
    if saying is None:
        return None
    text = _LED_BY.sub("", text[: saying.start()])
    ends = [end for end in _SPEAKER if end <= len(text) and is_balanced(text[:end])]
    if not ends:
        return None
    colons = headlines.next_log_probs([text[:end] for end in ends], "：" * len(ends))
    best = int(colons.argmax())
    return text[: ends[best]] if colons[best] >= _LIKELY else None
