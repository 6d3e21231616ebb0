"""A database that cannot be used, in words: which one, why, and what to look at."""

from __future__ import annotations

from contextlib import suppress


def unusable(error: Exception, url: str | None) -> str:
    """Return a sentence for an error of SQLAlchemy; never its own words, which may hold content.

    Args:
        error: What was raised.
        url: Of the database, where it is known; its password stays hidden.
    """
    where = "" if url is None else f" {_shown(url)}"
    kind = str(getattr(getattr(error, "orig", None), "sqlite_errorname", ""))
    name = type(error).__name__
    said = ", ".join(filter(None, (name, kind)))
    reach = name in _AWAY and not kind  # A file has no address.
    advice = _ADVICE.get("_".join(kind.split("_")[:2]), _REACH if reach else _LOOK)
    return f"The database{where} cannot be used ({said}): {advice}."


_AWAY = ("OperationalError", "InterfaceError")
"""The classes of what lies with the way to it, not with what is in it."""

_LOOK = "see what handrail db check says"

_REACH = "see that it runs, and that address, user and password are right"

_ADVICE = {
    "SQLITE_BUSY": "another process holds it; try again",
    "SQLITE_NOTADB": "the file is no SQLite database",
    "SQLITE_CANTOPEN": "see that the folder is there and may be written to",
    "SQLITE_READONLY": "see that the file may be written to",
    "SQLITE_FULL": "the disk is full",
}


def _shown(url: str) -> str:
    """A URL without its password; empty where it is none."""
    with suppress(Exception):
        from sqlalchemy import make_url

        made = make_url(url)
        return made.set(query={}).render_as_string(hide_password=True)
    return ""
