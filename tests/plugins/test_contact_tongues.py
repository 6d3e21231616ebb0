"""Names, lures, addresses and numbers in many languages, and what only looks like them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from handrail import Item, Text
from handrail_contact import find_contacts

CONTACTS = [
    ("mon insta c'est anna_lena99", "handle"), ("il mio insta è anna_lena99", "handle"),
    ("мой инстаграм anna_lena99", "handle"), ("سناب anna_lena99", "handle"),
    ("मेरा इंस्टा anna_lena99 है", "handle"), ("tele: @anna_deals", "handle"),
    ("QQ 123456789 加我", "handle"), ("lass uns auf WhatsApp weiterschreiben", "lure"),
    ("on continue sur whatsapp ?", "lure"), ("seguimos por telegram", "lure"),
    ("vamos pro zap", "lure"), ("scrivimi su whatsapp", "lure"), ("пиши в телегу", "lure"),
    ("whatsapptan yaz", "lure"),
    ("whatsapp'tan yazın", "lure"), ("telegramdan devam edelim", "lure"),
    ("instagramdan bana ulaşın", "lure"), ("微信联系我", "lure"), ("换个微信聊吧", "lure"),
    ("vamos falar no instagram", "lure"), ("dammi il tuo instagram", "lure"),
    ("كلمني واتساب", "lure"), ("whatsapp पर बात करो", "lure"),
    ("加我微信聊", "lure"), ("anna_at_gmail_dot_com", "email"),
    ("anna chiocciola libero punto it", "email"), ("anna собака mail точка ru", "email"),
    ("восемь девять один два три четыре пять шесть семь восемь девять", "phone"),
    ("minha chave pix 123.456.789-09", "pay_link"),
    ("pix: anna@example.com.br", "pay_link"),
]  # fmt: skip
NONE = [
    "1 2 3 4 5 6 7 8 9 10 here I come", "10 9 8 7 6 5 4 3 2 1 happy new year",
    "0-0 1-0 1-1 2-1 3-1 what a final", "Bestellnummer 0151234567", "facture 20240512001",
    "git clone git@github.com:pallets/flask.git", "then at some point it broke",
    "WhatsApp geht schon wieder nicht", "se cayó whatsapp otra vez", "телеграм опять лежит",
    "الواتساب معطل", "व्हाट्सएप बंद है क्या", "微信崩了吗", "whatsapp çöktü mü?",
    "instagram non funziona", "o whatsapp caiu de novo", "oh snap, that was close",
    "whatsapp'tan yazdı", "Instagramdan gelen haber", "instagramdan geldi", "换个微信头像",
    "whatsapptan yazışıyorlar", "微信联系人太多了", "微信聊天记录没了",
    "falamos no Instagram ontem",
    "hai Instagram?", "sei o due o tre", "pix my favourite", "un deux trois nous irons au bois",
]  # fmt: skip


def kinds(text: str) -> set[str]:
    """The kinds of contacts in a text."""
    return {c.kind for c in find_contacts(Item("i", text), SimpleNamespace(text=Text(text)))}


@pytest.mark.parametrize(("text", "kind"), CONTACTS)
def test_is_found(text, kind):
    """A way to reach or pay somebody is found in the words of its language."""
    assert kind in kinds(text)


@pytest.mark.parametrize("text", NONE)
def test_is_none(text):
    """Counting, scores, numbers of orders, and talk about a service are no contact."""
    assert set() == kinds(text)
