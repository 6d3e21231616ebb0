"""The wire format of Azure AI Content Safety, version 2024-09-01."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import attrs

from handrail import Evidence, Finding, FrozenMap, InvalidValueError, Item
from handrail.settings import flag, one_of, some_of, whole, words

from . import _address
from ._body import IMAGE, Body
from ._categories import GAP, categories, levels, own_issues
from ._client import Ask
from ._content import sent_images, sent_text
from ._errors import VendorAnswerError
from ._key import Kept, key_reader
from ._reply import Reply
from ._settings import Service, table, text

NAME = "azure_content_safety"
VERSION = "2024-09-01"
FORMATS = frozenset({"png", "jpeg", "gif", "bmp", "tiff", "webp"})
IMAGE_BYTES = 4_000_000
CATEGORIES = ("Hate", "SelfHarm", "Sexual", "Violence")


def _key(settings: Settings) -> Kept[str]:
    return Kept(key_reader(settings.key_env, settings.key_file))


def _check(settings: Settings) -> None:
    if not settings.endpoint:
        raise InvalidValueError("endpoint: expected https://NAME.cognitiveservices.azure.com")
    _address.checked(settings.endpoint, "endpoint", allow_http=settings.allow_http)
    _ = settings.findable


@attrs.frozen(kw_only=True)
class Settings(Service):
    """How Azure AI Content Safety is asked.

    Attributes:
        endpoint: The resource's endpoint; there is no default.
        key_env: The environment variable that holds the key. key_file: A file that does.
        levels: ``four`` or ``eight`` severities for texts; images have four.
        categories: The categories that are asked for.
        blocklists: The issue that each blocklist of the resource stands for, by its name.
        halt_on_blocklist_hit: Whether a blocklist's match ends the analysis.
        max_characters: Characters of a text that are sent.
    """

    endpoint: str = attrs.field(default="", validator=text, repr=False)
    key_env: str = attrs.field(default="AZURE_CONTENT_SAFETY_KEY", validator=text, repr=False)
    key_file: str = attrs.field(default="", validator=text)
    levels: str = attrs.field(default="eight", validator=one_of(("four", "eight")))
    categories: tuple[str, ...] = attrs.field(
        default=CATEGORIES, converter=words, validator=some_of(CATEGORIES)
    )
    blocklists: FrozenMap = attrs.field(factory=FrozenMap, converter=table)
    halt_on_blocklist_hit: bool = attrs.field(default=False, validator=flag)
    max_characters: int = attrs.field(default=10_000, validator=whole(1, 10_000))
    key: Kept[str] = attrs.field(init=False, eq=False, default=cast("Kept[str]", None))

    def __attrs_post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "key", _key(self))
        self.connect(NAME, self.key.forget)

    @property
    def findable(self) -> frozenset[str]:
        """The issues that these categories and blocklists can be."""
        named = {
            t[c] for k in ("text", "image") for t in [categories(NAME, k)] for c in self.categories
        }
        return frozenset({*named, GAP}) | own_issues(self.blocklists, "blocklists")

    def asks(self, item: Item) -> list[Ask]:
        """The requests that *item* takes: one for its text, one for each image."""
        text = sent_text(item, self.max_characters, self.too_long, NAME)
        images = sent_images(
            item, FORMATS, most=self.max_images, bytes_most=IMAGE_BYTES, module=NAME
        )
        asks = [self._ask("text", self._text(text), characters=len(text))] if text else []
        for _, data in images:
            body = {"image": {"content": IMAGE}, "categories": self.categories}
            body["outputType"] = "FourSeverityLevels"
            asks.append(self._ask("image", body, image=data))
        return asks

    def _text(self, text: str) -> dict[str, object]:
        body: dict[str, object] = {"text": text, "categories": self.categories}
        body["outputType"] = f"{self.levels.title()}SeverityLevels"
        if self.blocklists:
            body["blocklistNames"] = [*self.blocklists]
            body["haltOnBlocklistHit"] = self.halt_on_blocklist_hit
        return body

    def _ask(self, kind: str, body: object, *, characters: int = 0, image: bytes = b"") -> Ask:
        def read(reply: Reply) -> Iterable[Finding]:
            yield from findings(reply, kind, self.floor)
            if kind == "text":
                yield from matches(reply, self.blocklists)

        return Ask(
            url=f"{self.endpoint.rstrip('/')}/contentsafety/{kind}:analyze?api-version={VERSION}",
            body=Body.of(body, image),
            headers=self._headers,
            read=read,
            characters=characters,
            images=int(bool(image)),
        )

    def _headers(self) -> Mapping[str, str]:
        return {"Ocp-Apim-Subscription-Key": self.key.get()}


def findings(reply: Reply, kind: str, floor: float) -> Iterator[Finding]:
    """What the answer says of a text or an image, by our issues."""
    known, scores = categories(NAME, kind), levels(NAME)
    for row in reply.at("categoriesAnalysis").rows():
        category, severity = row.at("category").text(), row.at("severity").whole(7)
        score = scores[str(severity)]
        if score >= max(floor, 1e-9):
            what = category if category in known else "a category that is not in our table"
            evidence = Evidence(counts={"severity": severity})
            reason = f"Azure, {kind}: {what}, severity {severity} of 7"
            yield Finding(known.get(category, GAP), score, reason, evidence=evidence)


def matches(reply: Reply, blocklists: Mapping[str, object]) -> Iterator[Finding]:
    """What the resource's blocklists have found: each at most once, and never the term."""
    found: dict[str, int] = {}
    there = reply.maybe("blocklistsMatch")
    for row in there.rows() if there else ():
        name = row.at("blocklistName").text()
        found[name] = found.get(name, 0) + 1
    for name, number in found.items():
        if name not in blocklists:
            raise VendorAnswerError("blocklistsMatch: a list that was not asked for")
        evidence = Evidence(counts={"matches": number})
        yield Finding(str(blocklists[name]), 1.0, f"Azure, blocklist {name}", evidence=evidence)
