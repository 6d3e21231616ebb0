"""Talks as they come: scams, threats and grooming in many languages, and what only looks so."""

from __future__ import annotations

import pytest

import handrail_contact
import handrail_messaging
from handrail import Actor, Item, MemoryState
from handrail.testing import make_safety

ADULT, OTHER, MINOR = Actor("ann", age=34), Actor("bea", age=41), Actor("kim", age=13)
SCAM, PHISHING, SEXTORTION = "fraud.scam", "fraud.phishing", "sexual.sextortion"
GROOMING = "child_safety.grooming"

BAD = [
    (SCAM, OTHER, "Your parcel is held at customs, pay the fee of 1.99 here"),
    (SCAM, OTHER, "Votre colis est bloqué, veuillez payer les frais de livraison"),
    (SCAM, OTHER, "Su paquete está retenido en la aduana, pague la tasa"),
    (SCAM, OTHER, "Ciao mamma, questo è il mio nuovo numero. Puoi farmi un bonifico?"),
    (SCAM, OTHER, "мам, это мой новый номер, телефон сломался, переведи деньги на карту"),
    (SCAM, OTHER, "yeni numaram bu, telefonum bozuldu, bana para gönder"),
    (SCAM, OTHER, "ربحت جائزة، ادفع رسوم التحويل"),
    (SCAM, OTHER, "घर बैठे काम करें, रोज कमाएं, पहले फीस जमा करें"),
    (SCAM, OTHER, "投资虚拟货币稳赚不赔，先充五千"),
    (PHISHING, OTHER, "your account will be suspended, tell me the 6 digit code"),
    (PHISHING, OTHER, "Ihr Computer ist infiziert, bitte installieren Sie AnyDesk"),
    (PHISHING, OTHER, "te mandé un código por error, mándame el código"),
    (SEXTORTION, OTHER, "ich habe das Video von dir. Zahl 500 Euro oder ich schicke es allen"),
    (SEXTORTION, OTHER, "tengo tu video, paga 300 euros o lo mando a todos"),
    (SEXTORTION, OTHER, "у меня есть твоё видео, плати или отправлю всем твоим друзьям"),
    (SEXTORTION, OTHER, "我录了你的视频，给我转五千块，不然我发给你家人"),
    (GROOMING, MINOR, "you are so mature for your age, this is our secret"),
    (GROOMING, MINOR, "bist du allein zuhause? schick mir ein Bild von dir"),
    (GROOMING, MINOR, "eres muy madura para tu edad, es nuestro secreto"),
    (GROOMING, MINOR, "sei da sola a casa? non dirlo a mamma, mandami una foto"),
    (GROOMING, MINOR, "你一个人在家吗？别告诉你妈妈"),
]

HARMLESS = [
    "my phone died, this is my new number btw. dinner at eight?",
    "can I pay with paypal? what is the shipping fee?",
    "Kannst du mir 20 Euro leihen? Kriegst du Freitag zurück",
    "Wir suchen Pflegekräfte in Teilzeit, 22 Euro die Stunde. Interesse?",
    "tu peux me l'envoyer demain ?",
    "te hago un bizum por la cena, cuánto era?",
    "me passa teu pix que eu te pago a pizza",
    "скинь номер карты, переведу за такси",
    "昨天的饭钱我转给你",
    "never give the code we sent you to anyone",
    "Bitte geben Sie niemals den Code weiter, den wir Ihnen senden",
    "surprise party for mia, it's a secret! can you send 15 for the gift?",
    "I have photos of you from the party, send me yours",
]


@pytest.fixture(name="found")
def _found():
    """Returns what a message finds by issue, each the first between its people."""
    safeties = []

    def send(text, recipient, **fields):
        safety = make_safety(
            handrail_messaging, handrail_contact, state=MemoryState(most=1000), settings={}
        )
        safeties.append(safety)
        item = Item("m", text, **{"author": ADULT, "recipients": [recipient], **fields})
        return {f.issue: f.score for f in safety.feature("messaging").pre_publish(item).findings}

    yield send
    for safety in safeties:
        safety.close()


@pytest.mark.parametrize(("issue", "recipient", "text"), BAD)
def test_is_found(found, issue, recipient, text):
    """A stranger's message of a known pattern scores what the starting policy acts on."""
    least = 0.35 if issue == GROOMING else 0.5

    assert least <= found(text, recipient, relation="stranger").get(issue, 0)


@pytest.mark.parametrize("text", HARMLESS)
def test_is_left_alone(found, text):
    """What friends, sellers and employers write all day is not acted on, stranger or not."""
    for relation in ("stranger", "connected"):
        assert 0.5 > max(found(text, OTHER, relation=relation).values(), default=0)


@pytest.mark.parametrize(
    "text",
    [
        "are you home alone? send me a picture of the dog",
        "Pssst, das ist unser Geheimnis, wir backen Papa eine Torte. Bist du allein zuhause?",
    ],
)
def test_parents_ask_such_things(found, text):
    """Two signs from somebody who is known to the child are below what is held."""
    assert 0.3 > found(text, MINOR, relation="family").get(GROOMING, 0)


def test_people_of_nearly_one_age_need_more_signs(found):
    """Of people four years apart or less a picture and a secret are no more than a hint."""
    text, young = "send me a pic, it's our secret", Actor("lou", age=17)

    assert 0.35 == found(text, young, relation="stranger")[GROOMING]
    assert 0.2 == found(text, young, author=Actor("max", age=19), relation="stranger")[GROOMING]
