"""The wire format of OpenAI's moderation endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import attrs

from handrail import Evidence, Finding, Item
from handrail.settings import whole

from . import _address
from ._body import IMAGE, Body
from ._categories import GAP, categories
from ._client import Ask
from ._content import sent_images, sent_text
from ._key import Kept, key_reader
from ._reply import Reply
from ._settings import Service, text

NAME = "openai_moderation"
FORMATS = frozenset({"png", "jpeg", "gif", "webp"})
IMAGE_BYTES = 20_000_000


def _key(settings: Settings) -> Kept[str]:
    return Kept(key_reader(settings.key_env, settings.key_file))


def _check(settings: Settings) -> None:
    _address.checked(settings.url, "url", allow_http=settings.allow_http)


@attrs.frozen(kw_only=True)
class Settings(Service):
    """How OpenAI is asked.

    Attributes:
        key_env: The environment variable that holds the key. key_file: A file that does.
        url: Where the endpoint is; a gateway of the host's, if it has one.
        model: The model. max_characters: Characters of a text that are sent.
    """

    key_env: str = attrs.field(default="OPENAI_API_KEY", validator=text, repr=False)
    key_file: str = attrs.field(default="", validator=text)
    url: str = attrs.field(
        default="https://api.openai.com/v1/moderations", validator=text, repr=False
    )
    model: str = attrs.field(default="omni-moderation-latest", validator=text)
    max_characters: int = attrs.field(default=20_000, validator=whole(1, 100_000))
    key: Kept[str] = attrs.field(init=False, eq=False, default=cast("Kept[str]", None))

    def __attrs_post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "key", _key(self))
        self.connect(NAME, self.key.forget)

    def asks(self, item: Item) -> list[Ask]:
        """The requests that *item* takes: one for its text, one for each image."""
        text = sent_text(item, self.max_characters, self.too_long, NAME)
        images = sent_images(
            item, FORMATS, most=self.max_images, bytes_most=IMAGE_BYTES, module=NAME
        )
        asks = [self._ask("text", text, characters=len(text))] if text else []
        for kind, data in images:
            url = f"data:image/{kind};base64,{IMAGE}"
            part = [{"type": "image_url", "image_url": {"url": url}}]
            asks.append(self._ask("image", part, image=data))
        return asks

    def _ask(self, kind: str, content: object, *, characters: int = 0, image: bytes = b"") -> Ask:
        def read(reply: Reply) -> Iterable[Finding]:
            return findings(reply, kind, self.floor)

        return Ask(
            url=self.url,
            body=Body.of({"model": self.model, "input": content}, image),
            headers=self._headers,
            read=read,
            characters=characters,
            images=int(bool(image)),
        )

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.key.get()}"}


def findings(reply: Reply, kind: str, floor: float) -> Iterator[Finding]:
    """What the answer says of a text or an image, by our issues."""
    known = categories(NAME, kind)
    result = reply.at("results", 0)
    flagged = {name for name, each in result.at("categories").items() if _is_true(each)}
    for category, each in result.at("category_scores").items():
        score = 0.0 if each.is_null() else each.number()
        if score >= max(floor, 1e-9):
            issue = known.get(category, GAP)
            what = category if category in known else "a category that is not in our table"
            evidence = Evidence(counts={"flagged": int(category in flagged)})
            yield Finding(issue, score, f"OpenAI, {kind}: {what}", evidence=evidence)


def _is_true(value: Reply) -> bool:
    # illicit and illicit/violent are null where a model does not know them.
    return not value.is_null() and value.flag()
