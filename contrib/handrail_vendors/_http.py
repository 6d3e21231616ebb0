"""A classifier of anybody's: what is sent and where scores stand is in the settings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import attrs

from handrail import Finding, FrozenMap, InvalidValueError, Item
from handrail.settings import number, whole

from . import _address
from ._body import Body
from ._categories import GAP, own_issues
from ._client import Ask
from ._content import sent_text
from ._key import Kept, key_reader
from ._pointer import follow, pointer
from ._reply import Reply
from ._settings import Service, table, text

NAME = "http_classifier"
TEXT, LANGUAGE = "{text}", "{language}"

_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_SECRET = re.compile(r"authorization|cookie|key|token|secret|password|credential", re.IGNORECASE)
_OURS = frozenset(
    {"host", "content-length", "content-type", "transfer-encoding", "accept-encoding"}
)


def _key(settings: Settings) -> Kept[str]:
    if not settings.key_env and not settings.key_file:
        return Kept(str)
    return Kept(key_reader(settings.key_env, settings.key_file))


def _check(settings: Settings) -> None:
    if not settings.url:
        raise InvalidValueError("url: expected the classifier's address")
    _address.checked(settings.url, "url", allow_http=settings.allow_http)
    if not settings.scores and not settings.labels:
        raise InvalidValueError("scores: expected issues by JSON pointer, or labels by name")
    for where in settings.scores:
        pointer(where, "scores")
    _ = settings.findable


def _headers(_: object, field: attrs.Attribute[FrozenMap], value: Mapping[str, str]) -> None:
    for name, said in value.items():
        if not _HEADER.fullmatch(name) or not said.isprintable() or not said.isascii():
            raise InvalidValueError(f"{field.name}: expected plain values by name")
        if _SECRET.search(name):
            raise InvalidValueError(f"{field.name}: a secret goes into key_env or key_file")
        if name.lower() in _OURS:
            raise InvalidValueError(f"{field.name}: the client sets this one itself")


def _key_header(_: object, field: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not _HEADER.fullmatch(value) or value.lower() in _OURS:
        raise InvalidValueError(f"{field.name}: expected the name of a header")


def _body(_: object, field: attrs.Attribute[FrozenMap], value: FrozenMap) -> None:
    try:
        sample = json.dumps(_filled(value, {TEXT: "x", LANGUAGE: "en"}))
    except (TypeError, ValueError, RecursionError):
        raise InvalidValueError(f"{field.name}: expected what JSON can carry") from None
    if TEXT not in _leaves(value) or len(sample) > 10_000:
        raise InvalidValueError(f"{field.name}: expected an object with a value {TEXT}")


def _pointer(_: object, field: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str):
        raise InvalidValueError(f"{field.name}: expected a JSON pointer")
    pointer(value, field.name)


@attrs.frozen(kw_only=True)
class Settings(Service):
    """How a classifier is asked, and where its answer has which score.

    Attributes:
        url: Its address; there is no default.
        key_env: The environment variable that holds a key. key_file: A file that does.
        key_header: The header that carries the key. key_prefix: What stands before it.
        headers: More headers, without secrets.
        body: The JSON to send: the value ``{text}`` becomes the text, ``{language}`` its language.
        scores: The issue of the score at a JSON pointer, by pointer.
        labels: The issue of a label, by label, where the answer is a list of labels with scores.
        labels_at: Where that list stands. label_key, score_key: What an entry calls the two.
        scale: The highest score the classifier gives.
        max_characters: Characters of a text that are sent.
    """

    url: str = attrs.field(default="", validator=text, repr=False)
    key_env: str = attrs.field(default="", validator=text, repr=False)
    key_file: str = attrs.field(default="", validator=text)
    key_header: str = attrs.field(default="Authorization", validator=_key_header)
    key_prefix: str = attrs.field(default="Bearer ", validator=text)
    headers: FrozenMap = attrs.field(
        factory=FrozenMap, converter=table, validator=_headers, repr=False
    )
    body: FrozenMap = attrs.field(
        default=FrozenMap({"text": TEXT}), converter=FrozenMap, validator=_body, repr=False
    )
    scores: FrozenMap = attrs.field(factory=FrozenMap, converter=table)
    labels: FrozenMap = attrs.field(factory=FrozenMap, converter=table)
    labels_at: str = attrs.field(default="", validator=_pointer)
    label_key: str = attrs.field(default="label", validator=text)
    score_key: str = attrs.field(default="score", validator=text)
    scale: float = attrs.field(default=1, validator=number(1e-6, 1e6))
    max_characters: int = attrs.field(default=10_000, validator=whole(1, 1_000_000))
    key: Kept[str] = attrs.field(init=False, eq=False, default=cast("Kept[str]", None))

    def __attrs_post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "key", _key(self))
        self.connect(NAME, self.key.forget)

    @property
    def findable(self) -> frozenset[str]:
        """The issues that these scores and labels can be."""
        gap = {GAP} if self.labels else set()
        return own_issues(self.scores, "scores") | own_issues(self.labels, "labels") | gap

    def asks(self, item: Item) -> list[Ask]:
        """The request that *item* takes: none without a text."""
        text = sent_text(item, self.max_characters, self.too_long, NAME)
        if not text:
            return []
        body = _filled(self.body, {TEXT: text, LANGUAGE: item.language})
        return [
            Ask(
                url=self.url,
                body=Body.of(body),
                headers=self._sent_headers,
                read=self._read,
                characters=len(text),
            )
        ]

    def _sent_headers(self) -> Mapping[str, str]:
        key = self.key.get()
        carried = {self.key_header: f"{self.key_prefix}{key}"} if key else {}
        return {**{name: str(value) for name, value in self.headers.items()}, **carried}

    def _read(self, reply: Reply) -> Iterable[Finding]:
        for where, issue in self.scores.items():
            score = follow(reply, pointer(where, "scores")).number(self.scale) / self.scale
            if score >= max(self.floor, 1e-9):
                yield Finding(str(issue), score, f"classifier: {where}")
        if self.labels:
            yield from self._labelled(follow(reply, pointer(self.labels_at, "labels_at")))

    def _labelled(self, rows: Reply) -> Iterator[Finding]:
        for row in rows.rows():
            label = row.at(self.label_key).text()
            score = row.at(self.score_key).number(self.scale) / self.scale
            if score >= max(self.floor, 1e-9):
                known = label in self.labels
                what = f"label {label}" if known else "a label that settings do not name"
                yield Finding(str(self.labels.get(label, GAP)), score, f"classifier: {what}")


def _filled(value: object, words: Mapping[str, str | None]) -> object:
    """The body, with what stands for the text and its language replaced by them."""
    if isinstance(value, Mapping):
        return {str(key): _filled(each, words) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_filled(each, words) for each in value]
    return words[value] if isinstance(value, str) and value in words else value


def _leaves(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [leaf for each in value.values() for leaf in _leaves(each)]
    if isinstance(value, (list, tuple)):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value]
