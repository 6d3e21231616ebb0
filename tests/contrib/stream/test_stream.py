"""How a stream is laid out, and which broker a URL means."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handrail_stream
from handrail import InvalidValueError, MissingExtraError
from handrail_stream._run import engine

STREAM = handrail_stream.Stream()


@given(st.text(), st.integers(1, 200))
def test_a_lane_is_one_of_the_lanes(order, lanes):
    """Every order has a lane, and always the same."""
    stream = handrail_stream.Stream(lanes=lanes)

    assert stream.lane(order) in range(lanes)
    assert stream.lane(order) == stream.lane(order)


def test_a_lane_is_the_same_in_every_process():
    """Hash randomisation does not move an item to another lane."""
    code = "import handrail_stream; print(handrail_stream.Stream().lane('item1'))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert STREAM.lane("item1") == int(other.stdout)


@given(st.integers(1, 100))
def test_delays_grow_and_are_bounded(failed):
    """Each doubles what the one before could be, half of it by chance, up to the most."""
    retries = handrail_stream.Retries(first=0.1, most=30)
    longest = min(30, 0.1 * 2 ** (failed - 1))

    assert longest / 2 <= retries.delay(failed) <= longest


@pytest.mark.parametrize(
    "wrong",
    [{"lanes": 0}, {"name": "No"}, {"silence": 0}, {"batch": 0}, {"threads": 0}, {"grace": 0}],
)
def test_a_stream_that_cannot_be_is_refused(wrong):
    """Each setting says what it allows."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        handrail_stream.Stream(**wrong)


def test_an_unknown_broker_is_refused():
    """The error names what is spoken, and nothing else of the URL."""
    with pytest.raises(InvalidValueError, match="nats://") as caught:
        engine("zeromq://user:secret@host", STREAM)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("nats://[secret", id="a bracket"),
        pytest.param("redis://user:word@host:secret", id="a port"),
        pytest.param("kafka://user:secret@host:9092", id="a password for Kafka"),
    ],
)
def test_an_unreadable_url_is_refused(url):
    """What no client could read, or would log as it is, is refused, and not repeated."""
    with pytest.raises(
        InvalidValueError, match=r"expected scheme://|no user or password"
    ) as caught:
        engine(url, STREAM)

    assert "secret" not in str(caught.value)


def test_a_missing_client_names_its_extra(monkeypatch):
    """Without the extra the error says which one brings it."""
    monkeypatch.setitem(sys.modules, "faststream.nats", None)
    monkeypatch.delitem(sys.modules, "handrail_stream._nats", raising=False)

    with pytest.raises(MissingExtraError, match="'stream'"):
        engine("nats://127.0.0.1:1", STREAM)


def test_importing_the_package_loads_no_client():
    """What speaks to a broker is loaded with the broker's URL."""
    code = (
        "import sys, handrail_stream;"
        "print({'faststream', 'nats', 'aiokafka', 'aio_pika', 'redis'} & set(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )

    assert "set()" == loaded.stdout.strip()
