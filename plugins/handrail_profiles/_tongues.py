"""First-person statements of an age in languages whose grammar needs a pattern of its own.

Apart from ``_ages``, whose patterns languages share that say it as English does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._whose import FAMILY

_CHINESE = "一二三四五六七八九十"
NUMBERS = {
    "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "одиннадцать": 11, "двенадцать": 12,
    "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15, "zehn": 10, "elf": 11, "zwölf": 12,
}  # fmt: skip
"""Words for ages that these patterns know."""

_AGE = rf"(?P<age>\d{{1,2}}(?!\d)|(?:{'|'.join(NUMBERS)})(?!\w))"
_OLD = r"(?:\s?(?:yrs?|years?)\sold|\s?y/?o)?"
_END = r"(?=\s{0,3}(?:$|[\n!?;|)~·•✨.,،。！，、]|[^\w\s]))"
_SOON = rf"(?:{_END}|(?=\s(?:in|on|this|next|soon|tomorrow)(?!\w)))"
_SAID = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        # Russian, Ukrainian.
        (
            rf"(?<!\w)(?:мне|мені)\s(?:уже\s|всего\s|только\s|сейчас\s|вже\s)?{_AGE}"
            rf"(?:\s(?:лет|года?|годик\w{{0,3}}|років|роки|рік))?{_END}"
        ),
        # Turkish.
        rf"(?<!\w){_AGE}\s?yaş[ıi]nday[ıi]m(?!\w)",
        rf"(?<!\w)yaş[ıi]m\s{_AGE}{_END}",
        # Indonesian, Vietnamese.
        (
            rf"(?<!\w)(?:(?:aku|saya|gue|gw)\s(?:(?:ber)?umur\s|masih\s|baru\s){{1,2}}|umurku\s){_AGE}"
            rf"(?:\s?(?:tahun|thn|th))?{_END}(?!\W{{1,3}}(?:bisnis|usaha|toko)ku)"
        ),
        rf"(?<!\w)(?:mình|em|tôi|tớ|tui)\s(?:mới\s|năm\snay\s)?{_AGE}\stuổi{_END}",
        # Arabic.
        rf"(?<!\w)(?:عمري|وعمري|عندي)\s{_AGE}\s?(?:سنة|سنه|عاما?|سنين|سنوات)(?!\s(?:خبرة|خبره|من|في|مع))",
        rf"(?<!\w)و?عمري\s{_AGE}{_END}",
        # Hindi.
        rf"(?<!\w)मैं\s(?:अभी\s|सिर्फ\s)?{_AGE}\sसाल\s(?:का|की|के)\sह",
        rf"(?<!\w)मेरी\s(?:उम्र|आयु)\s(?:सिर्फ\s)?{_AGE}",
        # Polish, Swedish, Danish, Norwegian.
        (
            rf"(?:^|[^\w\s]\s{{0,3}}|(?<!\w)(?:ja|i|a|hej|hejka|cześć|siema|teraz)\s)mam\s(?:dopiero\s|tylko\s|już\s)?{_AGE}\s(?:lat|latek|lata|roczk\w)"
            r"(?!\s(?:doświadczenia|stażu|praktyki|temu))"
        ),
        rf"(?<!\w)(?:jag\s(?:är|e)|jeg\ser)\s(?:bara\s|kun\s|bare\s)?{_AGE}(?:\sår)?{_END}",
        # Chinese, Japanese, Korean.
        (
            rf"(?<!那时)(?<!时候)(?<!当时)我(?:今年|现在|才|刚|刚满|已经|只有)?(?P<age>\d{{1,2}}|[{_CHINESE}]{{1,3}})\s?(?:岁|歲)"
            r"(?=\s{0,3}(?:$|[\n。，,.!！~|/・、]|了|啦|的?(?:女|男|小学生|学生)))"
        ),
        (
            r"(?:^|[\s、。,.|/・])(?:私は|僕は|俺は|うちは)(?P<age>\d{1,2})\s?(?:歳|才)"
            r"(?=です|だよ|の女|の男|になり|[、。!！|/・]|$)"
        ),
        r"(?:^|[\s,.|/])(?:저는|나는|난|전)\s?(?P<age>\d{1,2})\s?살(?=이에요|예요|입니다|이야|임|\s?[.,!|/]|\s?$)",
    )
)
_BARE = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        (
            r"(?:^|[\s、。,.|/・])今?(?P<age>\d{1,2})\s?(?:歳|才)"
            r"(?=です|だよ|の女|の男|になり|[\s、。!！|/・]|$)"
        ),
        (
            rf"(?:^|[，。,.|/·]\s?)(?:今年|刚满|才)?(?P<age>\d{{1,2}}|[{_CHINESE}]{{1,3}})\s?(?:岁|歲)"
            r"(?=[。，,.!！~|/・、]|$)"
        ),
        rf"(?:^|[\n|·•.,!✨]\s?)only\s{_AGE}{_OLD}(?=\s{{0,3}}(?:$|[\n!;|)~·•✨.,])|\s(?:don'?t|so|and|pls|please|lol)(?!\w))",
        rf"(?:^|[\n|·•✨])\s?bin\s(?:erst\s)?{_AGE}(?=\s(?:und|aber|aus)(?!\w))",
        rf"(?:^|[\n|·•✨,]\s?){_AGE}\s?j\.?(?=\s?(?:[|/,·•\n]|$))",
        r"[|·•✨🌸💕🎀]\s?(?P<age>[89]|1\d)\s?(?=[|·•✨🌸💕🎀]\s?[^\W\d])",
        r"(?:^|[,.|/]\s?)(?:올해\s?)?(?P<age>\d{1,2})\s?살(?=이에요|예요|입니다|이야|임|\s?[.,!|/]|\s?$)",
    )
)
_OF_A_PET = re.compile(
    r"(?:犬|猫|ペット|うさぎ|わんこ|にゃんこ|娘|息子|弟|妹|강아지|고양이|딸|아들|동생)\W{0,3}$"
)
_OF_CHILDREN = re.compile(
    rf"(?<!\w)(?:{FAMILY}|coach|teacher"
    r"|мама|папа|матка|mamo|matka|tata|anne|baba|moeder|vader|mor|far)"
    r"(?!\w)[^\n|•]{0,40}$",
    re.IGNORECASE,
)
"""The beginning of a sentence that goes on with the age of somebody's children."""

_NEXT = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"(?<![\w'])(?:i'?m|i\sam)\s(?:almost|nearly|about\sto\sbe|turning)\s{_AGE}{_OLD}{_SOON}",
        rf"(?<![\w'])(?:i'?m|i\sam)\s(?:still\s)?(?:under|below|younger\sthan)\s{_AGE}{_SOON}",
        rf"(?<![\w'])(?:i'?m|i\sam)\s(?:still\s)?(?:under|below)\s{_AGE}(?=\s(?:but|so|and)(?!\w))",
        rf"(?<![\w'])(?:i'?m|i\sam)\snot\s(?:even\s)?{_AGE}\syet(?!\w)",
        rf"(?<!\w)my\s{_AGE}th\s(?:birthday|bday|b-day)\sis\s(?:today|tomorrow|soon|in|on|next|this|coming)",
        (
            rf"(?<!\w)(?:ich\s)?werde\s(?:bald|morgen|demnächst|im\s\w{{3,9}}|nächst\w{{1,3}}\s\w{{3,9}})\s{_AGE}"
            rf"(?:\sjahre)?(?:\salt)?{_END}"
        ),
        rf"(?<!\w)(?:ich\s)?bin\s(?:fast|beinahe|knapp)\s{_AGE}(?:\sjahre)?(?:\salt)?{_END}",
        rf"(?<!\w)j'ai\s(?:bientôt|presque)\s{_AGE}\sans{_END}",
        rf"(?<!\w)tengo\scasi\s{_AGE}(?:\saños)?{_END}",
        rf"(?<!\w)tenho\squase\s{_AGE}(?:\sanos)?{_END}",
        rf"(?<!\w)ho\squasi\s{_AGE}(?:\sanni)?{_END}",
        rf"(?<!\w)мне\s(?:скоро|почти)\s(?:будет\s)?{_AGE}(?:\sлет)?{_END}",
    )
)
_BARE_NEXT = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"(?:^|[\n|·•.,!✨]\s?)(?:almost|nearly|turning|soon)\s{_AGE}{_OLD}{_SOON}",
        rf"(?<!\w)(?:pronto\s)?cumplo\s{_AGE}(?:\saños)?{_END}",
        rf"(?<!\w)(?:vou\sfazer|faço)\s{_AGE}(?:\sanos)?{_END}",
        rf"(?<!\w)(?:compio|sto\sper\scompiere)\s{_AGE}(?:\sanni)?{_END}",
        rf"(?<!\w)(?<!мне\s)скоро\s(?:будет\s)?{_AGE}(?:\sлет)?{_END}",
    )
)


def of_children(before: str) -> bool:
    """Whether what stands before an age says that it is of somebody's children."""
    return _OF_CHILDREN.search(before) is not None


def said(text: str) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the ages that *text* states in the first person, and where."""
    for pattern in _SAID:
        for match in pattern.finditer(text):
            yield _number(match["age"]), match.span()
    for pattern in _NEXT:
        for match in pattern.finditer(text):
            yield _number(match["age"]) - 1, match.span()


def unowned(text: str) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield ages that *text* states without saying whose: a shop's or a pet's are written so."""
    for pattern in _BARE:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 50) : match.start("age")]
            if not (_OF_A_PET.search(before[-12:]) or of_children(before)):
                yield _number(match["age"]), match.span()
    for pattern in _BARE_NEXT:
        for match in pattern.finditer(text):
            yield _number(match["age"]) - 1, match.span()


def _number(written: str) -> int:
    if written.isdecimal():
        return int(written)
    if written.lower() in NUMBERS:
        return NUMBERS[written.lower()]
    tens, ten, ones = written.rpartition("十")
    digits = dict(zip(_CHINESE, range(1, 11), strict=True))
    return (10 * digits.get(tens, 1) if ten else 0) + digits.get(ones, 0)
