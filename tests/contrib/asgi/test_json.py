"""The JSON reader: what two readers could take in two ways is refused, and told where."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail_asgi._json import JsonError, deeper, read_json

SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**18) + 1, 10**18 - 1) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


def refused(body, depth=32):
    """Where and why a body is refused."""
    with pytest.raises(JsonError) as caught:
        read_json(body, depth=depth)
    return caught.value.pointer, str(caught.value)


def level(value):
    """How many objects and arrays stand in one another."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(level, value), default=0) if isinstance(value, list) else 0


@given(VALUES)
def test_what_is_written_is_read(value):
    """Whatever JSON can say is read back as it was."""
    assert value == read_json(json.dumps(value, ensure_ascii=False).encode(), depth=100)


@given(VALUES, st.integers(1, 6))
def test_depth_is_counted(value, most):
    """The depth measured before parsing is the depth of the value."""
    assert (level(value) > most) == deeper(json.dumps(value).encode(), most)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    """Bytes are JSON or a JsonError, and nothing else."""
    with suppress(JsonError):
        json.dumps(read_json(body, depth=8), allow_nan=False)


@given(st.text(min_size=1), VALUES, VALUES)
def test_a_key_twice_is_refused(key, one, two):
    """An object in which a key comes twice is refused, whatever the key."""
    body = f"{{{json.dumps(key)}: {json.dumps(one)}, {json.dumps(key)}: {json.dumps(two)}}}"

    assert ("", "a key comes twice in this object") == refused(body.encode(), depth=100)


@pytest.mark.parametrize(
    ("body", "pointer", "text"),
    [
        pytest.param(b'{"a": [1, {"b": 1, "b": 2}]}', "/a/1", "a key comes twice", id="twice"),
        pytest.param(b'{"grumpf!": {"b": 1, "b": 2}}', "/*", "a key comes twice", id="odd key"),
        pytest.param(b"[NaN]", "", "NaN is not JSON", id="NaN"),
        pytest.param(b"[-Infinity]", "", "-Infinity is not JSON", id="infinity"),
        pytest.param(b"[1e999]", "", "a number is out of range", id="too large a float"),
        pytest.param(b"[" + b"9" * 309 + b"]", "", "more than 308 digits", id="too long a number"),
        pytest.param(b"\xef\xbb\xbf{}", "", "not JSON", id="byte-order mark"),
        pytest.param(b'["\xff"]', "", "not UTF-8 at byte 3", id="not UTF-8"),
        pytest.param(b"[1] grumpf", "", "not JSON: extra data at line 1, column 5", id="more"),
        pytest.param(b"", "", "not JSON", id="nothing"),
        pytest.param(b"[" * 33 + b"]" * 33, "", "more than 32 levels deep", id="deep"),
        pytest.param(b"[" * 100_000, "", "more than 32 levels deep", id="very deep"),
    ],
)
def test_is_refused_with_its_place(body, pointer, text):
    """What is refused is told with its place, and without what stands there."""
    where, why = refused(body)

    assert (pointer, True, False) == (where, text in why, "grumpf" in where + why)


def test_brackets_in_strings_are_no_levels():
    """Brackets in a text, with escaped quotes around, open nothing."""
    body = json.dumps(["[{" * 50 + '"', "\\", "[" * 50]).encode()

    assert not deeper(body, 2)


@pytest.mark.parametrize("body", [b'"' + b'\\"' * 500_000, b'"a' * 499_999, b"[" * 10 + b'"\\'])
def test_depth_takes_linear_time(body):
    """A body that never ends its strings is measured once, not once for each quote."""
    assert not deeper(body + b"[" * 40, 10)


@pytest.mark.parametrize(
    ("body", "text"), [(rb'"\ud83d\ude00"', "😀"), (rb'"\ud83d"', "�"), (rb'["\ude00"]', ["�"])]
)
def test_half_a_surrogate_pair_is_mended(body, text):
    """Half an emoji, as a careless cut leaves it, becomes the replacement character."""
    assert text == read_json(body, depth=2)
