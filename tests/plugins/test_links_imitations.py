"""Hosts as phishing writes them, in the words of many countries, and honest ones beside them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from handrail import Item, Text
from handrail_links import Settings, find_links
from handrail_links._find import findings

IMITATIONS = [
    "https://royalmail-redelivery-fee.com", "https://dhl-paket-zustellung.com/gebuehr",
    "https://usps.com-parcel-track.top", "https://apple.com-support.id/",
    "https://sparkasse-pushtan-update.de", "https://correos-aduanas.info/pago",
    "https://whatsapp-gold.download", "https://amazon-kundencenter.com",
    "https://laposte-colis.info", "https://evri-parcel.com", "https://paypal-conta.com",
    "https://roblox-login.fandom.com", "https://roblox.robux.fandom.com", "https://roblox.evil.com",
    "https://gmail.googleblog.evil.com", "https://paypa1.zendesk.com",
]  # fmt: skip
HONEST = [
    "https://www.dhl.de/de/privatkunden.html", "https://www.royalmail.com/track-your-item",
    "https://www.laposte.fr/outils/suivre-vos-envois", "https://www.correos.es/",
    "https://www.dhi.org/", "https://www.openal.org/", "https://correo.example.com",
    "https://www.com-magazin.de/", "https://trevor.com", "https://mail.com", "https://mail.gmail.com",
    "https://minecraft.fandom.com", "https://minecraft.curseforge.com", "https://roblox.fandom.com",
    "https://minecraft.makecode.com", "https://chatgpt.en.softonic.com", "https://laposta.nl",
    "https://gmail.googleblog.com", "https://dhl.wd3.myworkdayjobs.com",
    "https://minecraft.wiki/w/Cake", "we use ASP .NET and C# at work",
]  # fmt: skip


def worst(text: str) -> float:
    """The highest score of what is found in a text."""
    links = find_links(Item("i", text), SimpleNamespace(text=Text(text)))
    return max((f.score for f in findings("", links, Settings())), default=0.0)


@pytest.mark.parametrize("url", IMITATIONS)
def test_imitates(url):
    """A known name with a word that lures, in any language, scores what policies act on."""
    assert 0.7 <= worst(url)


@pytest.mark.parametrize("text", HONEST)
def test_is_honest(text):
    """A brand's own host, a host of another name, and a framework are left alone."""
    assert 0.5 > worst(text)
