"""Payments as they come: laundering, pressure, minors, and what people pay each other anyway.

People are written ``name:age``, without an age where nobody knows it; times are minutes.
"""

from __future__ import annotations

from scene import Event, Scene, gift, pay, say

DAY = 1440


def _chain(*steps: tuple[float, str, str, float]) -> list[Event]:
    return [pay(*step) for step in steps]


_LAUNDERING = {
    "circle of three in an hour": _chain(
        (0, "a:30", "b:31", 500), (20, "b:31", "c:29", 480), (50, "c:29", "a:30", 470)
    ),
    "circle of four in an afternoon": _chain(
        (0, "a:44", "b:31", 2000), (60, "b:31", "c:29", 1950),
        (150, "c:29", "d:50", 1900), (290, "d:50", "a:44", 1850),
    ),
    "circle of three overnight": _chain(
        (0, "a:30", "b:31", 900), (500, "b:31", "c:29", 880), (1300, "c:29", "a:30", 860)
    ),
    "just under the limit daily": [pay(n * DAY, "a:40", f"z{n}:30", 9700) for n in range(5)],
    "just under to one": [pay(n * 400, "a:40", "z:30", 9900) for n in range(4)],
    "just under twice a day": [pay(n * 700, "a:40", f"z{n % 2}:30", 9450) for n in range(6)],
    "mule passes on at once": _chain((0, "x:33", "mule:19", 8000), (10, "mule:19", "y:40", 7600)),
    "mule passes on in parts": _chain(
        (0, "x:33", "mule:19", 9000), (8, "mule:19", "y:40", 3000), (15, "mule:19", "z:41", 3000),
        (22, "mule:19", "w:42", 2600),
    ),
    "mule for many victims": [
        each for n in range(4) for each in (
            pay(n * 90, f"v{n}:60", "mule:20", 6000), pay(n * 90 + 12, "mule:20", "boss:40", 5700)
        )
    ],
    "mule next morning": _chain((0, "x:33", "mule:19", 7000), (800, "mule:19", "y:40", 6800)),
    "sixty strangers pay one": [pay(n * 4, f"p{n}:30", "x:35", 90) for n in range(60)],
    "twenty strangers pay odd sums": [pay(n * 30, f"p{n}:50", "x", 400 + n) for n in range(20)],
    "coins to and fro all night": [
        pay(n * 9, *(("a:30", "b:31") if n % 2 else ("b:31", "a:30")), 300) for n in range(16)
    ],
    "gifts to and fro in a stream": [
        gift(n * 5, *(("a:25", "b:27") if n % 2 else ("b:27", "a:25")), 100) for n in range(20)
    ],
    "stolen account empties itself": [pay(n * 0.5, "a:61", f"q{n % 3}", 480) for n in range(40)],
    "hundred small gifts in minutes": [gift(n * 0.3, "a:30", "host:28", 20) for n in range(100)],
}  # fmt: skip

_PRESSED = {
    "sextortion of a man": [
        say(0, "x:29", "vic:24", "pay 400 or I send your nudes to all your friends"),
        pay(15, "vic:24", "x:29", 400),
    ],
    "sextortion paid in parts": [
        say(0, "x:29", "vic:24", "I recorded you on cam. pay me or everyone will see it"),
        *(pay(20 + n * 60, "vic:24", "x:29", 100) for n in range(4)),
    ],
    "sextortion of a girl": [
        say(0, "x:22", "kim:15", "send me 50 or I'll post your pics online"),
        pay(9, "kim:15", "x:22", 50),
    ],
    "threat in german": [
        say(0, "x:40", "vic:33", "Zahl 300 oder ich schicke die Bilder deiner Familie"),
        pay(30, "vic:33", "x:40", 300),
    ],
    "threat in spanish": [
        say(0, "x:40", "vic:33", "tengo tus fotos, paga 200 euros o se las mando a tu familia"),
        pay(30, "vic:33", "x:40", 200),
    ],
    "threat days before": [
        say(0, "x:29", "vic:24", "pay 400 or I send your nudes to all your friends"),
        pay(3000, "vic:24", "x:29", 400),
    ],
    "hi mum": [
        say(0, "x", "mum:60", "hi mum, my phone broke, this is my new number. can you pay a bill"
            " today, it is urgent? I need you to send 900"),
        pay(20, "mum:60", "x", 900),
    ],
    "romance and a hospital": [
        say(0, "x:38", "ada:57", "my love, I had an accident and am in hospital, please send me"
            " 2000 today, I promise I pay you back"),
        pay(120, "ada:57", "x:38", 2000),
    ],
    "boss wants gift cards": [
        say(0, "x", "eva:27", "I am in a meeting, buy gift cards urgently, tell nobody yet"),
        pay(25, "eva:27", "x", 500),
    ],
    "customs fee": [
        say(0, "x", "tom:35", "your parcel is held at customs, pay the fee immediately"),
        pay(5, "tom:35", "x", 90),
    ],
    "host saw pressure": [pay(0, "ada:71", "x:35", 800, signals={"pressure": 0.9})],
    "host saw some pressure": [pay(0, "ada:71", "x:35", 800, signals={"pressure": 0.7})],
}  # fmt: skip

_CHILDREN_AT_RISK = {
    "man gives a girl coins daily": [
        gift(n * DAY, "man:41", "kim:13", 10, relation="stranger") for n in range(4)
    ],
    "stranger gives once, much": [gift(0, "man:35", "kim:13", 200, relation="stranger")],
    "stranger gives once, little": [gift(0, "man:35", "kim:13", 5, relation="stranger")],
    "nobody says who he is, often": [gift(n * 300, "man:35", "lou:14", 15) for n in range(5)],
    "unknown age gives often": [
        gift(n * 300, "who", "lou:14", 15, relation="stranger") for n in range(5)
    ],
    "gift and a secret": [
        say(
            0, "man:44", "kim:12", "I have a present for you, don't tell your mum, it's our secret"
        ),
        gift(10, "man:44", "kim:12", 25, relation="connected"),
    ],
    "gift for a picture": [
        say(0, "man:44", "kim:12", "send me a pic of you and I give you 20"),
        gift(10, "man:44", "kim:12", 20, relation="stranger"),
    ],
    "child pays a stranger much": [pay(0, "kim:12", "man:33", 300, relation="stranger")],
    "child gives a streamer daily sums": [
        gift(n * 3, "kim:13", "host:29", 50, relation="stranger") for n in range(12)
    ],
    "adult pays two children": [
        pay(n * 60, "man:39", f"kid{n % 2}:13", 30, relation="stranger") for n in range(6)
    ],
    "child is a mule": [
        pay(0, "x:30", "kim:16", 9000, relation="stranger"),
        pay(12, "kim:16", "y:31", 8600, relation="stranger"),
    ],
}

_ORDINARY = {
    "flat share and its rent": [
        *(pay(n * 60, f"m{n}:25", "ann:26", 450) for n in range(4)),
        pay(300, "ann:26", "landlord:60", 1800),
    ],
    "present of nine colleagues": [pay(n * 10, f"c{n}:35", "ann:30", 15) for n in range(9)],
    "present of twenty colleagues": [pay(n * 15, f"c{n}:35", "ann:30", 10) for n in range(20)],
    "class trip": [pay(n * 30, f"p{n}:42", "teacher:40", 85) for n in range(24)],
    "club fees in a week": [pay(n * 300, f"p{n}:38", "club:50", 60) for n in range(30)],
    "salary, rent, shop": _chain(
        (0, "firm", "ann:30", 2800), (700, "ann:30", "flat:55", 900), (900, "ann:30", "shop", 120)
    ),
    "salary and rent at once": _chain((0, "firm", "ann:30", 2800), (20, "ann:30", "flat:55", 950)),
    "split evening": _chain(
        (0, "ann:30", "bea:31", 12), (50, "bea:31", "ann:30", 7), (100, "ann:30", "bea:31", 4)
    ),
    "three friends settle a holiday": _chain(
        (0, "ann:30", "bea:31", 120), (10, "bea:31", "eve:32", 45), (25, "ann:30", "eve:32", 60)
    ),
    "three friends and rounds of beer": _chain(
        (0, "ann:30", "bea:31", 6), (40, "bea:31", "eve:32", 6.5), (80, "eve:32", "ann:30", 7)
    ),
    "lent and given back": _chain((0, "ann:30", "bea:31", 200), (1000, "bea:31", "ann:30", 200)),
    "refund of a seller": _chain((0, "ann:30", "shop:44", 89), (300, "shop:44", "ann:30", 89)),
    "market seller": [pay(n * 20, f"b{n}:30", "s:44", 20 + n * 7) for n in range(12)],
    "busy baker on saturday": [pay(n * 6, f"b{n}:30", "s:44", 4 + n % 9) for n in range(50)],
    "monthly rent": [pay(n * 30 * DAY, "ann:30", "landlord:60", 950) for n in range(3)],
    "car bought for 9,500": [pay(0, "ann:40", "bea:50", 9500)],
    "two used cars": [pay(0, "ann:40", "bea:50", 9500), pay(3 * DAY, "ann:40", "cid:50", 9200)],
    "house sale in one": [pay(0, "ann:40", "notary:50", 180000)],
    "gifts to a streamer": [gift(n * 0.3, f"v{n}:22", "host:28", 2) for n in range(80)],
    "fan gives ten": [gift(n * 5, "fan:24", "host:28", 1) for n in range(10)],
    "fan gives twenty in a show": [gift(n * 4, "fan:24", "host:28", 5) for n in range(20)],
    "firm pays its people": [pay(n * 0.5, "firm", f"e{n}:40", 2100 + n * 13) for n in range(25)],
    "gamers trade all evening": [
        pay(n * 25, *(("a:25", "b:27") if n % 2 else ("b:27", "a:25")), 5) for n in range(5)
    ],
    "paid back after asking": [
        say(0, "bea:30", "ann:31", "send me your paypal, i pay you back for the tickets"),
        pay(2, "ann:31", "bea:30", 20),
    ],
    "tickets, the hurry is real": [
        say(0, "bea:30", "ann:31", "the concert is sold out soon, send me 60 today for the ticket"),
        pay(9, "ann:31", "bea:30", 60, relation="connected"),
    ],
    "surprise party": [
        say(
            0, "bea:30", "ann:31", "surprise party for mia, it's a secret! send me 15 for the gift"
        ),
        pay(30, "ann:31", "bea:30", 15, relation="connected"),
    ],
    "video of a recital": [
        say(0, "bea:30", "ann:31", "I have a video of you singing, send me 5 euros for the cd"),
        pay(30, "ann:31", "bea:30", 5),
    ],
    "host saw nothing": [pay(0, "ada:71", "son:45", 800, signals={"pressure": 0.1})],
    "invoices of a plumber": [pay(n * 200, f"c{n}:50", "plumber:45", 240) for n in range(5)],
    "charity run": [pay(n * 12, f"d{n}:45", "charity", 20) for n in range(40)],
}

_FAMILIES = {
    "pocket money": [
        gift(n * 7 * DAY, "mum:44", "kim:14", 20, relation="family") for n in range(4)
    ],
    "grandmother's fifty": [gift(0, "oma:70", "kim:12", 50, relation="family")],
    "aunt at christmas": [gift(0, "aunt:39", "kim:13", 30, relation="family")],
    "aunt, and birthdays all month": [
        gift(n * 3 * DAY, "aunt:39", f"kid{n}:1{n + 1}", 30, relation="family") for n in range(4)
    ],
    "lunch money daily": [
        gift(n * DAY, "dad:45", "kim:15", 5, relation="family") for n in range(9)
    ],
    "son pays mother back": [pay(0, "kim:16", "mum:44", 12, relation="family")],
    "friends of fifteen share pizza": [pay(0, "kim:15", "lou:15", 7, relation="connected")],
    "friends share, nobody says so": [pay(0, "kim:15", "lou:16", 6)],
    "neighbour pays the babysitter": [pay(0, "bea:38", "kim:16", 30, relation="connected")],
    "trainer is paid for the kit": [pay(0, "kim:16", "coach:40", 25, relation="connected")],
    "godfather gives": [gift(0, "god:50", "kim:11", 40, relation="connected")],
    "teen gives a friend a skin": [gift(0, "kim:16", "lou:17", 8, relation="connected")],
}

SCENES = (
    *(Scene("laundering", True, name, events) for name, events in _LAUNDERING.items()),
    *(Scene("pressure", True, name, events) for name, events in _PRESSED.items()),
    *(Scene("children", True, name, events) for name, events in _CHILDREN_AT_RISK.items()),
    *(Scene("ordinary", False, name, events) for name, events in _ORDINARY.items()),
    *(Scene("families", False, name, events) for name, events in _FAMILIES.items()),
)
