"""The regions that people are in: one list, as data (``data/markets.csv``)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from handrail.errors import unknown

_OTHERWISE = {"UK": "GB", "EL": "GR"}
"""Codes that people write for another."""


@cache
def market_languages() -> Mapping[str, tuple[str, ...]]:
    """The main languages of each market, from CLDR."""
    text = files("handrail").joinpath("data/markets.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["market"]: tuple(row["languages"].split()) for row in rows}


def check_market(name: str, *, kind: str = "market", where: str = "", also: str = "") -> None:
    """Refuse what is no ISO 3166-1 alpha-2 code; raises UnknownNameError with the nearest.

    *also* says what else could stand there.
    """
    if name not in market_languages():
        like = f"a country of ISO 3166-1, such as DE or US{also}"
        if name in _OTHERWISE:
            like = f"{_OTHERWISE[name]}, as ISO 3166-1 has it"
        raise unknown(kind, name, market_languages(), where=where, like=like)
