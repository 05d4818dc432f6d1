from __future__ import annotations

import random
import time

import pytest

from summae.text.normalize import clean_document, normalize


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        # Rule 1: what has no shape is removed, tab and form feed count as white space.
        ("雨\u200b停\ufeff了\u202e", "雨停了"),
        ("雨\x00停\x07了\ud800\ue000", "雨停了"),
        ("雨\x1b[1;31m停\x1b[0m了\x1b[K\x9b2J", "雨停了"),
        ("雨停[31m了", "雨停[31m了"),
        ("雨停\t了", "雨停 了"),
        ("雨停\x0c了", "雨停\n了"),
        # Rule 2: NFKC, except for Chinese punctuation.
        ("ＡＢＣ１２３％", "ABC123%"),
        ("３㎡ ﬁn ｶﾞ e\u0301", "3m2 fin ガ é"),
        ("雨，风。云！雪？（雹）：霜；雾～", "雨，风。云！雪？（雹）：霜；雾～"),
        # Rule 3: Western punctuation behind Chinese characters becomes Chinese.
        ("雨停了,风大:是;真的?好!", "雨停了，风大：是；真的？好！"),
        ("“好”,他说", "“好”，他说"),
        ("见图(左)", "见图（左）"),
        ("增长3.5%,到10:30,共3,000米", "增长3.5%,到10:30,共3,000米"),
        ("It rained, (again) at 10:30!", "It rained, (again) at 10:30!"),
        # Rule 4: straight double quotes in pairs.
        ('他说"好"和"行"', "他说“好”和“行”"),
        ("他说``好''", "他说“好”"),
        ('12" 的屏幕', '12" 的屏幕'),
        ("It's Li's", "It's Li's"),
        # Rule 5: dots and dashes.
        ("等等...好。。。走…", "等等……好……走……"),
        ("雨——雪—霜--雹---雾", "雨——雪——霜——雹——雾"),
        ("2024-10-05 A-B", "2024-10-05 A-B"),
        # Rule 6: white space.
        ("  雨 \u3000 停\xa0了 ", "雨 停 了"),
        ("雨停了\r\n \n\u2028 风停了\n", "雨停了\n风停了"),
        ("", ""),
        (" \n\t ", ""),
    ],
)
def test_rules(text: str, normal: str) -> None:
    assert normalize(text) == normal


def test_emoji_and_characters_beyond_the_basic_plane_are_content() -> None:
    assert normalize("雨\U0001f600\U00020000停") == "雨\U0001f600\U00020000停"


def test_traditional_corner_quotes_are_kept_by_normalize_only() -> None:
    assert normalize("「雨『大』」") == "「雨『大』」"
    assert clean_document("「雨『大』」") == "“雨‘大’”"


def test_normal_text_is_left_alone() -> None:
    rng = random.Random(0)
    alphabet = (
        "雨风a1 ，,.。\"'`-—…()（）!?:;\n\t\u3000Ａ㎡\u200b\ud800\x00\U00020000“”「」\u0301%\xa0"
    )
    for _ in range(5000):
        normal = normalize("".join(rng.choices(alphabet, k=rng.randint(0, 12))))
        assert normalize(normal) == normal


@pytest.mark.parametrize(
    "unit", ["雨", " ", "\n", "(", "雨(", "<", "<p ", "<!--", "<script>", '"', ".", "-", "a,", "《"]
)
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    # 50 000 characters take a fraction of a second; in quadratic time spaces alone took 13 s.
    start = time.perf_counter()
    clean_document((unit * 50_000)[:50_000])
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "opening",
    [
        "新华社北京10月5日电",
        "（中央社記者王小明台北28日電）",
        "(新华社北京10月5日电)",
        "（記者王小明）",
        "《天气日报》10月30日讯，",
        "本报记者 王小明\n",
        "记者：王小明\n",
        "2024-10-05T08:00:00Z ",
        "2024-10-05T08:00:00Z 新华社北京10月5日电（记者 王小明）",
        "天气日报 2024-10-05 12:28发布于上海天气日报官方账号 ",
        "天气日报客户端\n2024-10-05 12:28发布于上海天气日报官方账号\n",
        "【天空+10月5日讯】",
        "天气新闻评论员 王小明 ",
        "（天气报·天气网记者王小明）",
        "天气日报 2024-10-05 12:28发布于上海天气日报官方账号 【文/天气网 王小明】",
        "【天气网报道】",
        "【天气网综合报道 见习记者 王小明】",
        "【天气时报驻北方特约记者王小明】",
        "天气新闻记者 王小明 李红 ",
        "天气日报客户端 | 记者 王小明 ",
        "天气新闻记者 | 王小明 ",
        "天经记者：王小明 天经编辑：李红，周小山 ",
        "天气日报健康客户端记者王小明 ",
        "图片来源：视觉天空 ",
        "图片来源网络，侵权请联系删除 ",
        "天气日报讯（记者王小明）",
        "天气科技讯，",
        "天气新闻《一线》 作者 王小明 ",
        "ANN SMITH, JOHN B. LEE2024年10月5日伦敦——",
        "寒潮中的行人。（2024年10月5日） ",
        "寒潮中的行人走过广场（天气社2024年10月5日）\n",
        "资料照片：寒潮中的行人（左）与车辆。（资料照片）\n",
        "资料照：寒潮中的行人\n",
        "▲寒潮中的行人\n",
        "资料图片：2024年10月，寒潮中的行人。REUTERS/Ann Smith\n",
        "图片来源： 视觉天空 ",
    ],
)
def test_opening_is_removed_from_a_document_but_not_by_normalize(opening: str) -> None:
    news = "今年首场寒潮今晚抵达北方，多地气温将下降十度以上。"
    assert clean_document(opening + news) == news
    assert normalize(opening + news) != news


@pytest.mark.parametrize(
    "document",
    [
        "【寒潮今晚抵达北方】多地气温将下降十度以上。",
        "【气象局：报道属实】多地气温将下降十度以上。",
        "记者从气象局获悉，寒潮今晚抵达北方。",
        "天气新闻记者注意到，寒潮今晚抵达北方。",
        "气象局记者会 寒潮今晚抵达北方。",
        "图片来源于古人的想象，寒潮画家今晚说。",
    ],
)
def test_news_that_looks_like_a_byline_is_kept(document: str) -> None:
    assert clean_document(document) == document


def test_photo_caption_in_front_of_a_bracketed_dateline_is_removed() -> None:
    news = "今年首場寒潮今晚抵達，北部氣溫將下降十度以上，請注意保暖。"
    caption = "寒潮今晚抵達，街上行人穿起大衣。"
    assert clean_document(f"{caption}（中央社記者王小明台北28日電）{news}") == news


def test_document_that_is_nothing_but_an_opening_is_kept() -> None:
    assert clean_document("（记者 王小明）") == "（记者 王小明）"


@pytest.mark.parametrize("source", ["据央视网报道", "中新网北京5日电"])
def test_what_closes_a_sentence_is_no_dateline(source: str) -> None:
    document = f"渡轮在湖心搁浅，三人受伤（{source}）。随后救援人员赶到现场，把乘客送回岸边。"
    assert clean_document(document) == document


def test_dateline_words_deep_in_the_text_are_content() -> None:
    document = "寒潮今晚抵达。" * 50 + "（新华社北京10月5日电）"
    assert clean_document(document) == document


def test_cleaned_document_is_on_one_line() -> None:
    assert clean_document("雨停了。\n风停了。") == "雨停了。 风停了。"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("①2024年增产", "(1)2024年增产"),
        ("其㉑3月启动", "其(21)3月启动"),
        ("共10⁵个", "共10⁵个"),
        ("约5m²", "约5m²"),
        ("等了3½小时", "等了3 1⁄2小时"),
        ("等了½小时", "等了1⁄2小时"),
    ],
)
def test_a_number_stays_the_number_that_it_was(text: str, normal: str) -> None:
    assert normalize(text) == normal
    assert normalize(normal) == normal


@pytest.mark.parametrize(
    ("document", "cleaned"),
    [
        (
            "<p>今年首场寒潮<b>将影响</b>北方。</p><p>气温下降10&deg;C。</p>",
            "今年首场寒潮将影响北方。 气温下降10°C。",
        ),
        ('寒潮<br/>来袭<img src="a.jpg" alt="图"> <A HREF="x?a=1&b=2">详情</A>', "寒潮 来袭 详情"),
        (
            "<!-- 广告 -->寒潮<script>if (a<b) {c>d}</script>来袭&nbsp;&nbsp;北方&#39640;温&hellip;",
            "寒潮来袭 北方高温……",
        ),
        (
            "<div><p>新华社北京10月5日电（记者 王小明）</p><p>今年首场寒潮将影响北方。</p></div>",
            "今年首场寒潮将影响北方。",
        ),
    ],
)
def test_what_web_pages_leave_behind_is_removed(document: str, cleaned: str) -> None:
    assert clean_document(document) == cleaned


@pytest.mark.parametrize(
    "document",
    [
        "若a<b且c>d，则成立",
        "AT&T与R&D；营收增长",
        "<《三体》>的作者",
        "他说<b，未完",
        "<p></p>",
        "&notanentity;",
    ],
)
def test_what_only_looks_like_markup_is_content(document: str) -> None:
    assert clean_document(document) == normalize(document)


def test_a_caption_below_the_first_paragraph_is_removed_too() -> None:
    caption = "资料图片：2024年10月，寒潮中的行人。REUTERS/Ann Smith\n"
    assert clean_document(f"寒潮来袭。\n{caption}气温下降。") == "寒潮来袭。 气温下降。"


@pytest.mark.parametrize(
    "document",
    [
        "最高气温35.1度（原纪录为2013年3月9日）。气温还将升高。",
        "寒潮来袭（见图）。气温下降。",
        "百年一遇的寒潮来袭（2024年10月5日）。气温下降。",
        "图为什么都说明不了问题，记者去看了现场。",
        "资料照例要交，寒潮也不例外。",
    ],
)
def test_what_only_looks_like_a_caption_is_content(document: str) -> None:
    assert clean_document(document) == document
