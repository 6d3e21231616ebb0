"""Made-up sentences: frames around names of groups, things and people, hostile and harmless.

They teach that naming a group says nothing, that denial, quotation and things are no hate, and
what people at risk may say. No labelled set was looked at for them.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

sys.path.append(str(Path(__file__).parents[1] / "embedding"))

from calibrate import ABROAD
from data import Row, read
from rows import measured, ours, plain

from handrail import fold
from handrail_eval import part

HERE = Path(__file__).parent
GROUPS = HERE.parents[2] / "plugins/handrail_classifier/groups.csv"
_FILLINGS = {
    "thing": "spiders mosquitoes mushrooms traffic mondays homework printers meetings rain onions "
    "bicycles cars phones movies songs games weeds bugs servers software coffee carpets buses",
    "job": "bankers politicians lawyers artists journalists managers teachers referees cops "
    "singers capitalists communists gamers vegans smokers drivers fans landlords tourists",
    "name": "anna ben carla david emma farid grace hans ivan julia kofi laura mehmet nina omar "
    "paula quentin rosa samir tanja ursula victor wei xenia yusuf zoe james mary robert linda "
    "michael sarah ahmed fatima chen maria jose kumar priya olga pierre sofia",
    "prize": "iphone ipad holiday gift-card laptop cruise console voucher playstation robux camera",
    "money": "£100 £500 £2,000 $50 $1000 $10,000 €250 5000-dollars 2-million-dollars",
    "keyword": "WIN YES CLAIM GO CHAT TONE JOIN PRIZE",
    "short": "80123 85555 61234 33444 90909",
    "phone": "08001234567 09061234567 +15551234567 0871-123-4567 +447911123456",
    "site": "www.example.com http://prizes.example.net bit.ly/2Abc9 tinyurl.com/win22 "
    "example.shop/win cashnow.example.org",
    "hobby": "gaming music comedy dance football cooking beauty",
    "coin": "bitcoin ethereum crypto btc dogecoin",
    "product": "watches sneakers pills handbags perfume medication phones sunglasses",
    "year": "1945 1999 2005 2012 2014 2018 2020 2024",
    "often": "again today tonight every-day often always",
    "i_want": "I-want I-just-want i-really-want I-wish",
}
WOMEN = 0.2
"""The share of sentences about a group that are about women."""

_SLOT = re.compile(r"\{(\w+)\}")


def _words() -> dict[tuple[str, str], list[str]]:
    with GROUPS.open(encoding="utf-8") as lines:
        found: dict[tuple[str, str], list[str]] = {}
        for row in csv.DictReader(lines):
            words = fold(row["words"]).plain.split()
            found.setdefault((row["class"], row["language"]), []).extend(words)
    with (HERE / "fillings.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            words = row["words"].split()
            found[row["slot"], row["language"]] = [word.replace("_", " ") for word in words]
    for kind, words in _FILLINGS.items():
        found[kind, "*"] = [word.replace("-", " ") for word in words.split()]
    return found


_HEADS = {"harassment": "tox", "hate_threat": "threat"}
"""What labels of the embedding's sentences are called here; its own of sexism did not help."""


def written(folder: Path, seed: int = 1) -> Iterator[Row]:
    """Yield the sentences that the embedding learns from, too; always the same ones."""
    for row in ours(folder, seed):
        said = {head: value for head, value in row.labels.items() if head != "gendered"}
        labels = {_HEADS.get(head, head): value for head, value in said.items()}
        yield Row(row.text, {**labels, "spam": 0}, "sentences", part(row.group, 2), 0.5)


def sentences(folder: Path, seed: int = 0) -> Iterator[Row]:
    """Yield each frame of ``frames.csv`` with many fillings; always the same ones.

    One that happens to be in a set that is only measured is left out.
    """
    random, words, known = Random(seed), _words(), (measured(folder) | abroad(folder)) - {""}
    with (HERE / "frames.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            labels = {k: int(v) for k, v in (each.split("=") for each in row["labels"].split())}
            times, where = int(row["times"]), part(row["frame"], 2)
            source = "synthetic" if row["language"] == "en" else ABROAD
            made = [_filled(row["frame"], row["language"], words, random) for _ in range(times)]
            made = sorted(set(made)) if "{" in row["frame"] else made
            for text in (each for each in made if known.isdisjoint({plain(each), bare(each)})):
                women = "{group}" in row["frame"] and women_are_named(text, row["language"], words)
                said = {k: v for k, v in labels.items() if not (women and k == "gendered")}
                yield Row(text, said, source, where, 0.5)


NEVER = ("hatecheck_de", "hatecheck_es", "hatecheck_fr", "hatecheck_hi", "hatecheck_pt",
         "told_br_pt", "news_comments_ko")  # fmt: skip
"""Sets in other languages than English that are only measured."""


def abroad(folder: Path) -> set[str]:
    """Return the texts of those sets, as ``bare`` leaves them."""
    return {bare(row["text"]) for name in NEVER for row, _ in read(folder, name)}


def bare(text: str) -> str:
    """Return the words of a text in any script, without case, accents and marks."""
    return " ".join(fold(text).plain.split())


def women_are_named(text: str, language: str, words: dict[tuple[str, str], list[str]]) -> bool:
    """Whether a sentence that was made about a group is about women."""
    return any(name in text for name in words.get(("women", language), []))


def _filled(
    frame: str, language: str, words: dict[tuple[str, str], list[str]], random: Random
) -> str:
    def word(slot: re.Match[str]) -> str:
        kind = slot[1]
        women = words.get(("women", language), []) if kind == "group" else []
        choices = words.get((kind, language), [])
        if women and random.random() < WOMEN:
            choices = women
        return random.choice(choices or words[kind, "*"])

    return _SLOT.sub(word, frame)
