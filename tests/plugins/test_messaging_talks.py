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
    (PHISHING, OTHER, "your account will be suspended. Don't worry, tell me the 6 digit code"),
    (PHISHING, OTHER, "your account will be suspended, send me the code or we lock it"),
    (PHISHING, OTHER, "您的账户被冻结，请把验证码发给我们部门"),
    (PHISHING, OTHER, "your account is blocked. No problem, send me the code we sent"),
    (PHISHING, OTHER, "Tu cuenta está bloqueada. No cuelgues, dime el código"),
    (PHISHING, OTHER, "Не волнуйся, назови мне код из смс, карта заблокирована"),
    (
        PHISHING,
        OTHER,
        "Keine Sorge, nicht auflegen, installieren Sie AnyDesk, Ihr Computer ist infiziert",
    ),
    (SEXTORTION, OTHER, "ich habe das Video von dir. Zahl 500 Euro oder ich schicke es allen"),
    (SEXTORTION, OTHER, "tengo tu video, paga 300 euros o lo mando a todos"),
    (SEXTORTION, OTHER, "у меня есть твоё видео, плати или отправлю всем твоим друзьям"),
    (SEXTORTION, OTHER, "我录了你的视频，给我转五千块，不然我发给你家人"),
    (SEXTORTION, OTHER, "pay 500 or I will send your nudes to everyone"),
    (SEXTORTION, OTHER, "tu paies 500 euros ou je l'envoie à tous tes amis"),
    (SEXTORTION, OTHER, "paga 500 euro o lo mando a tutti i tuoi amici"),
    (SEXTORTION, OTHER, "ادفع 500 دولار والا ارسلها لعائلتك"),
    (SEXTORTION, OTHER, "10000 रुपये भेजो नहीं तो सबको भेज दूंगा"),
    (SEXTORTION, OTHER, "send me more nudes or I leak the ones I have"),
    (SEXTORTION, OTHER, "tengo tus fotos, paga 200 euros o se las mando a tu familia"),
    (SEXTORTION, OTHER, "zahl 300 oder ich stelle das Video online"),
    (SEXTORTION, OTHER, "si tu paies pas j'envoie tes photos à tous tes contacts"),
    (SEXTORTION, OTHER, "你的照片在我手里，转两千，否则群发"),
    (SEXTORTION, OTHER, "me faz o pix ou eu mando pra todos os seus contatos"),
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


OR_I_SEND = [
    "Tu peux payer par carte ou je t'envoie le RIB ?",
    "Envoie une photo du devoir, ou je t'envoie la mienne ?",
    "Envoie-moi une photo de toi, je t'envoie les photos de la fête",
    "Переведи деньги за билет, а я потом скину фото",
    "Скинь фото домашки, а я потом скину видео",
    "Ho bisogno dei soldi per il regalo, poi lo mando a Giulia",
    "ادفع رسوم الشحن و سوف ارسل الطلب غدا",
    "पैसे भेज दो, नहीं तो मैं कल भेज दूंगा",
    "me faz o pix ou eu mando tudo por motoboy",
    "你先转我两百块吧，不然我发红包给你也行",
    "send pics of the couch? or I can send you photos of mine",
    "You can pay with paypal or I can send you more photos first",
    "Pay me with paypal or I'll send it tomorrow",
    "I have your photos from the wedding, send me 20 euros for the prints",
    "Überweis mir 20 Euro oder ich stelle die Anzeige wieder online",
    "Überweis mir 20 Euro, ich schicke dir alle Fotos",
    "hazme un bizum, o lo envío a tu casa y pagas allí",
]

AT_THE_DOOR = [
    "Send me the code for the door, my phone is dead, this is my new number",
    "Schick mir mal den Code vom Fahrradschloss, ich habe das Handy verloren",
]

RECORDINGS = [
    "I have a video of you singing, send me 5 euros for the cd",
    "I recorded you at the recital, the dvd is 20 euros, pay with paypal",
    "I've got a video of you at the match, pay 10 via paypal if you want it",
    "J'ai filmé tout le concert, tu peux payer la clé par paypal",
]

THREATS = [
    "pay or your video goes viral",
    "transfer 300 or the video will go viral",
    "I have a video of you singing, pay 500 or everyone will see it",
    "I have a video of you dancing naked, send me 500 euros",
    "I recorded you on cam, pay 500 euros now",
    "I have a video of you. Send me 500 euros, I saw your choir's page",
    "I have a video of you playing with your dick. Send me 500 dollars now",
    "I recorded you talking dirty on cam. pay me 500 dollars and I delete it",
    "I know where your parents live no talking to the police. pay me 500 dollars",
    "I have all your contacts and game over for you. pay me 500 dollars",
    "I recorded your video call talking. send 500",
    "I have your nudes, send 200",
    "i've got your nudes. pay 300",
    "tengo tus nudes, manda 200",
    "Ich habe deine Nacktbilder, schick 200",
    "j'ai tes nudes, envoie 200",
]

AMOUNTS = [
    "send 200 invitations to the printer please",
    "pay 50 now for the tickets",
    "I have the video of the party, send 50 for the pizza",
    "i have your pictures from the wedding, i will send 200 of them",
    "the recording will be public on friday, please pay 50 for the ticket",
    "the photos go public on monday, send me a picture for the album",
    "this video will go viral! send 50 to get featured",
]

WARNINGS = [
    "We will not ask you to send us the code",
    "you don't have to give me the code",
    "Nobody at the bank is going to ask you to tell us the code",
    "No le pediremos que nos mande el código, nunca",
]

ASKED = [
    "don't ask questions, send me the code",
    "I do not want to wait, tell me the code",
    "You have to send me the code",
    "it is not for me, I need you to send me the code",
    "my phone does not work so I need you to send me the code",
    "dont worry they just need you to send me the code",
    "I can't log in and I need you to send me the code",
    "It is not a scam the bank just asks you to tell me the code",
    "I have no signal so I need you to send me the verification code",
]

IN_NEED = [
    "宝贝，今天住院了，我赶紧去医院，记得给我转账付药费",
    "Bin gerade im Ausland, kannst du mir das überweisen? kriegst Freitag zurück, versprochen",
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


PEOPLE = [
    (ADULT, OTHER, "stranger"),
    (ADULT, OTHER, "connected"),
    (ADULT, MINOR, "family"),
    (Actor("max", age=13), MINOR, "connected"),
]


@pytest.mark.parametrize(("author", "recipient", "relation"), PEOPLE)
@pytest.mark.parametrize("text", OR_I_SEND)
def test_an_offer_is_no_threat(found, text, author, recipient, relation):
    """What is sent, or else sent otherwise, is neither sextortion nor reported."""
    issues = found(text, recipient, author=author, relation=relation)

    assert not {SEXTORTION, "child_safety.sextortion"} & issues.keys()


@pytest.mark.parametrize(
    ("author", "relation", "most"), [(ADULT, "family", 0.25), (MINOR, "connected", 0.25)]
)
def test_a_threat_of_somebody_known_needs_more(found, author, relation, most):
    """One demand beside a threat is not reported of family or of friends of one age."""
    young = Actor("lou", age=13)
    text = "do the dishes and pay me back or I'll show everyone"

    issues = found(text, young, author=author, relation=relation)

    assert most == issues["child_safety.sextortion"]


@pytest.mark.parametrize(
    ("author", "relation", "text"),
    [
        (MINOR, "connected", "send me a pic of you and pay me 50 or I'll show everyone"),
        (ADULT, "connected", "send me a pic of you or I'll show everyone your pics"),
        (ADULT, "stranger", "send me a pic of you or I'll show everyone your pics"),
    ],
)
def test_a_threat_to_a_child_is_still_held(found, author, relation, text):
    """Pictures and a demand, or an adult who is not of the family: the score is held."""
    issues = found(text, Actor("lou", age=13), author=author, relation=relation)

    assert 0.5 <= issues["child_safety.sextortion"]


@pytest.mark.parametrize("text", RECORDINGS)
def test_what_everybody_saw_is_nothing_to_threaten_with(found, text):
    """A recording of a concert or a match that is sold is no sextortion, of a stranger either."""
    for recipient in (OTHER, MINOR):
        issues = found(text, recipient, relation="stranger")

        assert not {SEXTORTION, "child_safety.sextortion"} & issues.keys()


@pytest.mark.parametrize("text", AMOUNTS)
def test_a_number_alone_is_no_demand(found, text):
    """A stranger who says how many, how much, or what becomes public, threatens nobody."""
    for recipient in (OTHER, MINOR):
        issues = found(text, recipient, relation="stranger")

        assert not {SEXTORTION, "child_safety.sextortion", SCAM} & issues.keys()


def test_an_amount_of_another_message_is_no_demand():
    """A recording from a party, and then what the pizza costs, are no sextortion."""
    safety = make_safety(handrail_messaging, handrail_contact, state=MemoryState(most=1000))
    messaging = safety.feature("messaging")
    for n, text in enumerate(("I filmed you at the party", "pay 50 for the pizza please")):
        item = Item(f"m{n}", text, author=ADULT, recipients=[OTHER], relation="connected")
        decision = messaging.pre_publish(item)
    safety.close()

    assert SEXTORTION not in {f.issue for f in decision.findings}


@pytest.mark.parametrize("text", THREATS)
def test_a_threat_is_one_whatever_the_recording_shows(found, text):
    """What follows if nobody pays, a bare person, or a recording of nothing public is a threat."""
    assert 0.5 <= found(text, OTHER, relation="stranger").get(SEXTORTION, 0)


@pytest.mark.parametrize("text", WARNINGS)
def test_who_says_that_nobody_asks_for_a_code_warns(found, text):
    """A denied asking, some words before, takes the request for a code away."""
    assert PHISHING not in found(text, OTHER, relation="stranger")


@pytest.mark.parametrize("text", ASKED)
def test_another_denial_warns_of_nothing(found, text):
    """A code is asked for where only something else is denied, or nothing."""
    assert 0.35 <= found(text, OTHER, relation="stranger")[PHISHING]


@pytest.mark.parametrize("text", AT_THE_DOOR)
def test_family_may_ask_for_the_code_of_the_door(found, text):
    """The code of a door or a lock, and a story, stay below what is held for minors."""
    for relation in ("family", "connected"):
        assert 0.45 >= found(text, MINOR, relation=relation).get(PHISHING, 0)


def test_a_code_asked_in_the_family_without_pressure_is_not_held(found):
    """A story alone does not make a parent's question what is held for minors."""
    text = "send me the code you got, my phone is dead, this is my new number"

    assert 0.45 == found(text, MINOR, relation="family")[PHISHING]
    assert 0.5 == found(text, MINOR, relation="connected")[PHISHING]


def test_pressure_on_a_friend_for_a_code_is_found(found):
    """A hijacked account of a friend begs in a hurry."""
    text = "urgent, send me the code you got now, my account is blocked"

    assert 0.5 <= found(text, OTHER, relation="connected")[PHISHING]


@pytest.mark.parametrize("text", IN_NEED)
def test_family_in_need_is_no_scam(found, text):
    """What happens every day among people who know each other is not limited."""
    for relation in ("family", "connected"):
        assert 0.5 > found(text, OTHER, relation=relation).get(SCAM, 0)
