"""Who says what follows, as news attribute it: 气象台今天上午表示，…"""

from __future__ import annotations

import re

_DAY = (
    r"今[天日晨晚]|昨[天日晚]|前天|当天|當天|同日|近日|日前|随后|隨後|周[一二三四五六日天末]|[上下本]周[一二三四五六日天末]"
    r"|週[一二三四五六日天末]|星期[一二三四五六日天]|(?:[0-9]{1,2}月)?[0-9]{1,2}日|[凌清早]晨|[早晚]上|[上中下]午|晚[间間]?"
)
_WHERE = r"[在向对對就於透通][^，]{2,30}|接受[^，]{2,14}|[发發][表布出文推帖函信佈声聲][^，]{0,8}|出席[^，]{2,10}"
_SAYS = r"表示|指出|认为|認為|强调|強調|透露|宣布|宣佈|证实|證實|警告|呼吁|呼籲|提醒|回应|回應|建议|建議|[称稱说說指]"
_SPEAKER = re.compile(
    rf"(?P<who>[^，：“”「」 ]{{2,18}}?)(?:{_DAY})*(?:{_WHERE})?(?:曾|也|还|還|则|則|均|都)?(?:{_SAYS})(?:[称稱说說])?[，：,:]"
)
_NOBODY = re.compile(
    rf"(?:{_DAY})|[他她它这這该該此其有据據但而并並也又还還则則却卻对對在从從由针針面除]|报告|報告|我们|我們|以及|记者|記者|相关|相關|消息|报道|報道|报导|報導|公告|通报|通報|声明|聲明"
)
_MORE = re.compile(
    rf"(?:{_DAY}|报告|報告|进一步.*|進一步.*|同时|只|先前|此前|对外|對外|同時|进一步|進一步|再次|正式|公开|公開|明确|明確|特别|特別|介绍|介紹|还|還|也|又|则|則|并|並|曾|均|都|共同|一致|回应|回應)+$"
)


def told_by(clause: str) -> str | None:
    """Who says what follows the clause; None if it does not tell, or leaves it to a pronoun.

    >>> told_by("市气象台今天上午在发布会上表示，")
    '市气象台'
    >>> told_by("他表示，")

    Args:
        clause: With the mark that ends it; simplified or traditional.
    """
    found = _SPEAKER.fullmatch(clause.strip())
    if found is None or _NOBODY.match(found["who"]):
        return None
    who = _MORE.sub("", found["who"])
    return who if len(who) > 1 else None
