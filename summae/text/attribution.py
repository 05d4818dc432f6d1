"""Who says what follows, as news attribute it: 市气象台今天上午表示，…

Better nobody than the wrong one: only plain verbs of saying count, and whatever else the clause holds has to
be a time, a place or an adverb that is known.
"""

from __future__ import annotations

import re

_VERBS = (
    *("表示", "指出", "认为", "認為", "强调", "強調", "透露", "宣布", "宣佈", "证实", "證實"),
    *("宣称", "宣稱", "声称", "聲稱"),
    *("呼吁", "呼籲", "提醒", "坦言", "直言", "重申", "告诉[^，]{1,10}", "告訴[^，]{1,10}"),
)
_NO_VERB = "小传傳学學演解据據话話来來简簡古又是沪滬可名自谎謊难難该該总總堪号號"
"""Before 说 and 称: 小说, 传说, 简称, 可以说 … are none."""
_TIMES = (
    *(
        "今[天日晨晚早]?",
        "昨[天日晚]?",
        "前天",
        "当[天日晚]",
        "當[天日晚]",
        "同日",
        "(?:当地时间|當地時間)",
        "近日",
        "日前",
        "随后",
        "隨後",
        "此前",
        "先前",
    ),
    *(
        "[上下本]?[周週][一二三四五六日天末]",
        "星期[一二三四五六日天]",
        "(?:[0-9]{1,2}月)?[0-9]{1,2}日",
        "[0-9]{1,2}时",
    ),
    *(
        "凌晨",
        "清晨",
        "早[晨上]",
        "晚[上间間]?",
        "[上中下]午",
        "赛后",
        "賽後",
        "会后",
        "會後",
        "去年",
        "上周",
        "上週",
    ),
)
_PLACES = (
    "在[^，]{1,30}(?:[上中时時里裡会會访訪书書博特台]|[节節]目)",
    "(?:通过|通過|透过|透過|接受|出席)[^，]{2,20}",
    "在[^，]{2,8}(?=[发發])",
    "(?:对|對|就|针对|針對)(?:此|记者|記者|媒体|媒體)[^，]{0,10}",
    "(?:对|對)外(?!贸|貿|经|經)",
    "(?:对|對)[^，]{1,8}(?=[发發])",
    "(?:对|對)(?!外)[^，]{2,8}(?=表示|指出|[说說称稱])",
    "(?<![方导導意取动動走])向[^，]{2,10}",
    "[发發](?:表|布|佈|文|帖|推|函|声明|聲明|公告|出)[^，]{0,10}",
    "受[访訪][^，]{0,2}",
)
_ADVERBS = (
    *(
        "曾",
        "也",
        "还",
        "還",
        "则",
        "則",
        "仍",
        "亦",
        "均",
        "一致",
        "共同",
        "普遍",
        "同时",
        "同時",
        "只",
        "已经?",
        "已經",
    ),
    *(
        "再次",
        "正式",
        "公开",
        "公開",
        "明确",
        "明確",
        "特别",
        "特別",
        "进一步",
        "進一步",
        "坚持",
        "堅持",
        "笑着",
        "笑著",
    ),
    *(
        "回应",
        "回應",
        "介绍",
        "介紹",
        "解释",
        "解釋",
        "分析",
        "澄清",
        "警告",
        "补充",
        "補充",
        "(?<=[一二三四五六日天])[报報]告",
        "(?<![成京首])都",
    ),
)
_TELLS = re.compile(
    r"(?P<who>[^，：“”‘’「」『』（） ]{1,18}?(?: ?[A-Za-z][A-Za-z .·-]{1,20})?)"
    rf"(?:{'|'.join((*_TIMES, *_PLACES, *_ADVERBS))}){{0,4}}"
    rf"(?:(?:{'|'.join(_VERBS)})[说說称稱道]?|(?<![{_NO_VERB}])[说說称稱])[，：,:]?"
)
_NOBODY = re.compile(
    rf"(?:{'|'.join(_TIMES)}|[他她它这這该該此其有据據但而并並又还還则則却卻对對在从從由针針除如若及与與和被把让讓使因]"
    r"|我们|我們|你们|你們|自己|以及|记者|記者|相关|相關|同时|同時|不过|不過|所以|尽管|儘管|虽然|雖然|现在|現在|目前|谈到|談到|会上|會上"
    r"|换句|換句|温馨|溫馨|友情|小编|小編|俗话|俗話|应该|應該|一[位名些个個]|多[位名]|部分|不少|许多|許多)"
    r"|.*(?:消息|报道|報道|报导|報導|报告|報告|公告|通报|通報|声明|聲明|通知|文章|论文|論文|研究|调查|調查|结果|結果|规定|規定|数据|數據)$"
    r"|.*(?:出示|发出|發出|得到|受到)|.*(?:援引|引述|引用)|.*(?<![上中少大主名女老小])[将將拟擬并並]$"
)
_DENIES = re.compile(
    r".*(?:(?:不(?!过|過|仅|僅|断|斷|少|久)|没有?|沒有?|未(?!来|來))[^，]{0,4}"
    rf"(?:{'|'.join(_VERBS)}|建议|建議|相信|同意|赞成|贊成|[说說称稱])"
    r"|否认|否認|拒绝|拒絕|辟谣|闢謠|驳斥|駁斥)[说說称稱]?[，：,:]?"
)


_REPORTS = re.compile(
    rf".+(?:{'|'.join(_VERBS)}|显示|顯示|表明|获悉|獲悉|了解到|获知|獲知|预计|預計|估计|估計|看到|发现|發現|介绍|介紹|报道|報道|报导|報導"
    rf"|消息|相信|好奇|留言|(?<![{_NO_VERB}])[说說称稱])[，：,:]?"
)


def told_by(clause: str) -> str | None:
    """Who says what follows the clause; empty where it is nobody that a headline would name, None where nobody does.

    >>> told_by("市气象台今天上午在发布会上表示，")
    '市气象台'
    >>> told_by("他表示，"), told_by("北方多地降温，")
    ('', None)

    Args:
        clause: With or without the mark that ends it; simplified or traditional.
    """
    found = _TELLS.fullmatch(clause.strip())
    if found is None:
        return "" if _REPORTS.fullmatch(clause.strip()) else None
    who = found["who"]
    is_named = len(who) > 1 and not _NOBODY.match(who) and not denies(clause)
    return who if is_named else ""


def denies(clause: str) -> bool:
    """Whether somebody denies what follows, or does not say it: 公司否认，…

    Args:
        clause: With or without the mark that ends it; simplified or traditional.
    """
    return _DENIES.fullmatch(clause.strip()) is not None
