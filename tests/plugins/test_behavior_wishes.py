"""Wishes that many write at once, and copies that only begin like one."""

from __future__ import annotations

import pytest

import handrail_behavior
from handrail import Actor, Item, Text
from handrail.testing import make_safety
from handrail_behavior._wishes import is_wish

COORDINATED = "integrity.coordinated_inauthentic"


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


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("happy birthday dear anna", 0.4),
        ("everyone leave this stream now", 0.75),
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
