"""Promise 7: content never leaks, not even through the errors of a host that hands in rubbish."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from handrail import Actor, Item, Media, Report

BIRD = "zq"


def bird(place: str) -> str:
    """A canary that tells where it was."""
    return f"{BIRD}-{place}"


def found(text: object) -> list[str]:
    """The canaries in a text, each with what is around it."""
    shown = str(text).lower()
    places = [i for i in range(len(shown)) if shown.startswith(BIRD, i)]
    return [shown[max(0, i - 30) : i + 30] for i in places]


def error_texts(error: BaseException | None) -> list[str]:
    """All texts of an error and of what it hides."""
    if error is None:
        return []
    notes = getattr(error, "__notes__", [])
    hidden = None if error.__suppress_context__ else error.__context__
    around = [*error_texts(error.__cause__), *error_texts(hidden)]
    return [str(error), repr(error), *map(str, error.args), *notes, *around]


B = bird("value")
BAD = {
    "item id type": lambda: Item([B]),
    "item id length": lambda: Item(B * 400),
    "item text": lambda: Item("1", B.encode()),
    "item kind": lambda: Item("1", kind=B),
    "item revision": lambda: Item("1", revision=B),
    "item confirms": lambda: Item("1", confirms=[B]),
    "item links": lambda: Item("1", links=[[B]]),
    "item links type": lambda: Item("1", links={B: 1}.items()),
    "item media": lambda: Item("1", media=[B]),
    "item amount": lambda: Item("1", amount=B),
    "item author": lambda: Item("1", author=B),
    "item participants": lambda: Item("1", participants=B),
    "item parent": lambda: Item(B, parent_id=B),
    "item visibility": lambda: Item("1", visibility=B),
    "item relation": lambda: Item("1", relation=[B]),
    "item region": lambda: Item("1", region=B),
    "item language": lambda: Item("1", language=f"{B} "),
    "item tags": lambda: Item("1", tags=[[B]]),
    "item attributes": lambda: Item("1", attributes={"a": {"b": object}}),
    "item attributes type": lambda: Item("1", attributes=[B]),
    "item attributes value": lambda: Item("1", attributes={B: B.encode()}),
    "item created_at": lambda: Item("1", created_at=B),
    "item created_at type": lambda: Item("1", created_at=[B]),
    "item naive time": lambda: Item("1", created_at=dt.datetime.now()),  # noqa: DTZ005
    "actor id": lambda: Actor([B]),
    "actor age": lambda: Actor("1", age=B),
    "actor age map": lambda: Actor("1", age={"value": B}),
    "actor known_by": lambda: Actor("1", age={"value": 3, "known_by": B}),
    "actor tenure": lambda: Actor("1", tenure_days=B),
    "actor region": lambda: Actor("1", region=B),
    "actor language": lambda: Actor("1", language=B + " "),
    "actor tags": lambda: Actor("1", tags=[[B]]),
    "media id": lambda: Media(id=[B], type="t"),
    "media type": lambda: Media(id="1", type=[B]),
    "media url": lambda: Media(id="1", type="t", url=[B]),
    "media hashes": lambda: Media(id="1", type="t", hashes=B),
    "media data": lambda: Media(id="1", type="t", data=B),
    "media data type": lambda: Media(id="1", type="t", data=[B]),
    "amount value": lambda: Item("1", amount={"value": B, "currency": "EUR"}),
    "amount currency": lambda: Item("1", amount={"value": 1, "currency": [B]}),
    "report id": lambda: Report(id=[B], item_id="1"),
    "report item": lambda: Report(id="1", item=B),
    "report item_id": lambda: Report(id="1", item_id=[B]),
    "report differs": lambda: Report(id="1", item=Item(B), item_id=B + B),
    "report source": lambda: Report(id="1", item_id="1", source=B),
    "report reporter": lambda: Report(id="1", item_id="1", reporter=B),
    "report issue": lambda: Report(id="1", item_id="1", issue=B),
    "report text": lambda: Report(id="1", item_id="1", text=B.encode()),
    "report created_at": lambda: Report(id="1", item_id="1", created_at=B),
    "json text": lambda: Item.from_json({"id": "1", "text": [B]}),
    "json type": lambda: Item.from_json([B]),
    "json missing": lambda: Item.from_json({"text": B}),
    "json unknown": lambda: Item.from_json({"id": "1", "txet": B}),
}


class TestErrors:
    """What a host's own log shows when it hands in something wrong."""

    @pytest.mark.parametrize("make", BAD.values(), ids=BAD)
    def test_refusal(self, make):
        """A value that is refused is not in the error, nor in what the error hides."""
        with pytest.raises(ValueError, match=r".") as caught:
            make()

        assert [] == found(error_texts(caught.value))

    def test_settings(self, make, module):
        """A setting that is refused is not in the error."""

        @attrs.frozen(kw_only=True)
        class Strict:
            secret: int = attrs.field(default=1, validator=attrs.validators.instance_of(int))

        with pytest.raises(Exception, match=r".") as caught:
            make(
                module("m", lambda item, settings: None, settings=Strict),
                settings={"m": {"secret": bird("secret")}},
            )

        assert [] == found(error_texts(caught.value))

    def test_action(self):
        """What the host did wrong to a frozen item is said without the item."""
        with pytest.raises(AttributeError) as caught:
            Item(B).text = "else"

        assert [] == found(error_texts(caught.value))
