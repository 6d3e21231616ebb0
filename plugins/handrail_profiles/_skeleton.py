"""What a name looks like: one skeleton for all the ways to write what people take for the same."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

import attrs

from handrail import Fold, fold

from ._roles import words

LONGEST = 100
"""Characters of a name that are looked at."""

_LEET = Fold(leet=True)
_LIGHT = Fold(look_alikes=False, emoji=False)
_PAIRS = (("rn", "m"), ("vv", "w"))
_AUTHORITY = (
    "support", "supports", "service", "help", "helpdesk", "helpcenter", "care", "customer",
    "customercare", "customerservice", "team", "admin", "security", "verification", "billing",
    "recovery", "alerts", "center", "centre", "desk", "management", "giveaway", "giveaways",
    "kundenservice", "kundendienst", "hilfe", "soporte", "ayuda", "servicio", "atencion",
    "suporte", "ajuda", "assistenza", "moderator", "staff", "cm", "communitymanager", "refund",
    "refunds", "dept", "department", "mgmt", "manager", "booking", "bookings", "promo",
    "promotions",
    "rückerstattung", "reembolso", "reembolsos", "rimborsi", "remboursement", "remboursements",
    "возврат", "mitarbeiter", "equipo", "equipe", "ekibi", "команда",
)  # fmt: skip
_GENUINE = (
    "official", "officials", "officiel", "officielle", "oficial", "offiziell", "ufficiale", "real",
    "thereal", "the", "verified", "original", "originale", "iam", "its", "only", "hq", "private",
    "backup", "new", "page", "account", "acc", "vip", "usa", "uk", "us", "global", "international",
    "deutschland", "france", "españa", "brasil", "italia", "türkiye",
    "verdadero", "elverdadero", "verdadera", "laverdadera", "verdadeiro", "overdadeiro",
    "averdadeira", "ilvero", "lavera", "levrai", "lavraie", "derechte", "dieechte", "echt", "echte",
    "официальный", "официальная", "официально", "настоящий", "настоящая", "resmi", "gerçek",
    "oficjalny", "prawdziwy", "officieel", "公式", "本人", "本物", "官方", "공식", "본인",
    "الرسمي", "رسمي", "الحقيقي", "आधिकारिक",
)  # fmt: skip
_AHEAD = frozenset({"the", "its", "iam"})
_LONG = 9
"""Short words that are run on in front of names, and letters of a name before any may be."""

_WORD_ENDS = re.compile(r"[\W_]+|(?<=[^\W\d_A-Z])(?=[A-Z])")
_DIGITS = re.compile(r"(?<=[^\W\d_])[\W_]{0,3}\d{1,6}$")


def _shape(words: str) -> str:
    shape = words.replace(" ", "").replace("l", "i")
    for pair, looks_like in _PAIRS:
        shape = shape.replace(pair, looks_like)
    return shape


def _authority() -> tuple[str, ...]:
    """Words of authority, those of the platform's offices among them, in all languages."""
    return (*_AUTHORITY, *(word for word, kind in words().items() if kind != "filler"))


@lru_cache(maxsize=4)
def _shapes(words: tuple[str, ...]) -> tuple[str, ...]:
    """As they look, the longest first, so that no shorter one hides it."""
    return tuple(sorted({_shape(fold(word, _LEET).plain) for word in words}, key=len, reverse=True))


@attrs.frozen(repr=False)
class Name:
    """A name, as people see it.

    Attributes:
        light: Case-folded, in compatibility form, without spaces: what it says.
        shape: Its skeleton: what it looks like.
        stages: The skeleton without added digits and words such as official, then the same with
            one word of authority less each; the whole where nothing was added.
        added: What was added: ``authority``, ``genuine``, ``digits`` or nothing.
    """

    light: str
    shape: str
    stages: tuple[str, ...]
    added: str | None


def shape_of(text: str) -> str:
    """What a name looks like, without spaces."""
    return _shape(fold(text[:LONGEST], _LEET).plain)


def light_of(text: str) -> str:
    """What a name says, without spaces."""
    return fold(text[:LONGEST], _LIGHT).plain.replace(" ", "")


def name(text: str) -> Name:
    """Read a name; only its first LONGEST characters count."""
    text = text[:LONGEST]
    light = fold(text, _LIGHT).plain
    shape = shape_of(text)
    undated = _DIGITS.sub("", text)
    core = shape if undated == text else shape_of(undated)
    added = "digits" if core != shape else None
    whole = _Piece(undated, core, 0, len(core))
    bare = _stripped(whole, _shapes(_GENUINE))[-1]
    added = "genuine" if bare.shape != core else added
    stages = tuple(each.shape for each in _stripped(bare, _shapes(_authority())))
    added = "authority" if len(stages) > 1 else added
    return Name(light.replace(" ", ""), shape, stages, added)


@attrs.frozen(repr=False)
class _Piece:
    """What is left of a name: from *start* to *end* of the skeleton of *text*."""

    text: str
    core: str
    start: int
    end: int

    @property
    def shape(self) -> str:
        return self.core[self.start : self.end]

    def without(self, word: str) -> _Piece | None:
        """The rest without *word* at one end; a short one has to be a word of its own."""
        shape, left = self.shape, len(self.shape) - len(word)
        if left < 4:
            return None
        run_on = len(word) > 3 or not word.isascii() or left >= _LONG
        if shape.endswith(word) and (run_on or self.end - len(word) in _ends(self.text)):
            return attrs.evolve(self, end=self.end - len(word))
        run_on = run_on or word in _AHEAD
        if shape.startswith(word) and (run_on or self.start + len(word) in _ends(self.text)):
            return attrs.evolve(self, start=self.start + len(word))
        return None


@lru_cache(maxsize=4)
def _ends(text: str) -> frozenset[int]:
    """Where in the skeleton of a name its words end, by spaces, signs and capital letters."""
    sizes = (len(shape_of(part)) for part in _WORD_ENDS.split(text))
    return frozenset(itertools.accumulate(sizes))


def _stripped(piece: _Piece, words: tuple[str, ...]) -> tuple[_Piece, ...]:
    """*piece*, then without one of *words* at its ends, and so on, as long as a name is left."""
    stages = [piece]
    for _ in range(3):
        left = next(filter(None, map(stages[-1].without, words)), None)
        if left is None:
            break
        stages.append(left)
    return tuple(stages)
