"""Names on other services, and invitations to go there."""

from __future__ import annotations

import pytest

from handrail import Item
from handrail_contact import find_contacts


def found(text, kind):
    """What of one kind is in a text: service and normal form."""
    return [
        (c.service, c.value) for c in find_contacts(Item("item-1", text), None) if c.kind == kind
    ]


class TestLure:
    """An invitation to go on talking elsewhere."""

    @pytest.mark.parametrize(
        ("text", "service"),
        [
            ("add me on telegram", "telegram"),
            ("Text me on WhatsApp", "whatsapp"),
            ("hmu on snap", "snapchat"),
            ("hit me up on insta", "instagram"),
            ("let's move to whatsapp", "whatsapp"),
            ("can we continue this on signal?", "signal"),
            ("want to chat on kik", "kik"),
            ("what's your snap?", "snapchat"),
            ("do you have telegram", "telegram"),
            ("whatsapp me", "whatsapp"),
            ("contact him on whatsapp", "whatsapp"),
            ("reach out to me via t3legram", "telegram"),
            ("add me on tеlegram", "telegram"),
            ("add me on tele\u200bgram", "telegram"),
            ("schreib mir auf WhatsApp", "whatsapp"),
            ("hast du telegram", "telegram"),
            ("écris-moi sur insta", "instagram"),
            ("tu as snap", "snapchat"),
            ("escríbeme al whatsapp", "whatsapp"),
            ("tienes telegram", "telegram"),
            ("me chama no zap", "whatsapp"),
            ("text me at +1 212 555 0123", "phone"),
            ("email me: jane@shop.org", "email"),
        ],
    )
    def test_is_found(self, text, service):
        """An invitation is found, with the place it names."""
        assert [(service, "")] == found(text, "lure")

    @pytest.mark.parametrize(
        "text",
        [
            "you can find the docs on discord",
            "I follow him on twitter",
            "snap is broken again",
            "got no signal here",
            "signal me when you turn",
            "my telegram app crashes",
            "we met on facebook years ago",
            "text me when you are home",
            "add me to the list please",
            "call me maybe",
            "let's move to Berlin",
        ],
    )
    def test_ordinary_words_are_none(self, text):
        """Talk about services, or of meeting, is no invitation."""
        assert [] == found(text, "lure")

    def test_span_ends_with_the_words(self):
        """A span leaves the number it leads to alone."""
        text = "text me at: +1 212 555 0123"
        (span,) = [c.span for c in find_contacts(Item("item-1", text), None) if c.kind == "lure"]

        assert "text me at" == text[slice(*span)]


class TestHandle:
    """A name on another service."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("telegram: @cool_jane", ("telegram", "cool_jane")),
            ("my insta is jane.doe", ("instagram", "jane.doe")),
            ("IG: jane_doe", ("instagram", "jane_doe")),
            ("snap jane_99", ("snapchat", "jane_99")),
            ("snapchat username janedoe", ("snapchat", "janedoe")),
            ("kik → janedoe", ("kik", "janedoe")),
            ("discord: jane#1234", ("discord", "jane#1234")),
            ("WeChat ID: jane_wx", ("wechat", "jane_wx")),
            ("line id: janeline", ("line", "janeline")),
            ("微信: jane_wx", ("wechat", "jane_wx")),
            ("find @janedoe on insta", ("instagram", "janedoe")),
            ("https://t.me/cool_jane", ("telegram", "cool_jane")),
            ("t.me⁄cool_jane", ("telegram", "cool_jane")),
            ("wa.me/12125550123", ("whatsapp", "12125550123")),
            ("snapchat.com/add/janedoe", ("snapchat", "janedoe")),
            ("discord.gg/abc123", ("discord", "abc123")),
        ],
    )
    def test_is_found(self, text, expected):
        """A name is found with its service."""
        assert [expected] == found(text, "handle")

    @pytest.mark.parametrize(
        "text",
        [
            "Thanks @jane",
            "telegram: the app is slow",
            "skype libasound.s0.2 is missing",
            "skype-debian_2.0.0.68-1_i386.deb",
            "instagram is down",
            "instagram.com/reel/abc",
            "instagram.com/explore",
            "insta: please help",
            "a video on insta",
            "issue#1234",
            "Facebook und shop.de",
            'Twitter: "Hello',
            "on Twitter:\nJane-Doe",
        ],
    )
    def test_other_words_are_none(self, text):
        """A mention on the platform, or talk about a service, is no name elsewhere."""
        assert [] == found(text, "handle")
