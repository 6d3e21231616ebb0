"""Live rooms with a minor on stage, or with somebody in danger in front of the camera or the keys.

People are written ``name:age``, without an age where nobody knows it; times are seconds.
"""

from __future__ import annotations

from lines import OLD, Bad, bad, crowd, good, one
from scene import Line

_KIM = ("kim:14",)
_ORDINARY_STAGE = {
    "teen plays guitar": [
        Line(n * 7, f"v{n}:{20 + n}", text)
        for n, text in enumerate((
            "beautiful song!", "how long have you been playing?",
            "how old were you when you started?", "you have a great voice",
            "your teacher must be proud", "love that guitar",
        ))
    ],
    "mother gives": [Line(n * 60, "mum:44", kind="gift", to="kim:14", value=5, relation="family")
        for n in range(2)],
    "friend gives": [Line(0, "lou:15", kind="gift", to="kim:14", value=1, relation="connected")],
    "teens talk of school": [
        Line(n * 9, f"c{n}:14", text) for n, text in enumerate((
            "maths test was so hard", "mr smith is the worst lol", "are you coming tomorrow?"))
    ],
}  # fmt: skip
_STAGE: dict[str, Bad] = {
    "asks her to undress": (one("man:35", 30, "take off your shirt", "come on, show more skin"),
        1),
    "remarks on her body": (one("man:35", 30, "you are so sexy", "what a hot body",
        "mmm those legs"), 2),
    "wants her elsewhere": (
        one("man:35", 30, "add me on snap, don't tell your mum", "snap is bigjohn44, our secret"),
        1
    ),
    "asks where she is": (
        one("man:35", 40, "are you home alone?", "which school do you go to?",
            "i can pick you up after school, just us two"), 3
    ),
    "coins for a handstand": (
        one("man:41", 30, "do a handstand and i give you 50 coins",
        "lift your shirt a bit, 100 coins"), 2
    ),
    "many ask for feet": (crowd(10, 40, ("show feet", "feet pls", "show us your feet kim"), OLD,
        bad=True), 6),
    "likes for turning round": (
        one("x", 30, "100 likes and you stand up and turn around slowly", "now bend over"), 2
    ),
    "stranger gives": ([Line(0, "man:41", "", True, "gift", to="kim:14", value=20,
        relation="stranger")], 1),
    "wants pictures, german": (one("mann:40", 30, "schick mir ein bild von dir, nur für mich",
        "zieh dich aus"), 2),
    "wants pictures, spanish": (one("x:38", 30, "mándame una foto tuya sin ropa",
        "quítate la camisa"), 2),
}  # fmt: skip
_AGE = "child_safety.exposure", "child_safety.underage_account", "act"
_SAYS_AGE: dict[str, Bad] = {
    "says she is thirteen": (one("mia", 9, "hi everybody", "so, i turned 13 yesterday",
        kind="live_segment"), 2),
    "ten, in german": (one("mia", 9, "ich bin erst zehn jahre alt, aber meine mama weiß es",
        kind="live_segment"), 1),
    "twelve, in spanish": (one("mia", 9, "tengo 12 años y este es mi perro", kind="live_segment"),
        1),
    "in seventh grade": (one("mia", 9, "i'm in 7th grade so no late streams", kind="live_segment"),
        1),
    "said it, then chat": (
        [
            Line(0, "mia", "i'm 12 by the way", None, "live_segment", stage=("mia",)),
            *crowd(4, 60, ("you are so sexy", "show more skin"), OLD, bad=True, start=30),
        ], 2, ("act",)
    ),
}  # fmt: skip
_NOT_AGE = {
    "speaks of being thirteen": one("mia:31", 9, "when i was 13 we had no phones",
        "my sister is 12",
        "i've been streaming for 11 years", bad=False, kind="live_segment"),
    "grown, says so": one("mia", 9, "i'm 38, i have two kids, they are 9 and 12",
        "i am 10 minutes late, sorry",
        bad=False, kind="live_segment"),
}  # fmt: skip
_LOOK = ("review", "block")
_HELP = ("support", "review")
_HARM: dict[str, Bad] = {
    "slowly, at the streamer": (
        one("x", 240, "nobody likes you mia", "you look sick today mia", "still no friends, mia?",
            "your laugh is disgusting", "everyone left because of you mia", "so ugly in that light",
            "mia you are a joke", "no wonder he left you"), 6, ("act",)
    ),
    "slowly, without harsh words": (
        one("x", 200, "mia nobody is watching you", "are you crying again mia",
        "your ex was right mia",
            "mia, do you ever look in a mirror", "we all talk about you mia",
            "you should stop, mia",
            "mia why do you even try"), 7, ("act", "harassment.bullying")
    ),
    "stalker": (one("x", 120, "saw you at the bakery today, blue coat",
        "i know where you live mia",
        "i'm outside your house right now"), 3, _LOOK),
    "threat": (one("x", 20, "i will find you and break your legs"), 1, _LOOK),
    "threat in german": (one("x", 20, "ich komme vorbei und bring dich um"), 1, _LOOK),
    "threat in spanish": (one("x", 20, "te voy a matar, sé dónde vives"), 1, _LOOK),
    "threat without its word": (one("x", 20,
        "you won't be laughing when i come to your house tonight"), 1, _LOOK),
    "bomb at the hall": (one("x", 20, "there's a bomb in the hall, everybody there will die"), 1,
        _LOOK),
    "address": (one("x", 20, "she lives at 14 Marlow Street, flat 3, Leeds LS1 4AP"), 1, ("block",
        )),
    "telephone number": (one("x", 20, "mia's real number is +44 7911 123456, call her all night"),
        1, ("block",)),
    "address in parts": (one("x", 15, "her street is Marlow Street", "in leeds, number 14",
        "go visit her"), 3, ("act",)),
    "streamer wants to end it": (
        one("mia", 20, "i can't do this anymore, i want to end my life tonight",
        kind="live_segment"), 1, _HELP
    ),
    "streamer, german": (one("mia", 20, "ich will nicht mehr leben", kind="live_segment"), 1,
        _HELP),
    "viewer wants to end it": (one("x", 20, "i don't want to live anymore"), 1, _HELP),
    "viewer, spanish": (one("x", 20, "ya no quiero vivir, me quiero morir"), 1, _HELP),
    "viewer, quietly": (one("x", 20,
        "this is my last stream. i took all the pills. thank you all"), 1, _HELP),
    "tells her to end it": (one("x", 20, "nobody would miss you mia, end your life"), 1, ("act",)),
    "chat eggs him on": (
        [
            Line(0, "mia", "i'm on the roof. i want to end my life", None, "live_segment"),
            *crowd(8, 30, ("do it", "jump", "jump already", "no balls", "doooo it"), OLD,
            bad=True, start=5),
        ], 4, ("act",)
    ),
    "sexual, at a grown streamer": (one("x", 20, "show us your tits mia"), 1, ("act",)),
    "against a group": (one("x", 20, "all of you immigrants are parasites, go back home"), 1,
        ("act",)),
}  # fmt: skip


SCENES = (
    *bad("harm", _HARM),
    *bad("minor", _STAGE, stage=_KIM), *bad("minor", _SAYS_AGE, _AGE),
    *good("stage", _ORDINARY_STAGE, _KIM), *good("stage", _NOT_AGE),
)  # fmt: skip
