"""Banks as hash exchanges give them out; each function names the page that documents the format.

A later record of the same key replaces or deletes an earlier one: a file may be a log of updates.
What is no hash of ours (PhotoDNA, TMK, text) is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from xml.parsers import expat

from handrail import InvalidValueError

from ._entry import LENGTHS, Entry, Lines, digest_of, id_of

_INDICATORS = {
    "HASH_PDQ": "pdq",
    "HASH_MD5": "md5",
    "HASH_VIDEO_MD5": "md5",
    "HASH_SHA1": "sha1",
    "HASH_SHA256": "sha256",
}
_STOPNCII = {"ImagePDQ": "pdq", "VideoMD5": "md5"}
_OVER = ("Withdrawn", "Deleted")


def threatexchange(stream: Lines, _: str) -> Iterator[Entry]:
    """Answers of Meta's ThreatExchange, ``{"data": […]}``, or a record a line.

    https://developers.facebook.com/docs/threat-exchange/reference/apis/threat-updates and
    …/apis/threat-descriptor.
    """
    kept: dict[str, Entry] = {}
    for number, record in enumerate(_records(stream, "data"), 1):
        with _record(number):
            kind = _INDICATORS.get(str(record.get("type")))
            if kind is None:
                continue
            key = id_of(record.get("id"))
            opinions = _listed(record.get("descriptors", [record]))
            if record.get("should_delete") or not any(map(_harmful, opinions)):
                kept.pop(key, None)
                continue
            tags = sorted({tag for opinion in opinions for tag in _tags(opinion.get("tags"))})
            digest = digest_of(_indicator(record), kind)
            kept[key] = Entry(kind, digest, key, None, tuple(tags))
    yield from kept.values()


@contextmanager
def _record(number: int) -> Iterator[None]:
    """Say in which record something was wrong."""
    try:
        yield
    except InvalidValueError as error:
        raise InvalidValueError(f"record {number}: {error}") from None
    except (AttributeError, TypeError):
        raise InvalidValueError(f"record {number}: a value of an unexpected type") from None


def _indicator(record: Mapping[str, Any]) -> str:
    named = record.get("raw_indicator") or record.get("indicator")
    return str(named.get("indicator") if isinstance(named, Mapping) else named).lower()


def _harmful(opinion: Mapping[str, Any]) -> bool:
    return opinion.get("status") != "NON_MALICIOUS"


def _listed(value: Any) -> list[Mapping[str, Any]]:
    """What stands in a list, or in the ``data`` of an edge of the Graph API."""
    found = value.get("data", []) if isinstance(value, Mapping) else value or []
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise InvalidValueError("expected a list of objects")
    return found


def _tags(value: Any) -> list[str]:
    found = value.get("data", []) if isinstance(value, Mapping) else value or []
    return [str(t.get("text", "")) if isinstance(t, Mapping) else str(t) for t in found]


def stopncii(stream: Lines, _: str) -> Iterator[Entry]:
    """Answers of StopNCII's FetchHashes, ``{"hashRecords": […]}``.

    The documentation is for partners; the shape is that of
    ``exchanges/clients/stopncii/api.py`` in https://github.com/facebook/ThreatExchange.
    """
    kept: dict[tuple[str, str], Entry] = {}
    for number, record in enumerate(_records(stream, "hashRecords"), 1):
        with _record(number):
            kind = _STOPNCII.get(str(record.get("signalType")))
            if kind is None:
                continue
            value = str(record.get("hashValue")).lower()
            if record.get("hashStatus") in _OVER:
                kept.pop((kind, value), None)
                continue
            kept[kind, value] = Entry(kind, digest_of(value, kind))
    yield from kept.values()


def _records(stream: Lines, key: str) -> Iterator[Mapping[str, Any]]:
    """The records of one JSON document, or of one a line."""
    try:
        whole = stream.text()
        try:
            documents = [json.loads(whole)]
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":
                raise
            documents = []
            for line in whole.splitlines():
                stream.line += 1
                documents += [json.loads(line)] if line.strip() else []
    except json.JSONDecodeError as error:
        stream.line += error.lineno - bool(stream.line)
        raise InvalidValueError(f"no JSON: {error.msg}, column {error.colno}") from None
    except RecursionError:
        raise InvalidValueError("no JSON that can be read: nested too deeply") from None
    for document in documents:
        nested = document.get(key) if isinstance(document, Mapping) else document
        yield from _listed([document] if nested is None else nested)


def ncmec(stream: Lines, _: str) -> Iterator[Entry]:
    """Answers of NCMEC's Hash Sharing API v2, ``<queryResult>`` in XML; tags are classifications.

    https://report.cybertip.org/hashsharing/v2/documentation
    """
    reader = _Ncmec()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for line in stream:
            parser.Parse(line)
        parser.Parse("", True)
    except expat.ExpatError as error:
        raise InvalidValueError(f"no XML: {expat.ErrorString(error.code)}") from None
    yield from reader.kept.values()


def _refuse_doctype(*_: object) -> None:
    raise InvalidValueError("a document type has no place here")


class _Ncmec:
    """Collects the entries of a query result; a fingerprint is kept per kind."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], Entry] = {}
        self._path: list[str] = []
        self._member = self._id = self._class = ""
        self._prints: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name.rpartition(" ")[2].lower())
        if len(self._path) == 3:
            self._member = self._id = self._class = ""
            self._prints = {}
        elif len(self._path) == 4 and self._path[3] == "member":
            self._member = attributes.get("id", "")

    def text(self, data: str) -> None:
        match self._path[3:]:
            case ["id"]:
                self._id += data
            case ["classification"]:
                self._class += data
            case ["fingerprints", kind] if kind in LENGTHS:
                self._prints[kind] = self._prints.get(kind, "") + data

    def end(self, _: str) -> None:
        what = self._path.pop()
        if len(self._path) != 2 or what not in {"image", "video", "deletedimage", "deletedvideo"}:
            return
        key = self._member.strip(), self._id.strip()
        for kind in LENGTHS:
            self.kept.pop((*key, kind), None)
        if not what.startswith("deleted"):
            tags = tuple(self._class.split())
            for kind, value in self._prints.items():
                digest = digest_of(value.strip().lower(), kind)
                self.kept[*key, kind] = Entry(kind, digest, id_of(key[1]), None, tags)
