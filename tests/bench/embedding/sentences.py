"""Sentences to train with: frames of ``frames.toml``, filled the same way for every group.

What is said of a group is hate; said of things or jobs it is not; quoted, denied or denounced it
is not. One seed gives one list. Rows have the shape of the sets, and a frame is their group.
"""

from __future__ import annotations

import csv
import random
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

HERE = Path(__file__).parent
TERMS = HERE.parents[2] / "plugins/handrail_text/terms.csv"

Row: TypeAlias = dict[str, Any]
Kinds: TypeAlias = dict[str, dict[str, list[str]]]

NONE = {"hate": 0, "hate_threat": 0, "harassment": 0, "violence": 0, "sexual": 0, "self_harm": 0}
HATE = NONE | {"hate": 1, "harassment": 1}
THREAT = HATE | {"hate_threat": 1, "violence": 1}
LABELS = {
    "hate": HATE,
    "threat": THREAT,
    "insult": NONE | {"harassment": 1},
    "violence": NONE | {"harassment": 1, "violence": 1},
    "at_risk": NONE | {"self_harm": 1},
    "explicit": NONE | {"sexual": 1},
}
"""What the frames of a section are; those of every other are nothing."""

LISTED = {
    "insult": ("harassment.bullying", "you {}"),
    "violence": ("violence.threat", "{}"),
    "at_risk": ("self_harm.at_risk", "{}"),
    "explicit": ("sexual.explicit", "{}"),
}
"""Sections to which the terms of the shipped list are added, as they stand or in a frame."""

UNSURE = {
    "individual": "harassment",
    "aimed_elsewhere.frames": "harassment",
    "at_risk": "harassment",
    "explicit": "harassment",
    "identity": "hate",
}
"""Labels that a careful annotator would leave open."""

LOOK_ALIKES = {"a": "@4", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}
TAGS = (
    "",
    "",
    "",
    "",
    "",
    " lol",
    " smh",
    "!!",
    " tbh",
    "...",
    " imo",
    " 🙄",
    " 😂",
    " ok?",
    " !!!",
)
STARTS = ("", "", "", "", "", "", "honestly, ", "@user ", "well, ", "look, ", "RT @user: ", "so ")


def listed(issue: str) -> list[str]:
    """The English terms of the shipped list for an issue, without its mild swear words."""
    with TERMS.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [
        row["term"]
        for row in rows
        if row["issue"] == issue and row["language"] in ("en", "*") and float(row["score"]) >= 0.45
    ]


def slurs() -> list[str]:
    """The slurs of the shipped list that are one word."""
    return [t for t in listed("hate.speech") if re.fullmatch("[a-z]+", t) and not t.endswith("s")]


class Sentences:
    """Frames and what fills them, drawn with one seed."""

    def __init__(self, seed: int) -> None:
        found = tomllib.loads((HERE / "frames.toml").read_text(encoding="utf-8"))
        self.slots: dict[str, list[Any]] = found.pop("slots")
        self.slots["slurs"] = slurs()
        for section, (issue, frame) in LISTED.items():
            terms = {"listed": [frame.format(term) for term in listed(issue)]}
            found[section] = found[section] | terms
        self.women = [names for names in self.slots["groups"] if names[2] == "female"]
        self.of_women = False
        self.kinds: Kinds = found
        self.draw = random.Random(seed)

    def rows(self, times: dict[str, int]) -> Iterator[Row]:
        """Yield each frame as often as its section says."""
        for section, kinds in self.kinds.items():
            for kind, frames in kinds.items():
                count = times.get(f"{section}.{kind}", times.get(section, 1))
                for number, frame in enumerate(frames):
                    for _ in range(count if "{" in frame else max(1, count // 4)):
                        yield self._row(section, kind, number, frame)

    def _row(self, section: str, kind: str, number: int, frame: str) -> Row:
        name = f"{section}.{kind}.{number}"
        labels = dict(LABELS.get(section, NONE))
        for where in (kind, f"{section}.{kind}", section):
            labels.pop(UNSURE.get(where, ""), None)
        text = self.styled(self.filled(frame))
        if not labels.get("hate", 1):
            labels["gendered"] = 0
        elif self.of_women and section in ("hate", "threat") and kind != "slurs":
            labels["gendered"] = 1
        return {"id": f"sentences:{name}", "text": text, "labels": labels, "meta": {"templ": name}}

    def filled(self, frame: str) -> str:
        """A frame with a group, a thing, a name … in each of its places."""
        draw, slots = self.draw, self.slots
        groups = self.women if draw.random() < 0.2 else slots["groups"]
        plural, single, adjective = draw.choice(groups)
        self.of_women = adjective == "female"
        values = {"g": plural, "a": single, "j": adjective, "slur": draw.choice(slots["slurs"])}
        values["t"] = draw.choice(slots["things" if draw.random() < 0.5 else "jobs"])
        values["i"] = draw.choice(slots["individuals"])
        for one, many in (
            ("name", "names"), ("curse", "curses"), ("neg", "negative"), ("pos", "positive"),
            ("place", "places"), ("countries", "countries"),
        ):  # fmt: skip
            values[one] = draw.choice(slots[many])
        if "{h" in frame:
            said = self.kinds["hate"][draw.choice(("derogation", "dehuman", "exclusion", "slurs"))]
            hostile = self.filled(draw.choice(said)).rstrip(".!")
            values |= {"h": hostile, "hl": hostile[:1].lower() + hostile[1:]}
        return frame.format(**values)

    def styled(self, text: str) -> str:
        """A sentence as people type: in small letters, with a tag, misspelt."""
        draw = self.draw
        if draw.random() < 0.35:
            text = text.lower()
        elif draw.random() < 0.04:
            text = text.upper()
        if draw.random() < 0.2:
            text = text.rstrip(".!")
        text = draw.choice(STARTS) + text + draw.choice(TAGS)
        return self.misspelt(text) if draw.random() < 0.15 else text

    def misspelt(self, text: str) -> str:
        """A sentence with one or two words disguised."""
        draw = self.draw
        words = text.split(" ")
        if draw.random() < 0.15:
            return "".join(words)
        for _ in range(draw.choice((1, 1, 2))):
            place = draw.randrange(len(words))
            if len(words[place]) > 3:
                words[place] = self._disguised(words[place])
        return " ".join(words)

    def _disguised(self, word: str) -> str:
        draw = self.draw
        place = draw.randrange(1, len(word) - 1)
        before, letter, after = word[:place], word[place], word[place + 1 :]
        match draw.randrange(6):
            case 0:
                return before + after[:1] + letter + after[1:]
            case 1:
                return before + after
            case 2:
                return " ".join(word)
            case 3:
                return before + letter * draw.randrange(2, 5) + after
            case 4:
                return f"{before}{letter} {after}"
        return "".join(draw.choice(LOOK_ALIKES.get(c.lower(), c)) for c in word)
