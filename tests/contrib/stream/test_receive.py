"""What a receiver makes of messages: ours, once, in order; no broker is needed to see it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from handrail import Enforcement
from handrail.signing import HEADER, SignatureError, sign
from handrail_stream._carried import Carried
from handrail_stream._engine import Message
from handrail_stream._hands import Undecodable, opener
from handrail_stream._receive import Receiver

KEY = b"a key that both sides have"
NOW = datetime.now(UTC)


def made(id="e1", item="c1", *, at=NOW):  # noqa: A002 - the word for it
    """An enforcement."""
    return Enforcement(id=id, feature="video_comments", item=item, action="block", at=at)


def message(enforcement, *, at=NOW, key=KEY):
    """It, as a Topic would send it at that time."""
    body = json.dumps(enforcement.to_json()).encode()
    return Message(body, {HEADER.lower(): sign(body, [key], at)})


class Feature:
    """The host's end: what it carried out and said; it fails as often as it is told."""

    def __init__(self, *, acknowledges=True, window=timedelta(days=1)):
        self.done, self.said, self.fails = [], [], 0
        self.receiver = Receiver(self._do, self._say if acknowledges else None, [KEY], window)

    def _do(self, enforcement):
        self.done.append(enforcement.id)

    def _say(self, enforcement):
        if self.fails:
            self.fails -= 1
            raise ConnectionError
        self.said.append(enforcement.id)

    def take(self, *messages):
        """Have messages handled, as a stream would."""
        for each in messages:
            self.receiver.handle(opener(self.receiver)(each))


def test_ours_is_carried_out():
    """What we signed is carried out and acknowledged."""
    feature = Feature()
    feature.take(message(made()))

    assert (["e1"], ["e1"]) == (feature.done, feature.said)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(message(made(), key=b"a key of somebody else"), id="another-key"),
        pytest.param(message(made(), at=NOW - timedelta(days=2)), id="old"),
        pytest.param(message(made(), at=NOW + timedelta(days=2)), id="from-the-future"),
        pytest.param(Message(message(made()).body, {}), id="unsigned"),
        pytest.param(Message(message(made()).body + b" ", message(made()).headers), id="altered"),
        pytest.param(Message(b"{}", {HEADER: sign(b"{}", [KEY], NOW)}), id="no-enforcement"),
    ],
)
def test_what_is_not_ours_is_refused(bad):
    """A message that is not signed, changed, too old or no enforcement is not handled."""
    with pytest.raises(Undecodable):
        Feature().take(bad)


def test_refused_is_logged():
    """That somebody else writes to the topic is an error in the log, without what was in it."""
    with capture_logs() as logs:
        Feature().receiver.bury(b"canary", None, "undecodable: SignatureError at signing.py:1")

    assert ["handrail.enforcement_refused"] == [each["event"] for each in logs]
    assert "canary" not in str(logs)


def test_replayed_does_nothing():
    """The same message once more is neither carried out nor acknowledged."""
    feature = Feature()
    feature.take(message(made()), message(made()))

    assert (["e1"], ["e1"]) == (feature.done, feature.said)


def test_sent_again_is_only_acknowledged_again():
    """What the store sends again, later, was carried out: it is told so once more."""
    feature = Feature()
    feature.take(message(made()), message(made(), at=NOW + timedelta(minutes=10)))

    assert (["e1"], ["e1", "e1"]) == (feature.done, feature.said)


def test_sent_again_reaches_a_function_that_acknowledges_itself():
    """Where the function acknowledges by itself, it is called again; a replay does not reach it."""
    feature = Feature(acknowledges=False)
    again = message(made(), at=NOW + timedelta(minutes=10))
    feature.take(message(made()), again, again)

    assert ["e1", "e1"] == feature.done


def test_failed_acknowledgement_is_given_later():
    """An acknowledgement that fails is tried again by itself: nothing is carried out again."""
    feature = Feature()
    feature.fails = 1
    with pytest.raises(ConnectionError):
        feature.take(message(made()))
    feature.take(message(made()))

    assert (["e1"], ["e1"]) == (feature.done, feature.said)


def test_older_one_does_not_undo_a_newer():
    """Out of order, what was made long before the last one of its item is dropped, and logged."""
    feature = Feature()
    old = made("e0", at=NOW - timedelta(hours=1))
    with capture_logs() as logs:
        feature.take(message(made("e1")), message(old))

    assert (["e1"], ["handrail.enforcement_overtaken"]) == (
        feature.done, [each["event"] for each in logs],
    )  # fmt: skip


def test_order_of_other_items_does_not_matter():
    """What came for one item keeps nothing from another."""
    feature = Feature()
    old = made("e0", "c2", at=NOW - timedelta(hours=1))
    feature.take(message(made("e1")), message(old))

    assert ["e1", "e0"] == feature.done


def test_clocks_may_differ_a_little():
    """Of two workers whose clocks differ, both enforcements count."""
    feature = Feature()
    before = made("e2", at=NOW - timedelta(minutes=4))
    feature.take(message(made("e1")), message(before))

    assert ["e1", "e2"] == feature.done


def test_memory_is_bounded():
    """Only the latest are remembered."""
    carried = Carried(most=3)
    for number in range(10):
        carried.add(made(f"e{number}", f"c{number}"), signed=1)

    assert (None, 1) == (carried.mark(made("e6")), carried.mark(made("e7")).signed)


def test_key_can_be_changed():
    """A receiver that has both keys takes what either has signed."""
    receiver = Receiver(print, None, [b"a newer key than that", KEY], timedelta(days=1))

    assert "e1" == opener(receiver)(message(made())).key


def test_error_is_the_one_of_webhooks():
    """There is one scheme, and one error, for both."""
    from handrail_store.webhook import SignatureError as OfWebhooks

    assert OfWebhooks is SignatureError
