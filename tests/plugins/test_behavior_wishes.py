"""Wishes that many write at once, and copies that only begin like one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import handrail_behavior
from handrail import Actor, Item, Text
from handrail.testing import make_safety
from handrail_behavior._wishes import is_wish

COORDINATED = "integrity.coordinated_inauthentic"
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Happy BIRTHDAY anna!!",
        "happy birthday @anna",
        "good luck you two",
        "Alles Gute liebe Anna",
        "joyeux anniversaire chère anna",
        "¡feliz cumpleaños querida anna!",
        "feliz aniversário querida anna",
        "с днём рождения дорогая анна",
        "doğum günün kutlu olsun anna",
        "祝你生日快乐",
    ],
)
def test_is_a_wish(text):
    """A wish is known in its language, with a name and a few words beside it."""
    assert is_wish(Text(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "congratulations you have won our prize",
        "happy birthday free skins at coins.example",
        "happy birthday call 555 0132 for your gift",
        "happy birthday everyone here is trash and this stream is the worst of all",
        "unhappy birthdays are the worst kind",
        "thank you mrs anna for trading with me",
        "rest in peace you ugly cow",
        "free robux good luck type anna",
        "good luck guys google freecoins dot gg",
        "happy birthday freecoins dot",
        "happy birthday ugly cow",
        "祝你生日快乐加我微信领钱",
    ],
)
def test_is_none(text):
    """More than a wish, a place to go, a number, and thanks are no wish."""
    assert not is_wish(Text(text))


LONG = "as a local nurse i say the new plan is the best we ever had"


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        (LONG, {"thread_id": "t"}, True),
        (LONG, {"session_id": "s", "thread_id": "t"}, False),
        (LONG, {}, False),
        ("the new plan is the best we had", {"thread_id": "t"}, False),
    ],
)
def test_slow_copies(text, place, found):
    """Five new people with one long text in a thread are coordinated, an hour apart as well."""
    with make_safety(handrail_behavior) as safety:
        for n in range(5):
            at = NOON + n * timedelta(hours=1)
            author = Actor(f"a{n}", tenure_days=1)
            item = Item(f"i{n}", text, author=author, created_at=at, **place)
            decision = safety.feature("comments").pre_publish(item)

    assert found == any(f.issue == COORDINATED for f in decision.findings)


def test_short_copies_become_sure():
    """Three strangers may ask the same in four words; ten do not."""
    with make_safety(handrail_behavior) as safety:
        scores = []
        for n in range(10):
            item = Item(f"i{n}", "what game is this?", author=Actor(f"a{n}", tenure_days=1))
            found = safety.feature("live").pre_publish(item).findings
            scores += [f.score for f in found if f.issue == COORDINATED]

    assert (True, True) == (scores[0] < 0.7, scores[-1] >= 0.85)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("happy birthday dear anna", 0.4),
        ("everyone leave this stream now", 0.6),
        ("rest in peace you ugly cow", 0.75),
    ],
)
def test_copies_by_new_people(text, score):
    """Three new people with one wish are a crowd; with another text they are coordinated."""
    with make_safety(handrail_behavior) as safety:
        feature = safety.feature("live")
        for n in range(3):
            author = Actor(f"a{n}", tenure_days=1)
            decision = feature.pre_publish(Item(f"i{n}", text, author=author))

    assert score == next(f.score for f in decision.findings if f.issue == COORDINATED)


CONDOLENCE = "rest in peace you will always be missed our thoughts are with your family tonight"


@pytest.mark.parametrize(
    ("days", "apart", "score", "reason"),
    [
        (None, 28, 0.4, "one text from 12 people within 6 hours, nobody says how new"),
        (400, 28, 0.4, "one text from 12 people within 6 hours, most of them known for long"),
        (1, 28, 0.85, "one text from 12 people within 6 hours, most of them new"),
        (None, 2, 0.77, "one text from 5 people within 10 minutes, most of them new"),
    ],
)
def test_slow_copies_need_a_tenure(days, apart, score, reason):
    """What many write over hours is a campaign only where people are said to be new."""
    with make_safety(handrail_behavior) as safety:
        for n in range(12):
            at = NOON + n * timedelta(minutes=apart)
            author = Actor(f"a{n}", tenure_days=days)
            item = Item(f"i{n}", CONDOLENCE, author=author, created_at=at, thread_id="t")
            decision = safety.feature("comments").pre_publish(item)

    assert [(score, reason)] == [(round(f.score, 2), f.reason) for f in decision.findings]
