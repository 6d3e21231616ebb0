"""First-person statements of an age in languages whose grammar needs a pattern of its own.

Apart from ``_ages``, whose patterns languages share that say it as English does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CHINESE = "一二三四五六七八九十"
_AGE = r"(?P<age>\d{1,2}(?!\d))"
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
            r"(?=です|だよ|の女|の男|になり|[、。!！|/・]|$)"
        ),
        r"(?:^|[,.|/]\s?)(?:올해\s?)?(?P<age>\d{1,2})\s?살(?=이에요|예요|입니다|이야|임|\s?[.,!|/]|\s?$)",
    )
)
_OF_A_PET = re.compile(
    r"(?:犬|猫|ペット|うさぎ|わんこ|にゃんこ|娘|息子|弟|妹|강아지|고양이|딸|아들|동생)\W{0,3}$"
)
_NEXT = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"(?<![\w'])(?:i'?m|i\sam)\s(?:almost|nearly|about\sto\sbe|turning)\s{_AGE}{_OLD}{_SOON}",
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
_PRIMARY = {"cp": 7, "ce1": 8, "ce2": 9, "cm1": 10, "cm2": 11, "6e": 12, "6ème": 12, "sixième": 12}
_CLASS = re.compile(
    rf"(?<!\w)(?:je\ssuis|j'suis|chui)\sen\s(?P<class>{'|'.join(_PRIMARY)})(?!\w)"
    r"|(?<!\w)(?:estoy|voy)\s(?:en|a)\s(?P<grade>[1-6])\s?[º°ª]?\s(?:grado\s)?de\sprimaria(?!\w)"
    r"|(?<!\w)(?:estou|tô|to)\sno\s(?P<year>[1-7])\s?[º°]\sano(?!\w)"
    r"(?!\s(?:d[aeo]|n[ao]|em)\s(?!(?:ensino\s)?fundamental|escola|prim[áa]ri[ao]))",
    re.IGNORECASE,
)


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
            if not _OF_A_PET.search(text[max(0, match.start() - 12) : match.start("age")]):
                yield _number(match["age"]), match.span()
    for pattern in _BARE_NEXT:
        for match in pattern.finditer(text):
            yield _number(match["age"]) - 1, match.span()


def in_class(text: str) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the most that pupils are old of the classes that *text* says its author is in."""
    for match in _CLASS.finditer(text):
        if match["class"]:
            yield _PRIMARY[match["class"].lower()], match.span()
        else:
            yield int(match["grade"] or match["year"]) + 6, match.span()


def _number(written: str) -> int:
    if written[0] not in _CHINESE:
        return int(written)
    tens, ten, ones = written.rpartition("十")
    digits = dict(zip(_CHINESE, range(1, 11), strict=True))
    return (10 * digits.get(tens, 1) if ten else 0) + digits.get(ones, 0)
