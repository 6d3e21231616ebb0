"""What a name looks like: one skeleton for all the ways to write what people take for the same."""

from __future__ import annotations

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
    bare = _stripped(core, _shapes(_GENUINE))[-1]
    added = "genuine" if bare != core else added
    stages = _stripped(bare, _shapes(_authority()))
    added = "authority" if len(stages) > 1 else added
    return Name(light.replace(" ", ""), shape, stages, added)


def _stripped(shape: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """*shape*, then without one of *words* at its ends, and so on, as long as a name is left."""
    stages = [shape]
    for _ in range(3):
        left = next(filter(None, (_without(stages[-1], word) for word in words)), None)
        if left is None:
            break
        stages.append(left)
    return tuple(stages)


def _without(shape: str, word: str) -> str | None:
    left = len(shape) - len(word)
    if left < 4:
        return None
    if shape.endswith(word):
        return shape[:left]
    return shape[-left:] if shape.startswith(word) else None
