"""From a text to its language: what says nothing is left out, and what is unsure is not said."""

from __future__ import annotations

import re

from handrail import Context, Item, Language

from ._model import model

LONGEST = 1_000
"""Characters read: no more are needed."""

_SURE = 0.5
_SURE_OF_SHORT = 0.7
_SHORT = 40
"""Letters below which the model has to be surer."""
_FEWEST = 10
"""Letters of the Latin script below which nothing is said: they could be anything."""
_NOISE = re.compile(
    r"https?://\S{1,300}+|www\.\S{1,300}+|[\w.]{0,64}+@\w{1,64}+|#\w{1,64}+|&\w{1,8};|\d+"
)
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_KANA = re.compile("[\u3041-\u30fa\u30fc-\u30ff]")
_HAN = re.compile("[\u3400-\u9fff]")
_PER_KANA = 10
"""Han letters for each Kana up to which a text is Japanese, and not Chinese with a flourish."""
_FEW_HAN = 4
"""Han letters up to which a text may be Chinese or Japanese."""


def _by_script(line: str, letters: int) -> Language | None:
    """Return the language of a text whose letters only one language writes, else None."""
    hangul, kana, han = (len(each.findall(line)) for each in (_HANGUL, _KANA, _HAN))
    if 2 * hangul >= letters:
        return Language("ko", hangul / letters)
    if 2 * (kana + han) < letters:
        return None
    if _PER_KANA * kana >= han > 0 or kana > han:
        return Language("ja", (kana + han) / letters)
    if han <= _FEW_HAN:
        return Language()
    return Language(_of_han("".join(_HAN.findall(line))), (kana + han) / letters)


def _of_han(letters: str) -> str:
    """Say who writes these Han letters: each reform made other short forms of them."""
    japanese, *chinese = (_has(charset, letters) for charset in ("cp932", "gb2312", "big5"))
    return "ja" if japanese and not any(chinese) else "zh"


def _has(charset: str, letters: str) -> bool:
    try:
        letters.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def find_language(item: Item, context: Context) -> Language:
    """Return the language of the text of *item*; MissingExtraError without the extra."""
    return detect(context.text.clean)


def detect(text: str) -> Language:
    """Return the language of *text*, ``und`` where the model is not sure enough."""
    line = " ".join(_NOISE.sub(" ", text[:LONGEST]).replace("\x00", " ").split())
    letters = sum(map(str.isalpha, line))
    if not letters or (letters < _FEWEST and _LATIN.search(line)):
        return Language()
    if written := _by_script(line, letters):
        return written
    if 2 * sum(map(str.isupper, line)) > letters:
        line = line.lower()  # The model takes capitals for another language.
    tag, share = model()(line)
    return (
        Language(tag, share)
        if share >= (_SURE_OF_SHORT if letters < _SHORT else _SURE)
        else Language()
    )
