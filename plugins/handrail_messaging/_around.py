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

_DENIES = _NOT | _NEVER | _all("pas nobody")
_ASKS = _all(
    "ask asks asking need needs have has request requires require required supposed want wants"
    " pediremos pediran pedimos tienes tiene demanderons demandons demandera chiederemo chiediamo"
    " devi pedimos precisa brauchst brauchen musst mussen"
)
_TO = _all("to for de que di da zu")
"""Behind a denied asking word these say that nobody asks: "you don't have to send me the code"."""

_DOORS = _all(
    "door gate garage bike locker wifi house flat building entrance alarm printer tur haustur"
    " fahrradschloss schloss wlan tor keller porte portail immeuble velo cadenas puerta"
    " candado porta portao cancello portone bici bicicletta cadeado двери подъезда домофона замка"
    " kapi kapinin bina الباب दरवाजे"
)
"""What people open with a code of their own; asking for it is no sign."""

_STAGE = _all(
    "singing dancing playing performing running skating skiing surfing climbing speaking talking"
    " cycling winning graduating juggling cooking recital concert match game race wedding"
    " graduation karaoke choir rehearsal competition tournament talent marathon auftritt konzert"
    " hochzeit spiel rennen chor singst singen tanzen tanzt tanz boda cantando bailando jugando"
    " concierto partido carrera mariage chanter danser dansant chantant match course matrimonio"
    " cantare ballare ballando partita gara concerto casamento dancando jogando jogo corrida"
)
"""What people do before others, so that a recording of it is nothing to threaten with."""

_BARE = _all(
    "naked nude nudes topless undressed yourself urself underwear shower nackt desnuda desnudo nue"
    " nu nuda nudo pelada pelado"
)
_OR = _all(
    "or else unless otherwise viral oder sonst o sino ou sinon oppure altrimenti senno senao"
)


def denied(folded: Folded, words: Sequence[str], places: Sequence[Span], place: int) -> bool:
    """Whether the phrase at *place* is told not to be followed, in its own sentence."""
    asked = False
    for back in range(place - 1, max(-1, place - 1 - _ASKED), -1):
        if _broken(folded, places, back):
            return False
        word, far = words[back], back < place - BESIDE
        if (word in _NEVER and not far) or (back == place - 1 and word in _NOT):
            return True
        if asked and word in _DENIES:
            return True
        asked = asked or (word in _ASKS and words[place - 1] in _TO)
    return False


def opens(folded: Folded, words: Sequence[str], places: Sequence[Span], end: int) -> bool:
    """Whether the phrase that ends at *end* goes on with a door, in its own sentence."""
    return any(word in _DOORS for word in _behind(folded, words, places, end))


def on_stage(folded: Folded, words: Sequence[str], places: Sequence[Span], end: int) -> bool:
    """Whether the recording that a phrase up to *end* claims is of what everybody saw.

    Nothing is, where somebody is bare, or where "or" and the like follow.
    """
    if not _OR.isdisjoint(words[end : end + _DEMANDED]):
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
