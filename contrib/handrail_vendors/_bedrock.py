"""The wire format of AWS Bedrock's ApplyGuardrail, version 2023-09-30 of the runtime."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import cast
from urllib.parse import quote

import attrs

from handrail import Finding, FrozenMap, InvalidValueError, Item
from handrail.settings import one_of, whole

from . import _address
from ._assessment import findings
from ._aws import from_environment, from_profile
from ._body import IMAGE, Body
from ._categories import covered, near, own_issues
from ._client import Ask
from ._content import sent_images, sent_text
from ._key import Kept
from ._reply import Reply
from ._settings import Service, table, text
from ._sigv4 import Credentials, Request, Scope, signed_headers

NAME = "bedrock_guardrail"
FORMATS = frozenset({"png", "jpeg"})
IMAGE_BYTES = 4_000_000

_ID = re.compile(
    r"[a-z0-9]{1,100}|arn:aws(-[^:]{1,20})?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]{1,100}"
)
_VERSION = re.compile(r"[1-9][0-9]{0,7}|DRAFT")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]{2,12}){1,3}-[0-9]{1,2}")


def _key(settings: Settings) -> Kept[Credentials]:
    if settings.credentials_file:
        return Kept(from_profile(settings.credentials_file, settings.profile))
    names = settings.access_key_env, settings.secret_key_env, settings.session_token_env
    return Kept(from_environment(*names))


def _check(settings: Settings) -> None:
    for name, pattern, such in (
        ("region", _REGION, "eu-central-1"),
        ("guardrail", _ID, "its id or ARN"),
        ("guardrail_version", _VERSION, "a number or DRAFT"),
    ):
        if not pattern.fullmatch(getattr(settings, name)):
            raise InvalidValueError(f"{name}: expected {such}")
    _address.checked(settings.base, "endpoint", allow_http=settings.allow_http)
    _ = settings.findable


@attrs.frozen(kw_only=True)
class Settings(Service):
    """How a guardrail of AWS Bedrock is asked.

    Attributes:
        region: Where it is. guardrail: Its id or ARN. guardrail_version: A number, or ``DRAFT``.
        source: ``INPUT`` or ``OUTPUT``: which of its two sets of strengths applies.
        output_scope: ``FULL`` for what it would pass as well, or ``INTERVENTIONS``.
        topics: The issue that each denied topic stands for, by its name.
        words: The issue of custom words, as ``{custom: ISSUE}``.
        access_key_env, secret_key_env: The environment variables with the credentials.
        session_token_env: That with a session's token, where there is one.
        credentials_file: AWS's shared credentials file. profile: Which part of it.
        endpoint: Where the runtime is, if not at the region's usual address.
        max_characters: Characters of a text that are sent.
    """

    region: str = attrs.field(default="", validator=text)
    guardrail: str = attrs.field(default="", validator=text)
    guardrail_version: str = attrs.field(default="DRAFT", validator=text)
    source: str = attrs.field(default="INPUT", validator=one_of(("INPUT", "OUTPUT")))
    output_scope: str = attrs.field(default="FULL", validator=one_of(("FULL", "INTERVENTIONS")))
    topics: FrozenMap = attrs.field(factory=FrozenMap, converter=table)
    words: FrozenMap = attrs.field(factory=FrozenMap, converter=table)
    access_key_env: str = attrs.field(default="AWS_ACCESS_KEY_ID", validator=text, repr=False)
    secret_key_env: str = attrs.field(default="AWS_SECRET_ACCESS_KEY", validator=text, repr=False)
    session_token_env: str = attrs.field(default="", validator=text, repr=False)
    credentials_file: str = attrs.field(default="", validator=text)
    profile: str = attrs.field(default="default", validator=text)
    endpoint: str = attrs.field(default="", validator=text, repr=False)
    max_characters: int = attrs.field(default=25_000, validator=whole(1, 100_000))
    key: Kept[Credentials] = attrs.field(
        init=False, eq=False, default=cast("Kept[Credentials]", None)
    )

    def __attrs_post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "key", _key(self))
        self.connect(NAME, self.key.forget)

    @property
    def base(self) -> str:
        """Where the runtime is."""
        return self.endpoint.rstrip("/") or f"https://bedrock-runtime.{self.region}.amazonaws.com"

    @property
    def findable(self) -> frozenset[str]:
        """The issues that filters, and these topics and words, can be."""
        own = own_issues(self.topics, "topics") | own_issues(self.words, "words")
        return covered(NAME) | near(NAME) | own

    def asks(self, item: Item) -> list[Ask]:
        """The requests that *item* takes: one for its text, one for each image."""
        text = sent_text(item, self.max_characters, self.too_long, NAME)
        images = sent_images(
            item, FORMATS, most=self.max_images, bytes_most=IMAGE_BYTES, module=NAME
        )
        asks = [self._ask("text", {"text": {"text": text}}, characters=len(text))] if text else []
        for kind, data in images:
            image = {"format": kind, "source": {"bytes": IMAGE}}
            asks.append(self._ask("image", {"image": image}, image=data))
        return asks

    def _ask(self, kind: str, block: object, *, characters: int = 0, image: bytes = b"") -> Ask:
        path = f"/guardrail/{quote(self.guardrail, safe='')}/version/{self.guardrail_version}/apply"
        content = {"source": self.source, "content": [block], "outputScope": self.output_scope}
        url, body = self.base + path, Body.of(content, image)

        hashed = body.digest()

        def headers() -> Mapping[str, str]:
            sent = {"Content-Type": "application/json"}
            request = Request(url=url, headers=sent, digest=hashed)
            scope = Scope(self.region, "bedrock")
            return signed_headers(request, self.key.get(), scope, datetime.now(UTC))

        def read(reply: Reply) -> Iterable[Finding]:
            return self._read(reply, kind)

        return Ask(
            url=url,
            body=body,
            headers=headers,
            read=read,
            characters=characters,
            images=int(bool(image)),
        )

    def _read(self, reply: Reply, kind: str) -> Iterator[Finding]:
        for finding in findings(reply, kind, self.topics, self.words):
            if finding.score >= max(self.floor, 1e-9):
                yield finding
