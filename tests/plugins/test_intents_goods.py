"""What is sold and to whom, and who lures whom: told apart from those who only speak of it."""

from __future__ import annotations

import pytest

from handrail import Text
from handrail_intents._find import findings
from handrail_intents._settings import Settings

SETTINGS = Settings()
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
