"""Signed webhooks: who receives one can tell that it is ours, whole, and from now."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers.process import wait_until

from handrail import Enforcement, InvalidValueError
from handrail.signing import check_keys
from handrail_store import Reply
from handrail_store._reason import reason_of
from handrail_store.webhook import (
    BODY_MOST,
    HEADER,
    NotTakenError,
    SignatureError,
    Webhook,
    read_keys,
    sign,
    verify,
    verify_reply,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD, NEW = b"a key of the year before", b"a key of this very year"
MADE = Enforcement(id="e1", feature="video_comments", item="c1", action="block", decision="d1")
BODY = json.dumps(MADE.to_json()).encode()


def signed(body=BODY, keys=(NEW,), at=NOW):
    """The headers of a request."""
    return {HEADER: sign(body, keys, at)}


def test_what_is_ours_is_read():
    """A request with our signature gives its enforcement."""
    assert MADE == verify(BODY, signed(), NEW, NOW)


def test_capitals_of_headers_do_not_matter():
    """Servers write headers as they like."""
    assert MADE == verify(BODY, {HEADER.lower(): sign(BODY, [NEW], NOW)}, NEW, NOW)


@pytest.mark.parametrize(
    ("sent", "known"), [([OLD, NEW], OLD), ([OLD, NEW], NEW), ([OLD], (NEW, OLD))]
)
def test_keys_can_be_changed(sent, known):
    """While a key is changed, either side may have both."""
    assert MADE == verify(BODY, signed(keys=sent), known, NOW)


def test_another_key_is_refused():
    """A signature of somebody else's is none."""
    with pytest.raises(SignatureError, match="no key that is known"):
        verify(BODY, signed(keys=[OLD]), NEW, NOW)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_replay_is_refused(seconds):
    """What was signed some time ago, or will be, is refused."""
    with pytest.raises(SignatureError, match="too long ago"):
        verify(BODY, signed(), NEW, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-299, 299])
def test_clocks_may_differ_a_little(seconds):
    """Within the window it is taken."""
    assert MADE == verify(BODY, signed(), NEW, NOW + timedelta(seconds=seconds))


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_change_is_noticed(place, flip):
    """One bit of the body that is another breaks the signature."""
    changed = bytearray(BODY)
    changed[place] ^= flip
    with pytest.raises(SignatureError):
        verify(bytes(changed), signed(), NEW, NOW)


@given(st.text(max_size=300))
def test_any_header_is_an_answer(said):
    """Whatever stands in the header is refused, and raises nothing else."""
    with pytest.raises(SignatureError):
        verify(BODY, {HEADER: said}, NEW, NOW)


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b"{}", b"[" * 100_000])
def test_signed_nonsense_is_refused(body):
    """A body of ours that is no enforcement is an error of its own."""
    with pytest.raises(InvalidValueError, match="no enforcement"):
        verify(body, signed(body), NEW, NOW)


def test_large_body_is_refused():
    """What is too large is not even hashed."""
    body = b" " * (BODY_MOST + 1)
    with pytest.raises(SignatureError):
        verify(body, signed(body), NEW, NOW)


def hook(answer, got):
    """A webhook whose receiver answers that."""

    def receive(request):
        got.append(request)
        return httpx.Response(answer)

    client = httpx.Client(transport=httpx.MockTransport(receive))
    return Webhook("https://host.example/enforce", [NEW], client=client)


def test_sender_and_receiver_agree():
    """What is sent is what the receiver reads, with the trace it belongs to."""
    import attrs

    got = []
    carrier = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    done = hook(202, got).deliver(attrs.evolve(MADE, carrier=carrier))
    (request,) = got

    assert (False, "e1") == (done, verify(request.content, request.headers, NEW).id)
    assert carrier["traceparent"] == request.headers["traceparent"]


def test_replies_are_sent_and_read():
    """What somebody who reported is owed is signed as well, and read without loss."""
    got = []
    owed = Reply(
        id="r1-receipt", kind="receipt", feature="video_comments", report="r1", item="c1",
        reporter="bo", name="Bo", email="bo@example.com", at=NOW, notice="Danke.",
        body={"missing": ("good_faith",), "deadline": None},
    )  # fmt: skip
    hook(202, got).reply(owed)
    (request,) = got

    assert owed == verify_reply(request.content, request.headers, NEW)


def test_reply_that_is_none_is_refused():
    """A signed enforcement is no reply, and what is not signed is not looked at."""
    with pytest.raises(InvalidValueError, match="no reply"):
        verify_reply(BODY, signed(), NEW, NOW)
    with pytest.raises(SignatureError):
        verify_reply(BODY, {}, NEW, NOW)


@pytest.mark.parametrize("answer", [302, 400, 404, 429, 500])
def test_other_answers_are_tried_again(answer):
    """Only a 2xx means that it was taken; a redirect is not followed."""
    with pytest.raises(NotTakenError, match=str(answer)):
        hook(answer, []).deliver(MADE)


def test_client_that_follows_is_told_not_to():
    """What is signed for one address goes to no other, whatever a host's client does elsewhere."""
    asked = []

    def answer(request):
        asked.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://inside.example/x"})

    client = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True)
    with pytest.raises(NotTakenError, match="307"):
        Webhook("https://host.example/x", [NEW], client=client).deliver(MADE)

    assert ["host.example"] == asked


def test_reason_says_how_it_was_answered():
    """Who is on call reads whether a key is wrong, the service is broken, or nobody is there."""
    gone = Webhook("http://127.0.0.1:9/x", [NEW])
    reasons = []
    for channel in (hook(401, []), gone):
        with pytest.raises(NotTakenError) as refused:
            channel.deliver(MADE)
        reasons.append(reason_of(refused.value))

    assert ["NotTakenError: answered 401", "NotTakenError: no answer (ConnectError)"] == reasons


@pytest.mark.parametrize(
    "url", ["http://host.example/x", "ftp://host.example", "https://", "file:///x", "x"]
)
def test_unsafe_url_is_refused(url):
    """What would travel in clear is refused; the URL may hold a secret, and is not repeated."""
    with pytest.raises(InvalidValueError) as caught:
        Webhook(url, [NEW])
    assert url not in str(caught.value).replace("expected https://…; http://", "")


@pytest.fixture(name="dripping")
def _dripping():
    """The port of a receiver that answers with a header of which a byte comes now and then."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def answer():
        asking, _ = listening.accept()
        with asking, suppress(OSError):
            asking.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(200):
                over.wait(0.02)
                asking.sendall(b"z")
            asking.sendall(b"\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    yield listening.getsockname()[1]
    over.set()
    thread.join()
    listening.close()


@pytest.fixture(name="one_at_a_time")
def _one_at_a_time():
    """A receiver that takes each request when it is told to, and notes them; and its client."""
    go, taken = threading.Event(), []
    listening = socket.create_server(("127.0.0.1", 0))

    def answer():
        with suppress(OSError):
            while True:
                asking, _ = listening.accept()
                with asking:
                    taken.append(asking.recv(65536))
                    go.wait()
                    asking.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    only = httpx.Limits(max_connections=1, max_keepalive_connections=0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    with httpx.Client(timeout=None, limits=only) as client:
        yield Webhook(url, [NEW], timeout_s=1, client=client), go, taken
        go.set()
    listening.shutdown(socket.SHUT_RDWR)
    thread.join()
    listening.close()


def test_what_was_given_up_is_not_sent_later(one_at_a_time):
    """Once its time is over it leaves no more: what came after may have reached the receiver."""
    hook, go, taken = one_at_a_time
    for _ in range(2):
        with pytest.raises(NotTakenError, match="took too long"):
            hook.deliver(MADE)
    go.set()
    wait_until(lambda: not any(each.is_alive() for each in hook._patience._left), "their end")

    assert 1 == sum(map(bool, taken))


def test_receiver_that_drips_is_waited_for_no_longer(dripping):
    """A delivery has one deadline, not one for each byte of the answer."""
    slow = Webhook(f"http://127.0.0.1:{dripping}/", [NEW], timeout_s=1)
    with pytest.raises(NotTakenError) as caught:
        slow.deliver(MADE)

    assert "no answer (took too long)" == caught.value.said


def test_plain_http_to_this_machine():
    """A sidecar on the same machine needs no certificate."""
    assert "Webhook(1 keys)" == repr(Webhook("http://127.0.0.1:9/x", [NEW]))


@pytest.mark.parametrize("said", ["", "short", f"{'k' * 32},short"])
def test_weak_keys_are_refused(said):
    """No key, or one that is too short, is an error that does not repeat it."""
    with pytest.raises(InvalidValueError) as caught:
        read_keys(said)
    assert "short" not in str(caught.value)


def test_keys_of_the_environment(monkeypatch):
    """Several stand there with commas between."""
    monkeypatch.setenv("HANDRAIL_WEBHOOK_KEY", f"{'a' * 32}, {'b' * 32}")

    assert (b"a" * 32, b"b" * 32) == read_keys()


@pytest.mark.parametrize(
    "keys",
    [(), b"", [b""], b"short", [NEW, b"short"], [NEW] * 9, "a text that is no key", list(NEW)],
)
def test_keys_that_cannot_sign_are_refused(keys):
    """Too few, too many, too short or no bytes: refused wherever keys are taken, never said."""
    headers = signed()
    takers = (
        lambda: check_keys(keys),
        lambda: sign(BODY, keys, NOW),
        lambda: verify(BODY, headers, keys, NOW),
        lambda: Webhook("http://127.0.0.1:9/x", keys),
    )
    for taker in takers:
        with pytest.raises(InvalidValueError, match="expected 1 to 8 keys") as caught:
            taker()
        assert "short" not in str(caught.value)


def test_one_key_is_enough():
    """A single key need not stand in a list."""
    assert "Webhook(1 keys)" == repr(Webhook("http://127.0.0.1:9/x", NEW))
    assert (NEW,) == check_keys(NEW) == check_keys([NEW])


def test_eight_keys_can_be_checked():
    """As many keys as can sign make a header that is taken."""
    assert MADE == verify(BODY, signed(keys=[OLD] * 7 + [NEW]), NEW, NOW)


def test_byte_that_is_no_text_shows_no_key(monkeypatch):
    """A key that is no UTF-8 is refused, and neither the error nor its context holds it."""
    monkeypatch.setenv("HANDRAIL_WEBHOOK_KEY", "canary" * 8 + "\udcff")
    with pytest.raises(InvalidValueError, match="UTF-8") as caught:
        read_keys()

    assert (None, None) == (caught.value.__cause__, caught.value.__context__)
    assert "canary" not in str(caught.value)
