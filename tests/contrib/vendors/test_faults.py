"""Whatever a vendor does, a look ends in time, with findings or with an error that says why."""

from __future__ import annotations

import gzip
import json
import socket
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

import pytest

from handrail import Action, Cause, InvalidValueError, Item, Media, Policy
from handrail.testing import make_safety
from handrail_vendors import (
    VendorAnswerError,
    VendorBusyError,
    VendorDownError,
    VendorError,
    VendorKeyError,
    VendorRefusedError,
    VendorTimeoutError,
    VendorTooLongError,
    VendorUnreachableError,
    openai_moderation,
)
from handrail_vendors.testing import Failing

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
PICTURES = tuple(Media(id=f"m{n}", type="image/png", data=PNG) for n in range(2))
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

        with pytest.raises(VendorTimeoutError):
            look(openai_moderation, "you blorb", remaining_ms=20, url=openai.url)

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


class TestSecrecy:
    """Errors say why, and nothing of the text, the key or the answer."""

    @pytest.mark.parametrize(
        "failing",
        [
            Failing(status=401, body=b"zqx-a-key is wrong"),
            Failing(status=400, body=b"you said zqx-words"),
            Failing(status=500, body=b"zqx-words"),
            Failing(body=b'{"zqx-words'),
            Failing(body=b'{"zqx-words": 1}'),
            Failing(body=answer(category_scores={"zqx-words": "zqx"})),
            Failing(body=b"x", missing=1),
            Failing(hangs=True),
        ],
    )
    def test_error_and_all_behind_it(self, openai, ask, failing):
        """Neither the error nor what it was made from holds a word of it."""
        openai.will_fail(*[failing] * 3)

        with pytest.raises(VendorError) as raised:
            ask("you zqx-words", timeout_ms=100)

        error, said = raised.value, []
        while error is not None:
            said += [*traceback.format_exception_only(error), repr(vars(error))]
            error = error.__cause__ or error.__context__
        assert "zqx" not in " ".join(said)

    def test_log_holds_nothing(self, openai, ask, caplog):
        """At its most talkative, the log names neither the address nor the key nor the text."""
        caplog.set_level(0)
        ask("you zqx-words blorb", url=f"{openai.url}/zqx-path")

        assert "zqx" not in caplog.text

    def test_fault_holds_the_type(self, openai):
        """A fault says which kind of failure it was: the type is all that is kept."""
        openai.will_fail(*[Failing(status=401, body=b"zqx")] * 3)

        settings = {"openai_moderation": {"url": openai.url}}
        policy = Policy(faults=[{"stages": ["pre_publish"], "then": "hold"}],
                        holds={"within": "24h", "otherwise": "limit"})  # fmt: skip
        with make_safety(
            openai_moderation, settings=settings, budget_ms=5_000, policy=policy
        ) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1", "you blorb"))

        (fault,) = decision.faults
        assert (Action.HOLD, Cause.ERROR) == (decision.action, fault.cause)
        assert "VendorKeyError" in fault.error


class TestKeys:
    """A key comes from the environment or a file, and from nowhere else."""

    def test_key_is_sent(self, openai, ask, key):
        """The key stands in the header that is documented for it."""
        ask()

        assert f"Bearer {key}" == openai.received[0].headers["authorization"]

    def test_key_from_a_file(self, openai, ask, tmp_path):
        """A file wins over the environment; space around the key is left out."""
        (tmp_path / "key").write_text(" from-a-file\n")
        ask(key_file=str(tmp_path / "key"))

        assert "Bearer from-a-file" == openai.received[0].headers["authorization"]

    def test_changed_file_is_read_once_refused(self, openai, tmp_path):
        """A key that was rotated is found after the first refusal."""
        file = tmp_path / "key"
        file.write_text("old")
        settings = {"openai_moderation": {"url": openai.url, "key_file": str(file)}}
        with make_safety(openai_moderation, settings=settings, budget_ms=5_000) as safety:
            comments = safety.feature("comments")
            comments.pre_publish(Item("c1", "hello"))
            file.write_text("new")
            openai.will_fail(Failing(status=401))
            comments.pre_publish(Item("c2", "hello"))
            comments.pre_publish(Item("c3", "hello"))

        sent = [r.headers["authorization"] for r in openai.received]
        assert ["Bearer old", "Bearer old", "Bearer new"] == sent

    @pytest.mark.parametrize(
        "settings",
        [
            {"key_env": "ZQX_NOT_THERE"},
            {"key_env": "sk-zqx-the-key-itself"},
            {"key_env": ""},
            {"key_file": "/nowhere/zqx"},
            {"key_file": "/dev/null"},
        ],
    )
    def test_no_key_is_said_at_start_up(self, settings):
        """Without a key there is no start, and what was given is not repeated."""
        with pytest.raises(InvalidValueError, match="key") as refused:
            openai_moderation.Settings(**settings)
        assert "zqx" not in str(refused.value).lower()

    @pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "ключ", "x" * 5_000])
    def test_odd_key_is_refused(self, monkeypatch, key):
        """What cannot stand in a header is no key."""
        monkeypatch.setenv("OPENAI_API_KEY", key)

        with pytest.raises(InvalidValueError, match="key"):
            openai_moderation.Settings()

    def test_repr_shows_no_key(self, key, tmp_path):
        """Settings shown somewhere show neither the key nor where it is asked with."""
        shown = repr(openai_moderation.Settings(url="https://zqx.example/"))

        assert key not in shown
        assert "zqx" not in shown


class TestLimits:
    """What one process sends is bounded."""

    def test_rate_limit_refuses_what_cannot_wait(self, openai, ask):
        """A request for which there is no leave in time is not sent."""
        with pytest.raises(VendorBusyError, match="requests_per_second"):
            ask(Item("i", "you blorb", media=PICTURES), requests_per_second=0.001, burst=1)
        assert 1 == len(openai.received)

    def test_concurrency_waits(self, openai, ask):
        """With one connection, requests follow each other."""
        assert 1 == len(ask(Item("i", "you blorb", media=PICTURES), concurrency=1))
        assert 3 == len(openai.received)

    def test_concurrency_refuses_what_cannot_wait(self, openai, ask):
        """What finds no connection in time is an error that says so."""
        openai.will_fail(*[Failing(hangs=True)] * 3)

        with pytest.raises((VendorBusyError, VendorTimeoutError)):
            ask(Item("i", "you blorb", media=PICTURES), concurrency=1, timeout_ms=60)

    def test_long_text_is_cut(self, openai, ask, used):
        """What is beyond the limit is not sent, and each finding says how much that is."""
        (finding,) = ask("blorb " * 10, max_characters=7)

        assert "blorb b" == openai.received[0].json["input"]
        assert 53 == finding.evidence.counts["unread"]
        assert 1 == used().cut

    def test_long_text_may_be_a_fault(self, openai, ask):
        """A host may want to know instead."""
        with pytest.raises(VendorTooLongError):
            ask("blorb " * 10, max_characters=7, too_long="fault")
        assert [] == openai.received


class TestUsage:
    """What was sent is counted, and priced."""

    def test_counts_and_prices(self, ask, used):
        """Characters count in begun thousands, images one by one."""
        ask(Item("i", "x" * 1_001, media=PICTURES), price=0.5, image_price=2)

        now = used()
        assert (3, 1_001, 2, 2) == (now.requests, now.characters, now.records, now.images)
        assert pytest.approx((2 * 0.5 + 2 * 2) / 1_000) == now.cost

    def test_failures_cost_nothing(self, openai, ask, used):
        """Only what was answered is priced."""
        openai.will_fail(Failing(status=400))
        with pytest.raises(VendorRefusedError):
            ask(price=1)

        assert (1, 1, 0, 0) == (used().requests, used().failures, used().records, used().cost)

    def test_nothing_to_send_is_nothing_sent(self, openai, ask, used):
        """An item without text or images costs nothing."""
        assert [] == ask(" \n ")
        assert ([], 0) == (openai.received, used().requests)
