"""Whatever a vendor does, a look ends in time, with findings or with an error that says why."""

from __future__ import annotations

import gzip
import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

import pytest

from handrail import Cause, Item
from handrail.testing import make_safety
from handrail_vendors import (
    VendorAnswerError,
    VendorBusyError,
    VendorDownError,
    VendorKeyError,
    VendorRefusedError,
    VendorTimeoutError,
    VendorUnreachableError,
    openai_moderation,
)
from handrail_vendors.testing import Failing

RESULT = {
    "categories": {"harassment": True},
    "category_scores": {"harassment": 0.9},
}


def answer(**changes):
    """An answer whose first result differs from a good one."""
    return json.dumps({"results": [{**RESULT, **changes}]}).encode()


class TestRetries:
    """What may pass is tried again, as long as there is time."""

    @pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
    def test_one_failure_is_got_over(self, openai, ask, status, used):
        """After 429 or 5xx the request is sent again."""
        openai.will_fail(Failing(status=status))

        assert ["harassment.bullying"] == [f.issue for f in ask()]
        assert (2, 1, 0) == (used().requests, used().retries, used().failures)

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (400, VendorRefusedError),
            (404, VendorRefusedError),
            (413, VendorRefusedError),
            (401, VendorKeyError),
            (403, VendorKeyError),
            (204, VendorRefusedError),
        ],
    )
    def test_what_will_not_change_is_not_tried_again(self, openai, ask, status, error):
        """Another 4xx is an error at once."""
        openai.will_fail(Failing(status=status))

        with pytest.raises(error):
            ask()
        assert 1 == len(openai.received)

    @pytest.mark.parametrize(("status", "error"), [(429, VendorBusyError), (500, VendorDownError)])
    def test_tries_end(self, openai, ask, status, error, used):
        """After the last retry the error says what the vendor said."""
        openai.will_fail(*[Failing(status=status)] * 9)

        with pytest.raises(error):
            ask(retries=3)
        assert (4, 1) == (len(openai.received), used().failures)

    def test_a_lost_connection_is_got_over(self, openai, ask):
        """An answer that breaks off is asked for again."""
        openai.will_fail(Failing(body=answer(), missing=20))

        assert 1 == len(ask())
        assert 2 == len(openai.received)

    def test_nobody_listens(self, ask):
        """Where no connection can be made, the error says so."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]

        with pytest.raises(VendorUnreachableError):
            ask(url=f"http://127.0.0.1:{port}/")

    def test_retry_after_is_waited_for(self, openai, ask):
        """A vendor that asks for a moment gets it."""
        openai.will_fail(Failing(status=429, headers={"Retry-After": "0.5"}))
        start = monotonic()

        assert 1 == len(ask())
        assert monotonic() - start >= 0.5

    def test_retry_after_beyond_the_time_ends_it(self, openai, ask):
        """A vendor that wants more time than there is, is not asked again before."""
        openai.will_fail(Failing(status=429, headers={"Retry-After": "3600"}))

        with pytest.raises(VendorBusyError):
            ask()
        assert 1 == len(openai.received)

    def test_retry_after_may_be_a_date(self, openai, ask):
        """A date in the future is as good as a number."""
        soon = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
        openai.will_fail(Failing(status=503, headers={"Retry-After": soon}))

        with pytest.raises(VendorDownError):
            ask()

    @pytest.mark.parametrize("said", ["0", "0.01", "nonsense", "-5", "", "9" * 400, "NaN"])
    def test_odd_retry_after_is_survived(self, openai, ask, said):
        """What is no time at all is no time."""
        openai.will_fail(Failing(status=429, headers={"Retry-After": said}))

        assert 1 == len(ask())


class TestTime:
    """No look outlasts its time."""

    def test_silence_ends(self, openai, ask):
        """A vendor that says nothing is given up."""
        openai.will_fail(Failing(hangs=True))

        with pytest.raises(VendorTimeoutError):
            ask(timeout_ms=50)

    def test_a_trickle_ends(self, openai, ask):
        """A vendor that never stops for long, and never ends, is given up as well."""
        openai.will_fail(Failing(body=answer(), drips=True))

        with pytest.raises(VendorTimeoutError):
            ask(timeout_ms=100)

    def test_the_budget_counts(self, openai, look):
        """What is left of the call's budget is all there is, whatever the settings say."""
        openai.will_fail(Failing(hangs=True))
        start = monotonic()

        with pytest.raises(VendorTimeoutError):
            look(openai_moderation, "blorb", remaining_ms=20, url=openai.url, timeout_ms=60_000)
        assert monotonic() - start < 30

    def test_nothing_is_sent_too_late(self, openai, look):
        """Once the budget is spent, nothing leaves the host."""
        with pytest.raises(VendorTimeoutError):
            look(openai_moderation, "you blorb", remaining_ms=0, url=openai.url)
        assert [] == openai.received

    def test_the_sdk_ends_a_call(self, openai):
        """In a call that is over, the fault is a timeout, and the decision is there."""
        openai.will_fail(Failing(hangs=True))

        settings = {"openai_moderation": {"url": openai.url}}
        with make_safety(openai_moderation, settings=settings, budget_ms=80) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1", "you blorb"))

        assert [Cause.TIMEOUT] == [fault.cause for fault in decision.faults]


class TestBreaker:
    """The SDK leaves a vendor out that does nothing but fail."""

    def test_a_vendor_that_is_down_is_left_alone(self, openai):
        """After some failures calls no longer ask, and say that the breaker is open."""
        openai.will_fail(*[Failing(status=401)] * 99)
        settings = {"openai_moderation": {"url": openai.url}}
        with make_safety(openai_moderation, settings=settings, budget_ms=5_000) as safety:
            comments = safety.feature("comments")
            calls = [comments.pre_publish(Item(f"c{n}", "you blorb")) for n in range(30)]

        assert [Cause.BREAKER_OPEN] == [fault.cause for fault in calls[-1].faults]
        assert len(openai.received) < 30


class TestAnswers:
    """An answer of another form is an error, never a silent pass."""

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"{", b"nonsense", b"\xff\xfe", b"[" * 100_000, b"null", b"[]", b"{}",
            b'{"results": []}', b'{"results": {"0": 1}}', b'{"results": [1]}',
            answer(category_scores=None), answer(category_scores=[0.1]),
            answer(category_scores={"harassment": "0.9"}),
            answer(category_scores={"harassment": True}),
            answer(category_scores={"harassment": 1.5}),
            answer(category_scores={"harassment": -0.1}),
            answer(category_scores={"harassment": float("nan")}),
            answer(category_scores={"harassment": 10**400}),
            answer(category_scores={"harassment": {}}), answer(categories={"harassment": "yes"}),
        ],
    )  # fmt: skip
    def test_wrong_form(self, openai, ask, body):
        """What is not of the documented form is refused."""
        openai.will_fail(Failing(body=body))

        with pytest.raises(VendorAnswerError):
            ask()

    def test_huge_answer(self, openai, ask):
        """An answer without end is not read to its end."""
        openai.will_fail(Failing(body=b" " * 3_000_000))

        with pytest.raises(VendorAnswerError, match="more than 1000000 bytes"):
            ask()

    def test_compressed_answer(self, openai, ask):
        """Nothing is unpacked: a small answer could become a huge one."""
        bomb = gzip.compress(bytes(1_000_000))
        openai.will_fail(Failing(body=bomb, headers={"Content-Encoding": "gzip"}))

        with pytest.raises(VendorAnswerError, match="compressed"):
            ask()

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_redirects_are_not_followed(self, openai, ask, vendor, status):
        """Text and key go where settings say, and nowhere else."""
        elsewhere = vendor("openai")
        openai.will_fail(Failing(status=status, headers={"Location": elsewhere.url}))

        with pytest.raises(VendorRefusedError):
            ask()
        assert [] == elsewhere.received

    def test_unknown_category_is_a_gap(self, openai, ask):
        """A category that is in no table goes to people, not to the nearest guess."""
        openai.will_fail(Failing(body=answer(category_scores={"zqx/new": 0.8})))

        (finding,) = ask()
        assert ("other.unknown", 0.8) == (finding.issue, finding.score)
        assert "zqx" not in finding.reason

    def test_null_is_no_score(self, openai, ask):
        """A model that does not know a category says null, which is documented."""
        openai.will_fail(Failing(body=answer(category_scores={"illicit": None})))

        assert [] == ask()
