"""What is sold and to whom, and who lures whom: told apart from those who only speak of it."""

from __future__ import annotations

import pytest

from handrail import Text
from handrail_intents._find import findings
from handrail_intents._settings import Settings

SETTINGS = Settings(learned=False)
FAMILIES = ("goods.", "sexual.", "child_safety.", "exploitation.", "fraud.payment", "security.")

SOLD = [
    ("goods.drugs", 0.85, "Got that zaza in, 40 a g, hmu on tele, we deliver all night"),
    ("goods.drugs", 0.75, "ket and mandy restocked, dm for menu"),
    ("goods.drugs", 0.75, "xanax bars no script needed, overnight shipping, wickr"),
    ("goods.drugs", 0.65, "percs, addys and shrooms, pull up whenever"),
    ("goods.drugs", 0.7, "fire carts two for $60, meet behind the gym, no id"),
    ("goods.weapons", 0.85, "glock 19 with switch, no serial, $900, hit me on signal"),
    ("goods.weapons", 0.75, "rambo knives for sale, dm me, posted next day"),
    ("goods.weapons", 0.75, "zombie knife £30, no ID, delivered to your door"),
    ("goods.age_restricted", 0.75, "vapes and vodka, no id, dm me, can drop at school"),
    ("fraud.payment", 0.7, "cloned cards $120 each, telegram in bio"),
    ("fraud.payment", 0.75, "scannable fake ids, two for 100, inbox me"),
    ("fraud.payment", 0.65, "refund method, keep the phone and the money, dm"),
    ("security.account_takeover", 0.7, "can hack any instagram account, fast and guaranteed, dm"),
]

LURED = [
    ("child_safety.grooming", 0.65, "dont tell ur mom we talk, send me a pic in ur pjs"),
    ("child_safety.grooming", 0.7, "ur 13? u look way older than ur age, send a selfie"),
    ("child_safety.grooming", 0.6, "how old r u? lets keep this between us, add me on snap"),
    ("child_safety.grooming", 0.65, "I'm a photographer, you could model, send pics in a bikini"),
    ("child_safety.grooming", 0.6, "1000 robux if u send me a pic, nobody has to know"),
    ("child_safety.sextortion", 0.85, "I have your pics. Pay $50 or your school gets them"),
    ("sexual.sextortion", 0.75, "I recorded your video. Send $500 or all contacts see it"),
    ("sexual.unsolicited", 0.6, "show me those boobs"),
    ("sexual.unsolicited", 0.65, "id lick you all over"),
    ("sexual.unsolicited", 0.5, "so what are you wearing under that?"),
    ("sexual.solicitation", 0.7, "selling nudes and custom videos, horny 24/7, menu in bio"),
    ("sexual.solicitation", 0.75, "Escort in Leeds, incall 130 hh, text only"),
    ("sexual.solicitation", 0.65, "sugar daddy here, i will spoil you weekly"),
    ("exploitation.trafficking", 0.7, "Hostess work in Dubai, flight paid, no experience, dm me"),
    ("exploitation.trafficking", 0.8, "The agency will keep your passport until the work is done"),
]

ELSEWHERE = {
    "ar": ("حشيش متوفر توصيل للبيت واتس", "كم عمرك؟ لا تقولي لاهلك وارسلي صورة"),
    "de": (
        "Koks und Keta da, Lieferung, schreib mir auf Telegram",
        "du bist erst 13? schick ein Foto, sag deinen Eltern nichts",
    ),
    "es": (
        "vendo coca y tusi, entrega a domicilio, escríbeme al whatsapp",
        "tienes 13 años? mándame una foto y no le digas a tu mamá",
    ),
    "fr": (
        "beuh et coke dispo, livraison, contact sur telegram",
        "tu as 12 ans ? envoie une photo, dis rien à tes parents",
    ),
    "hi": (
        "charas milega, home delivery, whatsapp karo",
        "kitne saal ki ho? photo bhejo, mummy ko mat batana",
    ),
    "id": (
        "ready ganja, bisa cod, dm aja",
        "umur kamu berapa? kirim foto dong, jangan bilang mama",
    ),
    "it": (
        "vendo erba e coca, consegna a casa, scrivimi su telegram",
        "hai 13 anni? manda una foto, non dire niente a mamma",
    ),
    "ko": ("필로폰 판매 텔레 문의 드랍", "몇살이야? 사진 보내줘 엄마한테 말하지 마"),
    "nl": (
        "wiet en coke te koop, bezorgd aan huis, app me",
        "hoe oud ben je? stuur een foto, zeg niks tegen je moeder",
    ),
    "pl": ("mam mefedron, dowóz, pisz na telegramie", "ile masz lat? wyślij fotkę, nie mów mamie"),
    "pt": (
        "vendo maconha e bala, entrego, chama no zap",
        "você tem 12 anos? manda uma foto, não conta pra sua mãe",
    ),
    "ru": ("мефедрон в наличии, клады, пиши в телеграм", "тебе 13 лет? скинь фото, не говори маме"),
    "tr": (
        "satılık esrar, elden teslim, telegramdan yaz",
        "kaç yaşındasın? foto at, annene söyleme",
    ),
    "zh": ("出售冰毒 包邮 加微信", "你多大 发张照片 别告诉你妈妈"),
}

AT_EASE = {
    "ar": "الشرطة ضبطت حشيش داخل شاحنة",
    "de": "Meine Tochter ist 12 und will WhatsApp, wie macht ihr Eltern das?",
    "es": "La policía detiene a un hombre que vendía coca a domicilio",
    "fr": "Ma fille de 12 ans veut un téléphone, vos conseils ?",
    "hi": "मेरी बेटी 12 साल की है, फोटो भेजो स्कूल की",
    "id": "Polisi tangkap bandar sabu, barang bukti disita",
    "it": "Ho comprato erba per il prato e un panetto di burro",
    "ko": "아이스 아메리카노 두 잔 주문 가능한가요",
    "nl": "De politie heeft 40 kilo coke onderschept in de haven",
    "pl": "Mój syn ma 12 lat i chce telefon",
    "pt": "Meu filho de 12 anos quer jogar, os pais deixam?",
    "ru": "Моя дочь в 6 классе, ей 12 лет, хочет телефон",
    "tr": "Kızım 12 yaşında, telefon istiyor",
    "zh": "警方查获大量冰毒",
}

HARMLESS = {
    "harm reduction": "If you take MDMA tonight test your pills, start low, and text a friend",
    "prescription": "My doctor put me on adderall, 20 mg, shipping to the pharmacy took a week",
    "news": "Police seized 40 kg of cocaine worth $3m in a delivery van",
    "law": "Weed is legal here now, the shop has a menu and the prices are wild",
    "talk": "I smoked weed once at a festival and hated it",
    "cooking": "coke and rum for 5, bars of chocolate half price, dm for catering",
    "fuel": "gas is $4 a gallon here, cheap at the station on Main, pick up snacks",
    "weather": "snow tonight, pick up the kids early, text me if roads are bad",
    "plug": "need a plug adapter for london, dm me if you have one",
    "music": "new bars dropping tonight, link in bio, album on spotify",
    "skins": "selling my AK skin, factory new, dm for price, steam trade only",
    "airsoft": "airsoft pistol for sale, 40 quid, dm me",
    "hunting": "deer season opens Monday, who has ammo for the club shoot? dm me",
    "kitchen": "chef knife set for sale, $40, can deliver",
    "vape shop": "our vapes are for adults only, we verify your age at delivery",
    "fake id warning": "never buy fake ids, you will be scammed",
    "hacked": "my instagram got hacked, how do I recover my account?",
    "refund": "Did anyone get a refund from Amazon for the broken phone?",
    "parent": "my daughter is 12 and wants snapchat, do other parents allow it?",
    "teacher": "Tell a trusted adult if someone asks you for pics and to keep it secret",
    "survivor": "he was 30, I was 14, he said dont tell your parents. It was not my fault",
    "party": "dont tell mom, it's a surprise party and you should send me pics for the cake",
    "coach": "you are 14 now so training is at six, ask your mom for a ride",
    "child": "im 12 and my mom says no phone after nine lol",
    "friends": "what are you wearing to the wedding on saturday?",
    "adults": "you look beautiful tonight, can I buy you a drink?",
    "harassment told": "some guy dmed me asking to send nudes, so creepy",
    "no nudes": "stop sending nudes to people who did not ask",
    "art": "the museum has a show of nude paintings, tickets $12, link in bio",
    "health": "is it normal for one breast to be bigger? ask the clinic",
    "threat in sport": "we're gonna destroy you guys on saturday",
    "job": "Barista job in London, experience welcome, dm me",
    "travel": "flights to Dubai are cheap in June, hotel included",
    "sugar": "sugar, butter, eggs, and a baby spoon of salt",
    "leaflet": "Sextortion: they say they will post your pics unless you pay. Report it to police",
}


def found(text: str) -> dict[str, float]:
    """The scores of a text by issue, for what these words and recipes are about."""
    made = findings(Text(text), SETTINGS)
    return {f.issue: f.score for f in made if f.issue.startswith(FAMILIES)}


@pytest.mark.parametrize(("issue", "least", "text"), [*SOLD, *LURED], ids=lambda v: str(v)[:40])
def test_found(issue, least, text):
    """An offer or a lure is found by what it is made of."""
    assert found(text).get(issue, 0) >= least


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_harmless(text):
    """Who speaks of it, warns of it, or means something else is let alone."""
    assert {} == found(text)


@pytest.mark.parametrize("language", ELSEWHERE)
def test_found_in(language):
    """An offer and a lure are found in each language."""
    offer, lure = map(found, ELSEWHERE[language])
    assert offer.get("goods.drugs", 0) >= 0.65
    assert lure.get("child_safety.grooming", 0) >= 0.45


@pytest.mark.parametrize("text", AT_EASE.values(), ids=AT_EASE)
def test_harmless_in(text):
    """News and parents are let alone in each language."""
    assert {} == found(text)
