"""Bring text as people store it into the one form that the tokenizer and the models read.

Two functions, two purposes. `normalize` may be applied to any text, a headline or a document, and
never removes content. `clean_document` also removes what stands before the news begins: time
stamps, bylines, platform headers, datelines and captions of photos; and what tags of HTML, and entities, which become what they stand for.

The rules of `normalize`, in order:

1. Colour and cursor codes of terminals, whole, lone surrogates, control and format characters
   (zero-width spaces, byte order marks, direction marks) and private-use characters are removed;
   tab, newline and form feed count as white space.
2. Compatibility forms become ordinary ones (NFKC): full-width letters and digits, ligatures.
   Chinese punctuation is exempt, because NFKC would turn ， into a Western comma, and so are raised
   digits: 10⁵ is not 105. A circled number is set in brackets and a fraction apart, lest ①2024 should
   read 12024 and 3½ 31/2.
3. Western punctuation right after a Chinese character becomes Chinese punctuation: `,;:!?` and
   brackets. Inside numbers, times and Western text it stays.
4. Straight double quotes are paired off into “ and ”; ```` `` ```` and `''` too.
5. Dots and dashes: `...` and 。。。 become ……; runs of dashes become ——.
6. White space: runs become one space, runs with a newline become one newline, ends are stripped.
"""

from __future__ import annotations

import html
import re
import unicodedata

# A Chinese character of the basic plane or of the planes of rare characters.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_KEPT_PUNCTUATION = "，。！？：；（）［］｛｝～…—、“”‘’「」『』《》〈〉【】〔〕·"
_RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"

_WESTERN_TO_CHINESE = str.maketrans(",;:!?", "，；：！？")
_QUOTES_OF_TRADITIONAL = str.maketrans("「」『』", "“”‘’")

_TERMINAL_CODE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]")
_NFKC_RUN = re.compile(f"[^{re.escape(_KEPT_PUNCTUATION)}{_RAISED_DIGITS}]+")
_CIRCLED_NUMBER = re.compile("[①-⑳⓪㉑-㉟㊱-㊿]")
_FRACTION_AFTER_DIGIT = re.compile("(?<=[0-9０-９])(?=[¼-¾⅐-⅞])")
_PUNCTUATION_AFTER_HAN = re.compile(f"(?<=[{_HAN}”’」』》）])[,;:!?]")
_HAN_BRACKET = re.compile(f"\\((?=[^()]*[{_HAN}])([^()]*)\\)")
_STRAIGHT_QUOTES = re.compile(r'"([^"\n]*)"')
_ELLIPSIS = re.compile(r"(?:\.{3,}|。{2,}|…)+")
_DASHES = re.compile(r"—+|(?<!-)-{2,}(?!-)|-{3,}")
_LINE_BREAK = re.compile(r"[\n\u2028\u2029\x0b\x0c\r]")
_WHITE_SPACE = re.compile(r"\s+")


def normalize(text: str) -> str:
    """Return `text` in the canonical form described at the top of this file.

    >>> normalize("ＡＢＣ公司１０月２５日宣布,营收增长3.5%!")
    'ABC公司10月25日宣布，营收增长3.5%！'
    """
    if not text.isprintable():
        text = "".join(filter(_is_content, _TERMINAL_CODE.sub("", text)))
    text = _CIRCLED_NUMBER.sub(lambda one: f"({unicodedata.numeric(one.group()):.0f})", text)
    text = _FRACTION_AFTER_DIGIT.sub(" ", text)
    text = _NFKC_RUN.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text)
    text = text.replace("``", '"').replace("''", '"')
    text = _STRAIGHT_QUOTES.sub(r"“\1”", text)
    text = _HAN_BRACKET.sub(r"（\1）", text)
    text = _PUNCTUATION_AFTER_HAN.sub(lambda mark: mark[0].translate(_WESTERN_TO_CHINESE), text)
    text = _ELLIPSIS.sub("……", text)
    text = _DASHES.sub("——", text)
    return _WHITE_SPACE.sub(lambda run: "\n" if _LINE_BREAK.search(run[0]) else " ", text).strip()


def _is_content(character: str) -> bool:
    if character in "\t\n\r\x0b\x0c":
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")


# What may stand before the news, each with the outlets that write so. The search window is short:
# a bracket deep in the text is content.
_DATELINE_WINDOW = 260
_CLOSED_DATELINE = re.compile(
    # （中央社記者江今葉台北28日電）, (新华社北京10月5日电), （法新社巴黎3日電）
    # but not what closes a sentence: …多人受伤（据中新网报道）。
    r"[（(][^（()）\n]{0,12}(?:社|网|網|报|報)[^（()）\n]{0,40}(?:[电電讯訊]|报道|報導)[）)](?!\s*[。，；！？])"
)
_OUTLET = r"[^\s，。：；“”（【]{2,14}"
_NAME = r"(?!会|从|在|获|问|近|今|注意)[\u4e00-\u9fff·]{2,4}"
_NAMES = rf"{_NAME}(?:[ ，、]{_NAME})*"
_CREDIT = r"[^（()）\n，。\d为為于於]{0,12}"
"""Whose photo it is, before its date; 原纪录为2013年3月9日 is content."""
_OPENINGS = re.compile(
    "|".join(
        (
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*",  # feeds
            # 天气日报 2024-10-05 12:28发布于上海天气日报官方账号, on web platforms
            rf"{_OUTLET}\s\d{{4}}-\d\d-\d\d \d\d:\d\d(?:发布于\S{{2,40}})?(?=\s)",
            # 【天气网报道 记者王小明】, 【文/天气网 王小明】; other brackets hold headlines
            r"【(?:文/[^】\n]{1,24}|[^】\n，。：]{0,14}(?:报道|快讯|消息|日讯)|[^】\n，。：]{0,20}记者[^】\n，。：]{0,12})】",
            # 天气新闻记者 王小明 李小红, 每经记者：王小明, 天气日报客户端 | 记者 王小明
            rf"(?:{_OUTLET}(?: [|丨] ?| )?)?(?:记者|编辑|评论员)(?:[：: ]| ?[|丨] ?)?{_NAMES}(?=\s)",
            r"(?:题图|图片)来源[：: ]{0,2}[^\s，。]{2,10}(?:，侵权[^\s，。]{2,8})?(?=\s)",
            # 天气日报讯（记者王小明）, 天气科技讯10月5日
            rf"{_OUTLET}(?:报|网|社|新闻|财经|科技|汽车|体育|娱乐)讯(?=[（\s，]|\d{{1,2}}月\d{{1,2}}日)",
            rf"[^\s，。]{{2,4}}新闻《[^》]{{1,8}}》\s?(?:作者\s?)?{_NAMES}(?=\s)",  # 天气新闻《一线》 作者 王小明
            # JOHN SMITH, ANN LEE2024年10月5日伦敦——
            r"[A-Z][A-Z .,'’-]{4,80}\d{4}年\d{1,2}月\d{1,2}日(?:[^\s，。—]{1,14}——)?",
            # Captions: 寒潮中的行人。（2024年10月5日）, 资料照：寒潮中的行人
            rf"[^（(\n]{{4,100}}（(?:{_CREDIT}\d{{4}}年\d{{1,2}}月\d{{1,2}}日|资料照片?|资料图片?|資料照片?|資料圖片?)）"
            r"。?\s",
            r"(?:资料照片?|资料图片?|資料照片?|資料圖片?|档案照片?|图为|圖為)[：:，][^\n]{2,100}\n",
            r"[▲△▼▽][^\n]{1,40}\n",
            r"[^\s，。：；“”]{2,12}(?:社|网|网站|报|日报|之家|在线|客户端|财经|新闻)》?[^\s，。；：“”（]{0,10}"
            r"\d{1,2}月\d{1,2}日(?:电|讯|消息)",  # 新华社北京10月5日电, IT之家6月29日消息
            r"《[^》]{2,12}》\d{1,2}月\d{1,2}日讯",  # 《科创板日报》10月30日讯
            r"(?:路透|法新社|美联社|彭博|德新社)[^\s，。]{0,6}\d{1,2}月\d{1,2}日(?:电| ?-)",
            r"[（(][^（()）\n，。：]{0,12}(?:记者|記者|編輯|编辑|實習|实习|通讯员)[^（()）\n]{0,30}[）)]",
            r"(?:本报|见习|实习|特约|首席)?(?:记者|编辑|作者|通讯员|文|撰文|采访|来源|編輯|責編|责编)[ /|丨：:]"
            r"[^\n。，]{1,30}(?:\n|$)",
            r"本报记者 [^\n。，]{1,30}\n",
            r"(?:本台|央视网|央视|本报|本网)(?:综合)?(?:消息|讯|报道)",
        )
    )
)
_LEFTOVERS = " \n\t，,：:、-—|丨　"
_INLINE_CREDIT = re.compile(
    r"[（(](?:美国之音|德国之声|圖取自|图取自|左圖|圖／|图源|圖片|图片|资料图|資料圖|新华社|中央社檔案)[^（()）]{0,40}[）)]"
)
_AGENCY_PHOTO = re.compile(r"(?:(?<=\n)|^)[^\n]{0,120}REUTERS/[^\n]{3,30}(?:\n|$)")
"""A line with a caption, which stands below the first paragraph as often as above it."""
# Only names that HTML knows, so that 若a<b且c>d stays what it is.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_UNSEEN = re.compile(
    r"<!--(?:(?!<!--).)*?-->|<(script|style)\b[^<>]*>(?:(?!<\1\b).)*?</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
_BLOCK_TAG = re.compile(
    r"</?(?:address|article|aside|blockquote|body|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|head|"
    r"header|hr|html|li|link|main|meta|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|title|tr|ul)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|center|cite|code|em|font|i|iframe|img|ins|mark|q|s|small|source|span|strong|"
    r"sub|sup|time|u|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def clean_document(text: str) -> str:
    """Normalise a document and drop datelines, bylines and credits from its beginning, on one line.

    Traditional corner quotes 「」『』 become “”‘’, one for one, so that a model needs one kind.
    If everything looks like a byline or a tag, the normalised text is returned: never an empty document.

    >>> clean_document("新华社北京10月5日电（记者 王小明）今年首场寒潮将影响北方。")
    '今年首场寒潮将影响北方。'
    """
    normal = normalize(_without_markup(text)) or normalize(text)
    body = _after_closed_dateline(normal)
    beginning = _AGENCY_PHOTO.sub("", _INLINE_CREDIT.sub("", body[:_DATELINE_WINDOW]))
    body = beginning + body[_DATELINE_WINDOW:]
    for _ in range(
        5
    ):  # a time stamp, a source, a caption, a dateline and a byline can follow one another
        opening = _OPENINGS.match(body)
        if opening is None:
            break
        body = body[opening.end() :].lstrip(_LEFTOVERS)
    return (body or normal).replace("\n", " ").translate(_QUOTES_OF_TRADITIONAL)


def _without_markup(text: str) -> str:
    if "<" in text:
        text = _BLOCK_TAG.sub("\n", _INLINE_TAG.sub("", _UNSEEN.sub("", text)))
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


def _after_closed_dateline(text: str) -> str:
    """Start after a bracketed dateline; what stood before it was a photo caption."""
    dateline = _CLOSED_DATELINE.search(text, 0, _DATELINE_WINDOW)
    if dateline is None or len(text) - dateline.end() < 20:
        return text
    return text[dateline.end() :].lstrip(_LEFTOVERS)
