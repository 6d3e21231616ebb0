"""The rooms of this process, and who wrote in them before; both bounded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from handrail import Actor, Context, Count, Item

from ._arrivals import KINDS, stem
from ._danger import learn_danger
from ._raid import coming, hostile, slow_down, warns
from ._room import Room, stage_of
from ._settings import Settings


class Rooms:
    """Remembers what rooms are like, and counts who talks in them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rooms: OrderedDict[str, Room] = OrderedDict()
        self._seen: tuple[set[int], set[int]] = (set(), set())

    def __len__(self) -> int:
        """How many rooms are remembered."""
        return len(self._rooms)

    @property
    def people(self) -> int:
        """How many people are remembered, once for every room."""
        return sum(map(len, self._seen))

    def room(self, item: Item) -> Room | None:
        """Return what is remembered of the room of *item*."""
        return None if item.session_id is None else self._rooms.get(item.session_id)

    def newcomer(self, item: Item) -> bool:
        """Whether the author of *item* has not written in its room before."""
        if item.author is None or item.session_id is None:
            return False
        key = hash((item.session_id, item.author.id))
        return key not in self._seen[0] and key not in self._seen[1]

    def new_account(self, author: Actor | None) -> bool | None:
        """Whether an account is new; None if nobody says."""
        if author is None or author.tenure_days is None:
            return None
        return author.tenure_days < self._settings.new_days

    def learn(self, item: Item, context: Context) -> Iterator[Count]:
        """Remember what the room of *item* is like."""
        if item.session_id is None:
            return
        at = context.at.timestamp()
        room = self._open(item.session_id)
        if item.participants:
            room.stage = stage_of(item.participants, at)
        learn_danger(item, context, room)
        if item.kind in KINDS and item.revision <= 1 and stem(item.text) is not None:
            room.arrivals.add(item.text, at)
        if item.kind not in ("text", "media") or item.revision > 1:
            return
        newcomer = self.newcomer(item)
        if slow_down(room, at, self._settings):
            room.advised = at
        if newcomer and warns(room, at) and coming(room, at, self._settings):
            room.warned = at
        harsh = newcomer and hostile(context.found)
        account = self.new_account(item.author)
        room.count(at, newcomer=newcomer, account=account, hostile=harsh)
        if item.author is not None:
            self._see(hash((item.session_id, item.author.id)))
            yield Count("talking", item.session_id, item.author.id)

    def _open(self, session: str) -> Room:
        room = self._rooms.get(session)
        if room is None:
            room = self._rooms[session] = Room()
            if len(self._rooms) > self._settings.rooms:
                self._rooms.popitem(last=False)
        self._rooms.move_to_end(session)
        return room

    def _see(self, key: int) -> None:
        """Keep those seen lately, in two halves: the older one goes when one is full."""
        now, before = self._seen
        if key in now:
            return
        if len(now) >= self._settings.people // 2:
            now, before = set(), now
            self._seen = (now, before)
        now.add(key)
