"""What people write when nobody expects it, and what the contract plants to see where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from handrail import Actor, Amount, FrozenMap, Item, Media, Report

LONG = 1_000_000
SHORT = 10_000
"""Characters up to which an item is looked at again and again."""

TEXTS: Mapping[str, str] = {
    "an empty text": "",
    "white space": " \t\r\n\u2028\u00a0",
    "a NUL": "a\x00b\x00",
    "control characters": "".join(map(chr, range(32))) + "\x7f\x85",
    "lone surrogates": "\ud800 a \udfff\udbff",
    "right-to-left overrides": "\u202eabc \u2066def\u2069 \u202d",
    "zero-width runs": "f\u200br\u200c\u200de\ufeffe" + "\u200b" * 500,
    "emoji sequences": "👩🏽‍🚀👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿🇩🇪1️⃣❤️‍🔥" * 30,
    "combining marks": "e" + "\u0301" * 400 + " Z" + "\u0489\u0334" * 200,
    "look-alikes": "раураl ｆｒｅｅ 𝖋𝖗𝖊𝖊 ⓕⓡⓔⓔ f.r.e.e",
    "expanding characters": "ßŉǰΐİıſﬀﷺ" * 50,
    "many scripts": "हिन्दी ไทย العربية 中文 日本語 한국어 ქართული አማርኛ",
    "private and unassigned characters": "\ue000\uffff\U0010ffff\u0378",
    "one long word": "x" * SHORT,
    "one repeated capital": "A" * SHORT,
    "one repeated mark": "!" * SHORT,
    "open brackets": "([{<" * 2_000,
    "100,000 characters": "lorem ipsum dolor " * 5_556,
    "a million characters": "All sorts of words, 4 U! " * (LONG // 25),
    "a million of one character": "\u00e9" * LONG,
}

ORDINARY: Mapping[str, str] = {
    "friendly words": "What a lovely evening, thank you all for coming.",
    "capitals": "THIS IS WRITTEN ENTIRELY IN CAPITALS AND IT GOES ON",
    "a link": "Look at https://shop.example/deal?id=1 and www.shop.example",
    "contact data": "Write to me: someone@mail.example, +49 30 901820, @someone",
    "an advertisement": "FREE gift!!! Click the link, win money now, limited offer $$$ 100%",
    "repetition": "buy now " * 40,
    "mild rudeness": "You are stupid and your idea is dumb, shut up",
}

SHAPES: Mapping[str, str] = {
    "words": "several small words in a row ",
    "one letter": "a",
    "spaces": " ",
    "digits": "1",
    "dots and letters": "a.",
    "signs and spaces": "@ ",
    "capitals and marks": "AB! ",
    "slashes": "http://",
}
"""Patterns that are repeated to see how the time grows with the length."""

CANARY = "zqxkanari"
"""A word no module has a reason to say."""

_COSTUMES: Mapping[str, str] = {
    "a word": f"you stupid {CANARY}",
    "capitals": f"SHOUTING {CANARY.upper()} {CANARY.upper()} AT EVERYBODY",
    "a link": f"free money at https://{CANARY}.example/{CANARY} now",
    "an address": f"write to {CANARY}@mail.example",
    "a handle": f"follow @{CANARY} and #{CANARY}",
    "repetition": f"{CANARY} " * 30,
}


def canaries() -> Iterator[tuple[str, Item]]:
    """Items with the canary in every part, in several costumes."""
    for costume, text in _COSTUMES.items():
        yield f"a canary as {costume}", full_item(text, mark=CANARY)


def own(given: Mapping[str, Sequence[str | Item]]) -> Iterator[tuple[str, Item]]:
    """What an author gives to look at, as it is and with the canary behind its text.

    Only this is sure to make the module find something. A text alone comes the second time in an
    item with every part there is.

    Args:
        given: Texts or items, by what they are called.
    """
    for name, each in given.items():
        for number, example in enumerate(each, 1):
            if isinstance(example, str):
                item = Item(id="own", text=example)
                marked = full_item(f"{example} {CANARY}", mark=CANARY)
            else:
                item = example
                marked = attrs.evolve(example, text=f"{example.text} {CANARY}".strip())
            yield f"{name} {number}", item
            yield f"{name} {number} with a canary", marked


def full_item(text: str, mark: str = "full") -> Item:
    """An item with every part there is; *mark* is in each of them."""
    somebody = Actor(f"{mark}-1", age=15, tenure_days=0.5, region="DE", language="de", tags={mark})
    return Item(
        id=f"{mark}-item",
        text=text,
        links=(f"https://{mark}.example/",),
        media=(
            Media(id=f"{mark}-m", type="image/png", url=f"https://{mark}.example/m.png"),
            Media(id=f"{mark}-n", type=mark, hashes=FrozenMap({"pdq": mark}), data=b"\x00\xff"),
        ),
        amount=Amount("12.50", "EUR"),
        author=somebody,
        participants=(somebody, Actor(f"{mark}-2")),
        recipients=(Actor(f"{mark}-3", age=70),),
        parent_id=f"{mark}-p",
        thread_id=f"{mark}-t",
        session_id=f"{mark}-s",
        visibility="public",
        relation="stranger",
        region="DE",
        language="en",
        tags={mark},
        attributes=FrozenMap({mark: [{"deep": mark}, None, 1.5]}),
    )


def items() -> Iterator[tuple[str, Item]]:
    """Every item a module must survive, with a name for it."""
    for what, text in {**TEXTS, **ORDINARY}.items():
        yield what, Item(id="awkward", text=text)
    yield "every part there is", full_item("hello")
    links = tuple(f"https://{n}.example/" for n in range(2_000))
    yield "thousands of links", Item(id="awkward", text=" ".join(links), links=links)
    yield "a link that is none", Item(id="awkward", links=("", "http://", "//[", "\ud800:%zz"))
    crowd = tuple(Actor(f"a{n}") for n in range(1_000))
    yield "a thousand participants", Item(id="awkward", participants=crowd, recipients=crowd)
    for kind in ("media", "gift", "join", "invite", "live_segment", "profile_change", "a_new_kind"):
        yield f"a bare {kind}", Item(id="awkward", kind=kind)


def report_of(item: Item) -> Report:
    """A report of *item* that says what it says."""
    return Report(id=f"{item.id}-report", item=item, text=item.text[:1_000])
