"""The catalogue: what to say about an outcome, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from handrail import Action, Judged, expand
from handrail.errors import InvalidValueError
from handrail_notices._compose import Cards, Line, Said, compose
from handrail_notices._lacks import Lack, lacks
from handrail_notices._shelf import Shelf
from handrail_notices._speech import Speech
from handrail_notices._support import SupportCard, shipped, wanted
from handrail_notices._support import read as read_cards

if TYPE_CHECKING:
    from handrail import Node

CARDS_MOST = 3
"""Help lines a notice has, beside the emergency number."""

ACTIONS = (Action.NUDGE, Action.LIMIT, Action.HOLD, Action.BLOCK)
"""The actions that a notice is owed for."""


class Catalogue:
    """Notices in the author's language: what became of it, why, by which rule, what now.

    Args:
        languages: Languages to speak, BCP 47; the first is for whoever speaks none of them.
            None means every language there is, English first.
        directory: A directory of files such as ``de.ftl`` (Project Fluent) whose messages replace
            single ones or add a language, and perhaps a ``support.csv``.
        appeal_url: Where an appeal begins; ``{decision}`` in it becomes the decision's id.
            Without it no notice speaks of one.
        cards: Whether help lines stand in the notice; False where the product shows them itself.

    Raises ConfigError with ``file:line:column`` for a file that cannot be used, and
    UnknownNameError for a language without a file.
    """

    def __init__(
        self, *, languages: Iterable[str] | None = None, directory: str | Path | None = None,
        appeal_url: str | None = None, cards: bool = True,
    ) -> None:  # fmt: skip
        folder = None if directory is None else Path(directory)
        self._shelf = Shelf(folder, languages)
        self._cards, self._appeal = cards, _address(appeal_url)
        self._lines = shipped()
        if folder is not None and (folder / "support.csv").is_file():
            self._lines = read_cards(folder / "support.csv").over(shipped())

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in use; the first is for whoever speaks none of them."""
        return self._shelf.languages

    def notice(self, judged: Judged) -> str | None:
        """Return the notice for an outcome, or None where nothing is to be said."""
        appeal = self._appeal and self._appeal.replace("{decision}", judged.decision)
        lines = compose(judged, appeal)
        speeches = self._shelf.best(judged.language) if lines else ()
        texts = (self._text(speech, lines, judged.region) for speech in speeches)
        return next((text for text in texts if text is not None), None)

    def reply(self, kind: str, language: str | None, until: datetime | None = None) -> str | None:
        """Return what somebody who reported is told, in their language; see ReporterNotices."""
        values = {} if until is None else {"until": until}
        said = Said((f"reply-{kind.replace('_', '-')}",), values)
        texts = (speech.say(said) for speech in self._shelf.best(language))
        return next((text for text in texts if text is not None), None)

    def support_cards(
        self, kinds: Iterable[str], region: str | None, language: str | None = None
    ) -> tuple[SupportCard, ...]:
        """Return who helps in a region, speakers of *language* first, an emergency number last.

        Where a kind has no line in the country, those that help everywhere stand in.
        """
        named = Said(("emergency-name",))
        name = next(filter(None, (s.say(named) for s in self._shelf.best(language))), "")
        country = region.split("-")[0] if region else None
        cards = wanted(self._lines, kinds, country, language)
        return tuple(card if card.name else attrs.evolve(card, name=name) for card in cards)

    def missing(
        self, languages: Iterable[str], issues: Iterable[str] = ("*",),
        actions: Iterable[Action | str] = ACTIONS,
    ) -> tuple[Lack, ...]:  # fmt: skip
        """Return the notices that cannot be given in these languages.

        A market with any is not ready. *issues* are names or patterns; raises UnknownNameError
        for one that means none.
        """
        names, asked = sorted(expand(issues)), [Action.parse(action) for action in actions]
        pairs = [(name, action) for name in names for action in asked]
        return tuple(
            lack for tag in languages for pair in pairs for lack in lacks(self._shelf, tag, *pair)
        )

    def _text(self, speech: Speech, lines: Iterable[Line], region: str | None) -> str | None:
        """The notice in one language; None where it cannot say all of it."""
        said: list[str | None] = []
        for line in lines:
            if isinstance(line, str):
                said.append(line)
            elif isinstance(line, Cards):
                said += self._help(speech, line, region) if self._cards else ()
            else:
                sentences = [speech.say(each) for each in line]
                said.append(None if None in sentences else " ".join(map(str, sentences)))
        return None if None in said else "\n".join(map(str, said))

    def _help(self, speech: Speech, place: Cards, region: str | None) -> Iterator[str | None]:
        *cards, emergency = self.support_cards(place.kinds, region, speech.language)
        lines = [text for card in cards[:CARDS_MOST] for text in _card(speech, card)]
        if lines:
            yield speech.say(place.intro)
        yield from lines
        phone = emergency.phone
        last = Said(("emergency-number",), {"phone": phone}) if phone else Said(("emergency",))
        yield speech.say(last)


def _card(speech: Speech, card: SupportCard) -> Iterator[str | None]:
    if card.phone:
        yield speech.say(Said(("card",), {"name": card.name, "phone": card.phone}))
    elif card.text:
        yield speech.say(Said(("card-text",), {"name": card.name, "text": card.text}))
    else:
        yield speech.say(Said(("card-link",), {"name": card.name}))
        yield card.url


def _address(url: str | None) -> str | None:
    if url is not None and not (url.startswith(("https://", "http://")) and url.isprintable()):
        raise InvalidValueError("appeal_url: expected an address that begins with https://")
    return url


@cache
def _default() -> Catalogue:
    return Catalogue()


def support_cards(
    kinds: Iterable[str], region: str | None, language: str | None = None
) -> tuple[SupportCard, ...]:
    """Return who helps in a region, from the list that comes along; see Catalogue."""
    return _default().support_cards(kinds, region, language)


def load(node: Node) -> Catalogue:
    """Read the ``notices`` of settings; raises ConfigError with ``file:line:column``."""
    keys = node.keys(("languages", "directory", "appeal_url", "cards"))
    directory, address = keys.get("directory"), keys.get("appeal_url")
    folder = None
    if directory is not None:
        folder = (node.file.parent if node.file else Path()) / directory.text()
        if not folder.is_dir():
            raise directory.fail("no such directory")
    if address is not None:
        with address.blame():
            _address(address.text())
    with keys.get("languages", node).blame():
        return Catalogue(
            languages=keys["languages"].texts() if "languages" in keys else None,
            directory=folder,
            appeal_url=None if address is None else address.text(),
            cards=keys["cards"].flag() if "cards" in keys else True,
        )
