"""What stands around a phrase and takes its meaning away: a denial, a door, a stage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from handrail import Folded, fold

Span: TypeAlias = "tuple[int, int]"

BESIDE = 4
"""Words before a phrase, and behind it, among which such a word may stand in one sentence."""

_ASKED = 10
"""The same for "we are not going to ask you to …", which takes more of them."""

_DEMANDED = 15
"""Words behind a phrase among which what begins with "or" may stand, in any sentence."""

_BREAK = re.compile(r"[.,!?;:\n،؟。，！？；：।…]")


def _all(said: str) -> frozenset[str]:
    return frozenset(fold(said).plain.split())


_NEVER = _all("never nie niemals nunca jamais mai никогда asla ابدا कभी 勿")
_NOT = _all("not t dont nicht ne no non nao не sakin لا मत नहीं 别 不")
"""Words that deny only what follows at once: "don't worry, tell me the code" warns of nothing."""

_NOBODY = _NEVER | _all("nobody none")
_DENIES = _NOT | _NOBODY | _all("pas")
_ASKS = _all(
    "ask asks asking need needs have has request requires require required supposed want wants"
    " pediremos pediran pedimos tienes tiene demanderons demandons demandera chiederemo chiediamo"
    " devi pedimos precisa brauchst brauchen musst mussen"
)
_TO = _all("to for de que di da zu")
"""Behind a denied asking word these say that nobody asks: "you don't have to send me the code"."""

_BRIDGE = _all(
    "will ever be going gonna to would really even also actually le te ti vi vous nous t lhe you we"
    " re ll"
)
"""What may stand between a "not" and the asking that it denies."""

_ANEW = _all(
    "i so and but because just only please they still cause since porque aber weil pero mais ma"
)
"""With these something else begins: "it does not work so I need you to send me the code"."""

_DOORS = _all(
    "door gate garage bike locker wifi house flat building entrance alarm printer tur haustur"
    " fahrradschloss schloss wlan tor keller porte portail immeuble velo cadenas puerta"
    " candado porta portao cancello portone bici bicicletta cadeado двери подъезда домофона замка"
    " kapi kapinin bina الباب दरवाजे"
)
"""What people open with a code of their own; asking for it is no sign."""

_STAGE = _all(
    "singing recital concert match game race wedding graduation karaoke choir rehearsal"
    " competition tournament marathon auftritt konzert hochzeit spiel rennen chor singst singen"
    " boda cantando concierto partido carrera mariage chanter chantant course matrimonio cantare"
    " partita gara concerto casamento jogo corrida"
)
"""What people do before others, so that a recording of it is nothing to threaten with."""

_BARE = _all(
    "naked nude nudes topless undressed yourself urself underwear shower clothes body private"
    " hands dick cock penis pussy oral sex sexual dirty cam webcam call nackt desnuda desnudo nue"
    " nu nuda nudo pelada pelado"
)
_OR = _all(
    "or else unless otherwise viral delete tonight police oder sonst losche losch sino ou sinon"
    " efface oppure altrimenti cancello senno senao apago borro"
)
_OTHERS = _all(
    "contacts followers follower contactos contatti kontakte contatos amigos amici amis freunde"
    " family parents school list facebook conversaciones"
)
"""Words of a phrase that claims to know people rather than to have a recording."""


def denied(folded: Folded, words: Sequence[str], places: Sequence[Span], place: int) -> bool:
    """Whether the phrase at *place* is told not to be followed, in its own sentence."""
    asked, plain = False, True
    for back in range(place - 1, max(-1, place - 1 - _ASKED), -1):
        if _broken(folded, places, back):
            return False
        word, far = words[back], back < place - BESIDE
        if (word in _NEVER and not far) or (back == place - 1 and word in _NOT):
            return True
        if asked and (word in _NOBODY or (plain and word in _DENIES)):
            return True
        if asked and word in _ANEW:
            return False
        plain = plain and (not asked or word in _BRIDGE)
        asked = asked or (word in _ASKS and words[place - 1] in _TO)
    return False


def opens(folded: Folded, words: Sequence[str], places: Sequence[Span], end: int) -> bool:
    """Whether the phrase that ends at *end* goes on with a door, in its own sentence."""
    return any(word in _DOORS for word in _behind(folded, words, places, end))


def on_stage(folded: Folded, words: Sequence[str], places: Sequence[Span], at: Span) -> bool:
    """Whether the recording that a phrase claims, from word to word *at*, is of what everybody saw.

    Nothing is, where somebody is bare, where "or" and the like follow, or where the phrase is
    about whom somebody knows.
    """
    place, end = at
    if not _OR.isdisjoint(words[end : end + _DEMANDED]) or not _OTHERS.isdisjoint(words[place:end]):
        return False
    behind = frozenset(_behind(folded, words, places, end))
    return not _STAGE.isdisjoint(behind) and _BARE.isdisjoint(behind)


def _behind(
    folded: Folded, words: Sequence[str], places: Sequence[Span], end: int
) -> Sequence[str]:
    """The words behind a phrase that ends at *end*, in its own sentence."""
    last = min(len(places), end + BESIDE)
    stop = next((n for n in range(end, last) if _broken(folded, places, n - 1)), last)
    return words[end:stop]


def _broken(folded: Folded, places: Sequence[Span], place: int) -> bool:
    """Whether a sentence, or a part of one, ends behind the word at *place*."""
    between = slice(folded.span(*places[place])[1], folded.span(*places[place + 1])[0])
    return _BREAK.search(folded.raw[between]) is not None
