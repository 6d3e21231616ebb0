"""Reports as they come: waves against somebody, crowds that are right, and what comes first."""

from __future__ import annotations

from scene import Crowd, Filing, Order

DAY = 1440
_LETTER = "This account spreads hatred against our community and must be removed at once"
_TURNS = (
    "this account spreads hate against our community, it must be removed now",
    "the account spreads hatred against our community!! must be removed at once pls",
    "This account is spreading hatred against our community and has to be removed at once",
)
_SPOKEN = (
    "he called her a stupid cow", "this is bullying", "insults a girl in the video", "please look",
    "mean and disgusting", "he shows her address?", "bullying a classmate", "she cries, remove it",
    "that is not ok", "hurtful", "attacks a person by name", "i know her, this hurts her",
    "against your rules", "rude", "horrible person", "harasses my friend", "stop this",
    "why is this still up", "calls for hate", "very bad video", "kids see this", "no respect",
    "awful", "reported twice now", "he does this every week",
)  # fmt: skip
_FAN = (
    "she lied about our band", "fake news about the band", "delete, she is jealous", "hater",
    "lies lies lies", "she insults the singer", "spam account", "please ban her", "toxic person",
    "disrespects us", "everyone report this", "ban", "not true", "rude to fans", "remove",
)  # fmt: skip


def _crowd(
    number: int, span: float, tenure: object = 300, words: object = "", start: float = 0,
    name: str = "u", item: str = "post", **more: object,
) -> list[Filing]:  # fmt: skip
    """So many people within *span* minutes; tenures and words go round."""
    tenures = tenure if isinstance(tenure, tuple) else (tenure,)
    said = words if isinstance(words, tuple) else (words,)
    return [
        Filing(
            start + span * n / number, f"{name}{n}", tenures[n % len(tenures)],
            said[n % len(said)], item=item, **more,  # type: ignore[arg-type]
        )
        for n in range(number)
    ]  # fmt: skip


_OLD, _MIXED, _NEW = (400, 90, 1000, 60, 700), (400, 3, 1000, 60, 30, 700), (1, 2, 0, 3)

_WAVES = {
    "one letter, new accounts": _crowd(12, 8, _NEW, _LETTER),
    "one letter, old accounts": _crowd(12, 8, _OLD, _LETTER),
    "one letter, ages unknown": _crowd(10, 8, None, _LETTER),
    "one letter over a night": _crowd(14, 600, _MIXED, _LETTER),
    "one letter over three days": _crowd(20, 3 * DAY, _MIXED, _LETTER),
    "one letter with changes": _crowd(12, 20, _OLD, _TURNS),
    "one letter with changes, slowly": _crowd(15, 900, _MIXED, _TURNS),
    "new accounts, own words, at once": _crowd(12, 6, _NEW, _FAN),
    "new accounts, no words, at once": _crowd(15, 6, _NEW),
    "new accounts over two hours": _crowd(15, 120, _NEW, _FAN),
    "seven new accounts": _crowd(7, 4, _NEW, _FAN),
    "five new accounts, one letter": _crowd(5, 4, _NEW, _LETTER),
    "fifty new accounts": _crowd(50, 30, _NEW, _FAN),
    "half new, half letter": _crowd(16, 9, (1, 400), (_LETTER, "")),
    "crew again, old accounts": [
        *_crowd(10, 5, _OLD, _FAN, 0, item="other"), *_crowd(10, 5, _OLD, _FAN, 1500)
    ],
    "crew for the third time": [
        *_crowd(8, 5, _OLD, "", 0, item="a"), *_crowd(8, 5, _OLD, "", 700, item="b"),
        *_crowd(8, 5, _OLD, "", 1500),
    ],
    "crew with others between": [
        *_crowd(10, 5, _OLD, _FAN, 0, item="other"),
        *_crowd(10, 5, _OLD, _FAN, 1500), *_crowd(4, 60, _OLD, _SPOKEN, 1490, "x"),
    ],
    "crew, new accounts, two days": [
        *_crowd(8, 9, _NEW, "", 0, item="other"), *_crowd(8, 9, _NEW, "", 2880)
    ],
    "crew that was wrong before": _crowd(10, 6, _OLD, _FAN, wrong=6),
    "letter of those who were wrong": _crowd(8, 60, _OLD, _LETTER, wrong=4),
    "wave under an honest report": [
        Filing(0, "honest", 900, "he shows her address", right=20), *_crowd(12, 8, _NEW, _LETTER, 5)
    ],
    "wave about violence": _crowd(14, 6, _NEW, _LETTER, issue="violence.threat"),
    "wave against children's issue": _crowd(12, 6, _NEW, _LETTER, issue="child_safety.grooming"),
    "letter in german": _crowd(
        11, 15, _MIXED, "Dieses Konto verbreitet Hass gegen uns, sofort weg"
    ),
    "short letter": _crowd(12, 10, _MIXED, "ban her now please"),
    "letter of emoji and words": _crowd(12, 10, _MIXED, "🤮🤮 remove this hater of our team 🤮🤮"),
}  # fmt: skip

_CROWDS = {
    "twenty in five minutes, own words": _crowd(20, 5, _OLD, _SPOKEN),
    "twenty in five minutes, no words": _crowd(20, 5, _OLD),
    "sixty in an hour": _crowd(60, 60, _MIXED, _SPOKEN),
    "forty in ten minutes, mixed accounts": _crowd(40, 10, _MIXED, _SPOKEN),
    "nobody knows the accounts": _crowd(15, 10, None, _SPOKEN),
    "nobody knows them, no words": _crowd(15, 10, None),
    "slow and many": _crowd(40, 5 * DAY, _MIXED, _SPOKEN),
    "six in a day": _crowd(6, DAY, _MIXED, _SPOKEN),
    "four new accounts": _crowd(4, 5, _NEW, _SPOKEN),
    "two friends": _crowd(2, 3, _NEW, "please remove this"),
    "one word of many": _crowd(14, 30, _OLD, ("spam", "bullying", "rude", "hate", "scam")),
    "everybody says spam": _crowd(12, 40, _OLD, "spam"),
    "a few newcomers among them": _crowd(20, 15, (400, 90, 1000, 2, 700), _SPOKEN),
    "a third are newcomers": _crowd(18, 200, (400, 2, 700), _SPOKEN),
    "class against a mean video": _crowd(9, 30, (200, 210, 40, 300), _SPOKEN),
    "known reporters of a team": _crowd(8, 6, _OLD, _SPOKEN, right=15, wrong=1),
    "known reporters use one form": _crowd(8, 6, _OLD, _LETTER, right=20),
    "known reporters, again together": [
        *_crowd(8, 5, _OLD, "", 0, item="other", right=20), *_crowd(8, 5, _OLD, "", 900, right=20)
    ],
    "regulars of a channel, apart": [
        *_crowd(8, 300, _OLD, _SPOKEN, 0, item="other"), *_crowd(8, 400, _OLD, _SPOKEN, 3000)
    ],
    "two of them met before": [
        *_crowd(2, 5, _OLD, _SPOKEN, 0, item="other"), *_crowd(12, 20, _OLD, _SPOKEN, 900)
    ],
    "live stream goes wrong": _crowd(80, 3, _MIXED, _SPOKEN),
    "live stream goes wrong, no words": _crowd(80, 3, _MIXED),
    "scam seen by many": _crowd(25, 90, _MIXED, ("scam", "stole my money", "fake shop", "fraud",
        "phishing link", "do not click", "he took 50 from me", "same scam again")),
    "threat seen by many": _crowd(25, 12, _MIXED, _SPOKEN, issue="violence.threat"),
    "one person again and again": [Filing(n * 30, "ann", 300, "please look") for n in range(8)],
    "new app, everybody is young": _crowd(12, 400, (6, 20, 5, 25, 12, 30), _SPOKEN),
    "a school signs up and reports": _crowd(9, 700, (2, 3, 40, 2, 60, 90), _SPOKEN),
    "quotes of the same sentence": _crowd(9, 120, _OLD, tuple(
        f'he says "you people are all rats and should leave" {word}' for word in _SPOKEN[:9])),
}  # fmt: skip

_ONE, _THREAT = [Filing(0, "a")], "violence.threat"
_ORDERS = {
    "threat before insult": ([Filing(0, "a", issue=_THREAT)], _ONE),
    "child before insult of many": (
        [Filing(0, "a", issue="child_safety.grooming")], _crowd(10, 20, _OLD, _SPOKEN)
    ),
    "self-harm before spam of many": (
        [Filing(0, "a", issue="self_harm.at_risk")],
        _crowd(30, 60, _OLD, "", issue="integrity.spam"),
    ),
    "known reporter before newcomer": ([Filing(0, "a", right=20, wrong=2)], _ONE),
    "newcomer before who is always wrong": (_ONE, [Filing(0, "a", wrong=15)]),
    "right lately before half right": (
        [Filing(0, "a", right=9, wrong=1)], [Filing(0, "a", right=9, wrong=9)]
    ),
    "four of five before forty of eighty": (
        [Filing(0, "a", right=40, wrong=10)], [Filing(0, "a", right=40, wrong=40)]
    ),
    "many before one": (_crowd(8, 60, _OLD, _SPOKEN), _ONE),
    "three known before a wave of twelve": (
        _crowd(3, 60, _OLD, _SPOKEN, right=15), _crowd(12, 6, _NEW, _LETTER)
    ),
    "honest crowd before wave of its size": (
        _crowd(12, 40, _OLD, _SPOKEN), _crowd(12, 6, _NEW, _LETTER)
    ),
    "one known before four newcomers": ([Filing(0, "a", right=40)], _crowd(4, 50, _NEW, _FAN)),
    "threat by a liar before spam by known": (
        [Filing(0, "a", issue=_THREAT, wrong=5)],
        [Filing(0, "b", issue="integrity.spam", right=20)],
    ),
    "threat in a wave before an insult": (_crowd(12, 6, _NEW, _LETTER, issue=_THREAT), _ONE),
    "wave, an honest one among it, before wave": (
        [Filing(0, "h", 900, "he shows her address", right=30), *_crowd(9, 6, _NEW, _LETTER, 5)],
        _crowd(10, 6, _NEW, _LETTER),
    ),
    "insult before spam": (_ONE, [Filing(0, "a", issue="integrity.spam")]),
    "new crowd without signs before one": (_crowd(6, 900, _MIXED, _SPOKEN), _ONE),
}  # fmt: skip

SCENES = (
    *(Crowd("wave", True, name, filings) for name, filings in _WAVES.items()),
    *(Crowd("honest crowd", False, name, filings) for name, filings in _CROWDS.items()),
    *(Order("order", name, *both) for name, both in _ORDERS.items()),
)
