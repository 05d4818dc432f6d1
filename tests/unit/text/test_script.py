from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest

from summae.text.script import Script, detect_script, has_han, to_simplified, to_traditional


@pytest.mark.parametrize("text", ["雨", "It rains in 京", "\U00020000", "\uf900"])
def test_any_chinese_character_is_found(text: str) -> None:
    assert has_han(text)


@pytest.mark.parametrize("text", ["", "Rain, 10 mm", "，。！？", "かな カナ 비", "😀"])
def test_text_without_chinese_characters_is_told(text: str) -> None:
    assert not has_han(text)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("台风今晚登陆", Script.SIMPLIFIED),
        ("颱風今晚登陸", Script.TRADITIONAL),
        ("我們在這裡看雲", Script.TRADITIONAL),
        ("群里的孩子们躺在床上", Script.SIMPLIFIED),  # by 们 only; 群 床 are shared
        ("", Script.NEUTRAL),
        ("大雪", Script.NEUTRAL),
        ("Rain in 2024, 30%!", Script.NEUTRAL),
        ("\ud800\x00\U0001f600", Script.NEUTRAL),
    ],
)
def test_script_is_told_by_characters_of_one_script_only(text: str, script: Script) -> None:
    assert detect_script(text) is script


@pytest.mark.parametrize("character", "后里面干台只云余于丑几卜斗谷松群床粽乾徵瞭藉著")
def test_character_that_both_scripts_use_is_no_evidence(character: str) -> None:
    assert detect_script(character) is Script.NEUTRAL


def test_majority_decides_in_mixed_text() -> None:
    # Traditional: 颱 風 登 陸 has three telling characters (登 is shared); simplified: 风 陆, two.
    assert detect_script("颱風登陸，风登陆") is Script.TRADITIONAL
    assert detect_script("颱風，风登陆时") is Script.SIMPLIFIED  # 颱 風 against 风 陆 时


def test_draw_counts_as_simplified() -> None:
    assert detect_script("風风") is Script.SIMPLIFIED


def test_first_detection_is_ready_within_a_tenth_of_a_second() -> None:
    # Measured in a fresh interpreter, where no table is cached yet; the best of three, since the
    # machine may be busy with something else.
    code = (
        "import time; from summae.text.script import detect_script; start = time.process_time();"
        "detect_script('颱風'); print(time.process_time() - start)"
    )
    seconds = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(seconds) < 0.1


def test_taiwan_words_stay_taiwan_words_in_simplified_script() -> None:
    assert to_simplified("網路上的軟體") == "网路上的软体"


def test_simplified_text_is_left_as_it_is() -> None:
    assert to_simplified("台风今晚登陆，3.5米") == "台风今晚登陆，3.5米"


def test_conversion_looks_at_words() -> None:
    assert to_simplified("乾燥的乾隆花園") == "干燥的乾隆花园"


def test_conversion_keeps_the_length() -> None:
    rng = random.Random(0)
    alphabet = [chr(code) for code in range(0x4E00, 0xA000)]
    alphabet += ["\U00020000", "\U0001f600", "a", "3", "，", "「", "\n", " "]
    for _ in range(200):
        text = "".join(rng.choices(alphabet, k=50))
        assert len(to_simplified(text)) == len(text)


def test_text_that_opencc_refuses_is_converted_character_by_character() -> None:
    assert to_simplified("\ud800颱風\x00登陸") == "\ud800台风\x00登陆"


@pytest.mark.parametrize(
    ("document", "summary", "expected"),
    [
        # Pieces of the document come back as it wrote them, words of Taiwan included.
        ("颱風造成網路中斷", "台风致网路中断", "颱風致網路中斷"),
        ("台北今天降雨", "台北降雨", "台北降雨"),
        ("臺北今天降雨", "台北降雨", "臺北降雨"),
        ("孩子在裏面看書", "孩子在里面", "孩子在裏面"),
        ("孩子在裡面看書", "孩子在里面", "孩子在裡面"),
        ("頭髮要先洗，再發問", "先发问再洗头发", "先發問再洗頭髮"),
        # The longest piece wins: 后面 is in the document as 后|面 too, but 以後面 is longer.
        ("皇后面對球迷，以後面對記者", "以后面对记者", "以後面對記者"),
    ],
)
def test_document_spells_its_own_words(document: str, summary: str, expected: str) -> None:
    assert to_traditional(summary, document) == expected


def test_of_two_spellings_the_one_that_fits_the_words_around_it_is_taken() -> None:
    # 面包 stands in the document as 面|包 first, as 麵包 later.
    document = "表面包了一層紙，裡頭是麵包。"
    assert to_traditional("面包好吃", document) == "麵包好吃"


def test_single_character_follows_the_only_spelling_of_the_document() -> None:
    # 中台 is not in the document, but it writes 台 and never 臺.
    assert to_traditional("台中有雨", "全台降雨") == "台中有雨"
    assert to_traditional("台中有雨", "全臺降雨") == "臺中有雨"


def test_word_known_to_opencc_overrules_the_only_spelling_of_the_document() -> None:
    assert to_traditional("头发湿了", "大雨發生") == "頭髮溼了"


def test_words_of_its_own_follow_the_region_of_the_document() -> None:
    # 说 and 里 do not occur in the documents: 說/説 and 裡/裏 come from the region.
    assert to_traditional("他说这里晴", "看着衞星雲圖，脱險") == "他説這裏晴"
    assert to_traditional("他说这里晴", "看著衛星雲圖，脫險") == "他說這裡晴"


def test_taiwan_is_the_region_of_a_document_without_regional_characters() -> None:
    assert to_traditional("他说这里晴", "颱風") == "他說這裡晴"


def test_numbers_latin_letters_and_marks_stay() -> None:
    assert to_traditional("GDP增3.5%！\U0001f600", "經濟") == "GDP增3.5%！\U0001f600"


def test_traditional_summary_is_as_long_as_the_simplified_one() -> None:
    rng = random.Random(1)
    document = "颱風「小犬」將於週六登陸臺灣東部，氣象專家說：裡裡外外都要準備。發出3次警報"
    simplified = to_simplified(document) + "头发干面后里"
    for _ in range(200):
        summary = "".join(rng.choices(simplified, k=rng.randint(0, 30)))
        traditional = to_traditional(summary, document)
        assert len(traditional) == len(summary)


def test_document_comes_back_from_its_own_simplified_form() -> None:
    document = "颱風「小犬」週六登陸臺灣東部，台北裡裡外外都準備，羣眾說：髮型不變，發出3次警報。"
    assert to_traditional(to_simplified(document), document) == document


def test_long_document_is_no_obstacle() -> None:
    document = "颱風登陸臺灣東部沿海地區，" * 77_000  # a million characters
    start = time.perf_counter()
    assert to_traditional("台风登陆，铁路停驶", document) == "颱風登陸，鐵路停駛"
    assert time.perf_counter() - start < 10
