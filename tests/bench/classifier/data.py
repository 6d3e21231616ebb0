"""Labelled texts as the heads of the classifier take them: what each set's labels mean here."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from handrail_eval import part

HEADS = ("tox", "hate", "gendered", "sexual", "self_harm", "violence", "spam")
"""What is learned. ``tox`` is everything offensive, whatever for."""

FAMILIES = {
    "harassment": {"tox": 1, "hate": 0},
    "hate": {"tox": 1, "hate": 1},
    "violence": {"tox": 1, "violence": 1},
    "sexual": {"sexual": 1},
    "self_harm": {"self_harm": 1},
    "integrity": {"spam": 1},
    "fraud": {"spam": 1},
}
_CALM = dict.fromkeys(HEADS, 0)
GROUPS = ("thread", "templ", "user")
"""What rows are held together by, the first that is known."""

TERMS = Path(__file__).parents[3] / "plugins/handrail_text/terms.csv"


@attrs.frozen
class Row:
    """One text to learn from.

    Attributes:
        text, labels: What it is; a head that is not named is unknown. source: The set.
        part: 1 or 2 of 3; 0 for what belongs to every part. weight: How much it counts.
    """

    text: str
    labels: dict[str, int]
    source: str
    part: int
    weight: float = 1.0


def read(
    folder: Path, name: str, by: tuple[str, ...] = GROUPS
) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the rows of a set and the part that each one's group is in."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            meta = row.get("meta") or {}
            group = next((str(meta[k]) for k in by if meta.get(k) is not None), row["id"])
            yield row, part(group)


def _davidson(said: dict[str, Any]) -> dict[str, int]:
    if said["offensive"] or said["hate"]:
        return {"tox": 1, "hate": said["hate"]}
    return {h: 0 for h in HEADS if h not in {"spam", "gendered"}}


def _toxic(said: dict[str, Any]) -> dict[str, int]:
    return {"tox": 1} if said["toxic"] else _CALM


def _openai(said: dict[str, Any]) -> dict[str, int]:
    if not said["any"]:
        return {**_CALM, "threat": 0}
    found = {h: said[h] for h in ("sexual", "self_harm", "violence") if h in said}
    if "hate" in said or "hate_threatening" in said:
        found["hate"] = max(said.get("hate", 0), said.get("hate_threatening", 0))
    if "hate_threatening" in said:
        found["threat"] = said["hate_threatening"]
    if said.get("harassment") or found.get("hate") or said.get("violence"):
        found["tox"] = 1
    return found


def _sexist(said: dict[str, Any]) -> dict[str, int]:
    return {"gendered": 1, "tox": 1} if said["sexism"] else {"gendered": 0}


def _offensive(said: dict[str, Any]) -> dict[str, int]:
    return {"tox": 1} if said["offensive"] else {"tox": 0, "hate": 0}


def _hostile(said: dict[str, Any]) -> dict[str, int]:
    return {"tox": said["hostile"], "hate": said["hate"]}


SETS = {
    "davidson_tweets": _davidson,
    "wiki_toxicity": _toxic,
    "wiki_talk_context": _toxic,
    "openai_mod": _openai,
    "edos_sexism": lambda said: {
        "gendered": said["sexism"],
        **({"tox": 1} if said["sexism"] else {}),
    },
    "germeval_de": lambda said: {
        "tox": said["offensive"],
        **({} if said["offensive"] else {"hate": 0}),
    },
    "cold_zh": lambda said: {
        "tox": said["offensive"],
        **({} if said["offensive"] else {"hate": 0}),
    },
    "mlma_fr": _hostile,
    "mlma_ar": _hostile,
    "sms_spam": lambda said: {"spam": said["spam"], "self_harm": 0},
    "youtube_spam": lambda said: {"spam": said["spam"], "self_harm": 0},
}
"""What each set's labels mean to the heads."""

LANGUAGES = {"germeval_de": "de", "cold_zh": "zh", "mlma_fr": "fr", "mlma_ar": "ar"}
"""The language of each set that is not in English."""

WEIGHTS = {"openai_mod": 5.0, "sms_spam": 3.0, "youtube_spam": 3.0, "wiki_toxicity": 2.0}
"""Sets that count more than one text by text."""


def labelled(folder: Path) -> Iterator[Row]:
    """Yield the labelled rows; those of part 3 too, for whoever measures."""
    for name, mean in SETS.items():
        by = ("user",) if name == "youtube_spam" else GROUPS
        for row, where in read(folder, name, by):
            yield Row(row["text"], mean(row["labels"]), name, where, WEIGHTS.get(name, 1.0))


def spans(folder: Path) -> Iterator[Row]:
    """Yield toxic comments cut up: what was marked is toxic, what is left of it is not."""
    for row, where in read(folder, "civil_toxic_spans"):
        text, marked = row["text"], row["labels"]["spans"]
        yield Row(text, {"tox": 1}, "civil_toxic_spans", where, 0.7 if marked else 0.3)
        if marked:
            edges = [0, *(edge for span in marked for edge in span), len(text)]
            kept = " ".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
            cut = " ".join(text[a:b] for a, b in marked)
            yield Row(cut, {"tox": 1}, "civil_toxic_spans", where)
            if len(kept) > 20:
                yield Row(kept, {"tox": 0}, "civil_toxic_spans", where)


def chat(folder: Path, every: int = 20) -> Iterator[Row]:
    """Yield some lines of a technical chat as calm; nobody labelled them, so they count half."""
    with gzip.open(folder / "stream_irc.jsonl.gz", "rt", encoding="utf-8") as lines:
        for n, row in enumerate(map(json.loads, lines)):
            if n % every == 0 and len(row.get("text") or "") > 20:
                yield Row(row["text"], _CALM, "stream_irc", part(row["id"]), 0.5)


def terms() -> Iterator[Row]:
    """Yield the project's own terms, alone and said to somebody, as much as each one says.

    They are many, and no texts: together they must not outweigh what people wrote.
    """
    with TERMS.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            labels = FAMILIES[row["issue"].partition(".")[0]]
            for shape in ("{}", "you {}"):
                yield Row(shape.format(row["term"]), labels, "terms", 0, 0.6 * float(row["score"]))
