"""Whose a contact seems to be, going by the words next to it; nobody knows more from a text."""

from __future__ import annotations

import enum
import re


class Whose(enum.StrEnum):
    """The person that the words around a contact point to."""

    OWN = "own"
    READER = "reader"
    OTHER = "other"
    OPEN = "open"


_BEFORE = 48
_AFTER = 24
_BREAK = re.compile(r"[.!?\n](?=\s|$)")
_OWN = (
    r"my|me|mine|i|i'm|im|i've|us|our|ours|we|mein|meine|meiner|mir|mich|uns|unser|unsere"
    r"|mon|ma|moi|nous|notre|mi|mí|nuestro|meu|minha|mim|io|mio|mia"
)
_READER = r"your|ur|yours|dein|deine|deiner|euer|ton|votre|tu|teu|seu|sua|tuo|tua"
_OTHER = (
    r"his|her|hers|their|theirs|him|them|she|he|they|ihn|ihm|sein|seine|seiner|ihre|ihrer|ihrem"
    r"|this\s(?:guy|girl|man|woman|dude|kid|person|chick|loser|creep|idiot)"
    r"|leur|lui|elle|ella|él|dele|dela|suo|ex|neighbou?r|boss|teacher"
    r"|(?!(?:it|that|what|there|here|let|who|how|where)['’])[^\W\d_]+['’]s"
    r"(?=\s(?:number|cell|phone|mobile|email|e-mail|mail|address|insta|snap|iban|account|card|home"
    r"|work|private|real)\b)"
)
_WORDS = re.compile(
    rf"(?<![\w'’])(?:(?P<own>{_OWN})|(?P<reader>{_READER})|(?P<other>{_OTHER}))(?!\w)",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"^\W{0,3}(?:is|was|that'?s|it'?s|belongs\sto)\s(?:(?P<own>my|mine|me)|(?P<reader>your|yours|ur)"
    r"|(?P<other>his|her|hers|their|theirs|him|\w+['’]s))(?!\w)",
    re.IGNORECASE,
)


def whose(text: str, start: int, end: int) -> Whose:
    """Return whose the contact at *start* to *end* of *text* seems to be."""
    if after := _AFTERWARDS.match(text[end : end + _AFTER]):
        return _person(after)
    sentences = _BREAK.split(text[max(0, start - _BEFORE) : start])
    before = next(filter(str.strip, reversed(sentences)), "")
    nearest = [*_WORDS.finditer(before)][-1:]
    return _person(nearest[0]) if nearest else Whose.OPEN


def _person(match: re.Match[str]) -> Whose:
    return Whose.OWN if match["own"] else Whose.READER if match["reader"] else Whose.OTHER
