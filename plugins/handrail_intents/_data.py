"""The shipped words and recipes, read once."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from importlib import resources

from handrail import InvalidValueError

from ._concepts import ANY, Concepts
from ._phrases import Phrase, phrase
from ._recipes import Recipe, Recipes, recipe

COMMON = "en"
"""The language that is met in texts of all others."""


def _rows(folder: str) -> Iterator[tuple[str, dict[str, str]]]:
    home = resources.files("handrail_intents").joinpath(folder)
    for file in sorted(home.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".csv"):
            reader = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
            for row in reader:
                yield f"{folder}/{file.name}:{reader.line_num}", row


def phrases() -> Iterator[Phrase]:
    """Every phrase that is shipped."""
    for where, row in _rows("words"):
        try:
            yield phrase(row["concept"], row["language"], row["words"])
        except (InvalidValueError, KeyError, TypeError) as error:
            raise InvalidValueError(f"{where}: {error}") from error


def recipes() -> Iterator[Recipe]:
    """Every recipe that is shipped."""
    for where, row in _rows("recipes"):
        try:
            yield recipe(row["issue"], row["score"], row["recipe"], row["unless"], row["reason"])
        except (InvalidValueError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidValueError(f"{where}: {error}") from error


@cache
def _all() -> tuple[tuple[Phrase, ...], Recipes]:
    return tuple(phrases()), Recipes(recipes())


@cache
def _languages() -> frozenset[str]:
    return frozenset(each.language for each in _all()[0]) - {ANY}


@cache
def _spoken(language: str) -> Concepts:
    said = (language, COMMON, ANY) if language else _languages() | {ANY}
    told = () if language else (COMMON, ANY)
    return Concepts((each for each in _all()[0] if each.language in said), frozenset(told))


def shipped(language: str | None = None) -> tuple[Concepts, Recipes]:
    """What an item in *language* may say, with what English and all languages say, and recipes.

    Where nobody says the language, or it has no words here, those of all languages count.
    """
    spoken = primary(language)
    return _spoken(spoken if spoken in _languages() else ""), _all()[1]


def primary(language: str | None) -> str:
    """The primary subtag of a language tag; empty where nobody says, or nobody knows."""
    spoken = (language or "").lower().partition("-")[0]
    return "" if spoken == "und" else spoken
