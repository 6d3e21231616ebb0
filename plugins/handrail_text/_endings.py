"""Endings and prefixes: the forms of a listed word in languages that glue them on.

A word is read as a term if it is one with an ending of the term's language, no other part of it:
what only begins like a term, or holds one, is another word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail import Fold, Folded, fold

from ._skeleton import Skeleton, once

_LAUGHS = ("", "ㅋ", "ㅎ", "ㅠ", "ㅜ")
_PARTICLES = (
    "은 는 이 가 을 를 의 에 에게 한테 와 과 도 만 로 으로 들 들이 들은 들을 들의 들도 들아 들한테 "
    "아 야 이야 냐 이냐 네 이네 네요 이네요 다 이다 임 인 이고 지 이지 처럼 같은 같이 같아 "
    "같네 같다 나 이나 랑 이랑 라 이라 라고 이라고 라는 이라는 인가 인데 인지 요 이요 예요 이에요 "
    "입니다 군 이군 구나 까지 부터 보다 조차 마저 뿐 면 이면 니까 이니까 "
    "하네 하네요 하지 하고 하는 한다 해 하냐 하노 하지마 합니다 함"
)
_ENDINGS = {
    "ar": "ك كم ه ها هم هن نا ين ون ات ي",
    "id": "nya mu ku lu lah kah",
    "ko": " ".join(f"{p}{laugh}" for p in ("", *_PARTICLES.split()) for laugh in _LAUGHS),
    "ru": "а у ом е и ы ов ам ами ах ой ою ей",
    "tr": (
        "lar ler lari leri larin lerin lara lere larda lerde lardan lerden larla lerle "
        "i u e a in un im um sin sun siniz sunuz sunlar sinler yi yu ye ya nin nun ni nu "
        "de da te ta den dan ten tan le la yle yla yim yum dir dur tir tur "
        "lik luk ligi lugu lige luga ce ca"
    ),
}
_PREFIXES = {"ar": "ال و ب يا وال بال فال لل عال هال ولا"}
_SHORTEST = {"ko": 2}
_SHORT = 3
"""Letters a word has at least that an ending is cut from; in Korean letters are syllables."""

_LONGEST = 8
"""Letters an ending may have."""

_PREFIX = 3
"""Letters a prefix may have."""

_HEAD = 2
"""Letters that tell most words from those of terms."""

_VERBAL = re.compile("[라져해쳐어까다고네][ㅋㅎ]?$")
"""Korean words that are no nouns: what stands behind them makes another clause of them."""


class Endings:
    """Words of terms that take endings, and the endings of their languages.

    Once all words are learnt nothing in it changes: threads share it.
    """

    def __init__(self, how: Fold) -> None:
        self._behind = _folded(_ENDINGS, how)
        self._before = _folded(_PREFIXES, how)
        self._lasts = {ending[-1] for ending in self._behind}
        self._firsts = {prefix[0] for prefix in self._before}
        self._stems: dict[str, frozenset[str]] = {}
        self._heads: set[str] = set()

    def __getstate__(self) -> dict[str, object]:
        """Return what a copy has, which may learn more."""
        return {**vars(self), "_stems": {**self._stems}, "_heads": {*self._heads}}

    def learn(self, phrase: str, skeleton: str, language: str) -> None:
        """Remember the words of a *phrase* that folds to *skeleton*."""
        if language not in _ENDINGS or _VERBAL.search(phrase):
            return
        for word in skeleton.split(" "):
            if len(word) >= _SHORTEST.get(language, _SHORT):
                self._stems[word] = self._stems.get(word, frozenset()) | {language}
                self._heads.add(word[:_HEAD])

    def stem(self, word: str) -> tuple[int, int] | None:
        """Return where a listed word begins and ends in *word*, less than all of it, or None."""
        if word[-1:] in self._lasts and word[:_HEAD] in self._heads:
            for end in range(len(word) - 1, max(0, len(word) - _LONGEST - 1), -1):
                languages = self._behind.get(word[end:])
                if languages and not languages.isdisjoint(self._stems.get(word[:end], ())):
                    return 0, end
        if word[:1] in self._firsts:
            for start in range(1, min(_PREFIX + 1, len(word) - 1)):
                languages = self._before.get(word[:start])
                if languages and not languages.isdisjoint(self._stems.get(word[start:], ())):
                    return start, len(word)
        return None

    def bare(self, word: str) -> str:
        """Return the listed word in *word*, or all of it."""
        stem = self.stem(word)
        return word[stem[0] : stem[1]] if stem else word

    def views(self, text: str, whole: Folded, how: Fold) -> Iterator[Skeleton]:
        """Yield *text*, which folds to *whole*, with the listed words in it for their forms."""
        view, place, dropped = Skeleton.of(whole), 1, set[int]()
        for word in view.skeleton[1:-1].split(" "):
            stem = self.stem(word)
            for start, end in ((0, stem[0]), (stem[1], len(word))) if stem else ():
                if start < end:
                    dropped.update(range(*view.span(place + start, place + end)))
            place += len(word) + 1
        if dropped:
            kept = [i for i in range(len(text)) if i not in dropped]
            yield Skeleton.of(fold("".join(text[i] for i in kept), how), kept)


def _folded(by_language: dict[str, str], how: Fold) -> dict[str, frozenset[str]]:
    """Return the languages of each ending as a folded text has it."""
    found: dict[str, frozenset[str]] = {}
    for language, endings in by_language.items():
        for ending in filter(None, endings.split()):
            plain = once(fold(ending, how).plain.strip())
            found[plain] = found.get(plain, frozenset()) | {language}
    return found
