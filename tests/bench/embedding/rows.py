"""Rows to train and to calibrate with: public sets and our sentences, their labels in one form.

A label is what is known about a row: 1, 0, or absent. Parts 1 and 2 of each set are used, less one
group in eight, which only calibrates; part 3 is for the report, and ``never`` for nothing else.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import attrs
from sentences import Sentences

from handrail_eval import part

HEADS = ("harassment", "hate", "gendered", "hate_threat", "violence", "sexual", "self_harm")
"""What is learned, in the order of the weights."""

SETS = {
    "davidson_tweets": 0.7, "edos_sexism": 1.0, "wiki_toxicity": 1.0, "wiki_talk_context": 0.5,
    "civil_toxic_spans": 0.4, "openai_mod": 1.0,
}  # fmt: skip
"""The sets trained on, all CC0, MIT, Apache-2.0 or CC BY, and the share of rows used."""

TIMES = {
    "hate": 14, "hate.slurs": 14, "threat": 18, "aimed_elsewhere": 12, "harmless": 8,
    "harmless.neutral": 22, "harmless.positive": 22, "harmless.negated": 20,
    "harmless.counter": 28, "harmless.denounce": 16, "harmless.reclaimed": 14,
    "harmless.mentioned_slur": 14, "harmless.mixed": 14, "insult.identity": 24,
    "harmless.homonyms": 16, "harmless.daily": 16, "insult": 8,
    "no_insult": 8, "violence": 8, "no_violence": 8, "at_risk": 16, "not_at_risk": 16,
    "explicit": 16, "not_explicit": 16,
}  # fmt: skip
"""How often each frame is filled."""

_SENTENCE = re.compile(r"[^.!?\n]{1,1000}(?:[.!?\n]{1,9}|$)")

Labels: TypeAlias = dict[str, int]
Raw: TypeAlias = dict[str, Any]


@attrs.frozen
class Row:
    """A text, what is known about it, the set it is of, and the group it belongs to."""

    text: str
    labels: Labels
    source: str
    group: str

    @property
    def calibrates(self) -> bool:
        """Whether the row is kept out of training, to calibrate with."""
        return part(self.group, 8) == 8


def read(folder: Path, name: str) -> list[Raw]:
    """The English rows of a set."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [r for r in found if str(r.get("language", "en")).startswith("en") and r["text"].strip()]


def group_of(raw: Raw) -> str:
    """What ``handrail eval`` calls a row's group."""
    meta = raw.get("meta") or {}
    for field in ("templ", "thread", "user"):
        if meta.get(field) is not None:
            return str(meta[field])
    return str(raw["id"])


def rows(folder: Path, seed: int = 1) -> list[Row]:
    """All rows of parts 1 and 2, and our sentences."""
    draw = random.Random(seed)
    found = [
        row
        for name, share in SETS.items()
        for raw in read(folder, name)
        if part(group_of(raw)) != 3
        for row in _made(name, raw)
        if draw.random() < share or (name == "wiki_talk_context" and row.labels["harassment"])
    ]
    return found + ours(folder, seed)


def ours(folder: Path, seed: int) -> list[Row]:
    """Our sentences, without those that happen to be in a set that is only measured."""
    known = measured(folder)
    made = (
        Row(raw["text"], raw["labels"], "sentences", raw["meta"]["templ"])
        for raw in Sentences(seed).rows(TIMES)
    )
    return [row for row in made if plain(row.text) not in known]


def measured(folder: Path) -> set[str]:
    """The texts of the sets that are only measured, without case and marks."""
    return {plain(raw["text"]) for name in NEVER for raw in read(folder, name)}


NEVER = ("hatecheck_en", "hatemoji_build", "identity_templates", "xstest_prompts", "reddit_threads")
"""Sets that are only measured; a sentence of ours that happens to be one of theirs is dropped."""


def plain(text: str) -> str:
    """The words of a text, without case and marks."""
    return " ".join(re.findall(r"[a-z]+", text.lower()))


def _made(name: str, raw: Raw) -> Iterator[Row]:
    group, text = group_of(raw), raw["text"]
    labels = {
        "davidson_tweets": _davidson, "edos_sexism": _edos, "openai_mod": _openai,
        "civil_toxic_spans": lambda _: {"harassment": 1},
    }.get(name, _toxic)(raw)  # fmt: skip
    yield Row(text, labels, name, group)
    if name == "civil_toxic_spans" and (rest := _harmless_rest(raw)):
        yield Row(
            rest, dict.fromkeys(("harassment", "hate", "hate_threat", "sexual"), 0), name, group
        )


def _nothing() -> Labels:
    return dict.fromkeys(HEADS, 0)


def _toxic(raw: Raw) -> Labels:
    return {"harassment": 1} if raw["labels"]["toxic"] else _nothing()


def _davidson(raw: Raw) -> Labels:
    known = raw["labels"]
    labels = {"harassment": known["offensive"], "self_harm": 0}
    if not known["offensive"]:
        return labels | {"hate": 0, "hate_threat": 0, "gendered": 0}
    return labels | {"hate": known["hate"]}


def _edos(raw: Raw) -> Labels:
    """Sexism is a head of its own; threats and insults are hate, milder prejudice is left open."""
    if not raw["labels"]["sexism"]:
        return {"gendered": 0, "sexual": 0, "self_harm": 0}
    kind = str(raw["labels"]["raw"])[:1]
    labels = {"gendered": 1}
    if kind in "12":
        labels |= {"hate": 1, "harassment": 1}
    return labels | ({"hate_threat": 1, "violence": 1} if kind == "1" else {})


def _openai(raw: Raw) -> Labels:
    known = raw["labels"]
    if not known.get("any", 1):
        return _nothing()
    names = {"harassment": "harassment", "hate": "hate", "hate_threatening": "hate_threat"} | {
        name: name for name in ("sexual", "violence", "self_harm")
    }
    labels = {ours: known[theirs] for theirs, ours in names.items() if theirs in known}
    if labels.get("hate") or labels.get("hate_threat"):
        labels |= {"harassment": 1, "hate": 1}
    return labels


def _harmless_rest(raw: Raw) -> str:
    """The sentences of a comment in which nobody marked anything toxic."""
    spans = raw["labels"].get("spans") or raw.get("spans") or []
    if not spans:
        return ""
    kept = [
        match[0]
        for match in _SENTENCE.finditer(raw["text"])
        if not any(a < match.end() and match.start() < b for a, b in spans)
    ]
    rest = "".join(kept).strip()
    return rest if len(rest) > 40 else ""
