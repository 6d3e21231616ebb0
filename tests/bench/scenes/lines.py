"""How scenes of talk are written down: crowds, one person's lines, turns, answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import attrs
from scene import Line, Talk

SMALL_TALK = (
    "what a nice stream today", "which game is next?", "i was late, what did i miss", "haha true",
    "the sound is better now", "good evening from leeds", "i like that song", "same here", "no way",
    "how long is the map?", "left side!", "he always does that", "my cat just jumped on the desk",
    "brb getting tea", "welcome back", "that was close", "can you zoom in a bit", "thanks mia",
)  # fmt: skip


def before(minutes: float = 15, every: float = 6, stage: Sequence[str] = ()) -> list[Line]:
    """A room's talk up to second 0: twenty regulars, and a newcomer now and then."""
    number = int(minutes * 60 / every)
    return [
        Line(
            (n - number) * every, f"new{n}" if n % 12 == 5 else f"reg{n * 7 % 20}",
            f"{SMALL_TALK[n * 5 % 18]}{' ' + str(n) if n % 3 else ''}", stage=stage,
            tenure=(2, 900)[n % 2] if n % 12 == 5 else 400,
        )
        for n in range(number)
    ]  # fmt: skip


def crowd(
    number: int, span: float, texts: str | Sequence[str], tenure: object = 300, *,
    bad: bool = False, name: str = "u", start: float = 0, kind: str = "text",
) -> list[Line]:  # fmt: skip
    """So many people within *span* seconds; texts and tenures go round."""
    said = (texts,) if isinstance(texts, str) else texts
    tenures = tenure if isinstance(tenure, tuple) else (tenure,)
    return [
        Line(
            start + span * n / number, f"{name}{n}", said[n % len(said)].format(n=n), bad,
            kind, tenures[n % len(tenures)],
        )
        for n in range(number)
    ]  # fmt: skip


def one(who: str, every: float, *texts: str, bad: bool = True, **more: object) -> list[Line]:
    """One person's lines, *every* so many seconds."""
    return [
        Line(n * every, who, text, bad, **more)  # type: ignore[arg-type]
        for n, text in enumerate(texts)
    ]


def regulars(number: int, span: float, texts: str | Sequence[str]) -> list[Line]:
    """So many of the regulars."""
    return crowd(number, span, texts, 400, name="reg")


Bad: TypeAlias = tuple[Sequence[Line], int] | tuple[Sequence[Line], int, Sequence[str]]
ACT = ("act",)
NEW, OLD, MIXED = (1, 0, 3, 2), (400, 90, 1000, 60, 700), (400, 2, 1000, 15, 60, 700)


def staged(lines: Sequence[Line], stage: Sequence[str]) -> list[Line]:
    """The lines, with somebody on stage."""
    return [attrs.evolve(line, stage=line.stage or stage) for line in lines]


def bad(
    kind: str, scenes: dict[str, Bad], wants: Sequence[str] = ACT, stage: Sequence[str] = ()
) -> list[Talk]:  # fmt: skip
    """Bad things in a room, each a talk."""
    return [
        Talk(
            kind, name, [*before(stage=stage), *staged(what[0], stage)],
            what[2] if len(what) == 3 else wants, what[1],
        )
        for name, what in scenes.items()
    ]  # fmt: skip


def good(kind: str, scenes: dict[str, list[Line]], stage: Sequence[str] = ()) -> list[Talk]:
    """Harmless things in a room, each a talk."""
    return [
        Talk(kind, name, [*before(stage=stage), *staged(lines, stage)])
        for name, lines in scenes.items()
    ]


def below(
    span: float, texts: Sequence[str], tenure: object = OLD, *, bad: bool = False,
    parent: str = "", to: str = "mia", name: str = "u", start: float = 0,
) -> list[Line]:  # fmt: skip
    """Each text by somebody else within *span* seconds; tenures go round."""
    tenures = tenure if isinstance(tenure, tuple) else (tenure,)
    return [
        Line(
            start + span * n / len(texts), f"{name}{n}", text, bad, parent=parent, to=to,
            tenure=tenures[n % len(tenures)],
        )
        for n, text in enumerate(texts)
    ]  # fmt: skip


def turns(every: float, *texts: str, bad: Sequence[int] = (), who: str = "ab") -> list[Line]:
    """People in turn, each answering the last; *bad* are the numbers of those that are."""
    return [
        Line(
            n * every, f"{who[n % len(who)]}:{30 + n % len(who)}", text, n in bad, name=f"c{n}",
            parent=f"c{n - 1}" if n else "", to=who[(n - 1) % len(who)] if n else "mia",
        )
        for n, text in enumerate(texts)
    ]  # fmt: skip


def answer(said: str, *answers: str, bad: bool = True, who: str = "a:25") -> list[Line]:
    """What a says, who may need help, and what others answer."""
    return [
        Line(0, who, said, None if bad else False, name="first"),
        *(
            Line(60 + n * 60, f"b{n}:30", text, bad, name=f"r{n}", parent="first", to="a")
            for n, text in enumerate(answers)
        ),
    ]


def each(*texts: str, bad: bool = True, **more: object) -> list[Line]:
    return [
        Line(n * 700, f"p{n}", text, bad, **more)  # type: ignore[arg-type]
        for n, text in enumerate(texts)
    ]


def told(kind: str, scenes: dict[str, Bad]) -> list[Talk]:
    """Bad comments, each a talk."""
    return [
        Talk(kind, name, what[0], what[2] if len(what) == 3 else ACT, what[1], "comments")
        for name, what in scenes.items()
    ]


def fine(kind: str, scenes: dict[str, list[Line]]) -> list[Talk]:
    """Harmless comments, each a talk."""
    return [Talk(kind, name, lines, surface="comments") for name, lines in scenes.items()]
