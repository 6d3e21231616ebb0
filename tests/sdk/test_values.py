"""Small values: frozen maps, durations, times, names."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import FrozenMap, InvalidValueError, UnknownNameError
from handrail._finding import Cause
from handrail._values import LONGEST, aware, duration, duration_text, freeze, member, strings


class TestFrozenMap:
    """A mapping that cannot change, all the way down."""

    def test_reads_like_a_mapping(self):
        """Keys, values and length are those it was made from."""
        assert {"a": 1, "b": 2} == dict(FrozenMap({"a": 1, "b": 2}))

    def test_lists_become_tuples(self):
        """A list in it cannot grow any more."""
        assert (1, (2,)) == FrozenMap({"a": [1, [2]]})["a"]

    def test_mappings_become_frozen(self):
        """A mapping in it is frozen too."""
        assert isinstance(FrozenMap({"a": {"b": 1}})["a"], FrozenMap)

    def test_has_no_item_assignment(self):
        """A key cannot be set."""
        with pytest.raises(TypeError):
            FrozenMap({})["a"] = 1

    def test_has_no_attributes_to_set(self):
        """Its place for data cannot be swapped."""
        with pytest.raises(AttributeError):
            FrozenMap({})._data = {"a": 1}

    def test_equal_maps_have_one_hash(self):
        """The order of keys plays no role."""
        assert hash(FrozenMap({"a": 1, "b": [2]})) == hash(FrozenMap({"b": (2,), "a": 1}))

    @pytest.mark.parametrize(
        "copied",
        [
            pytest.param(copy.copy, id="copy"),
            pytest.param(copy.deepcopy, id="deepcopy"),
            pytest.param(lambda m: pickle.loads(pickle.dumps(m)), id="pickle"),
        ],
    )
    def test_can_be_copied(self, copied):
        """A copy equals it."""
        original = FrozenMap({"a": {"b": [1]}})

        assert original == copied(original)

    def test_refuses_what_is_no_mapping(self):
        """A list of keys is no mapping."""
        with pytest.raises(InvalidValueError, match="got list"):
            FrozenMap(["a"])

    def test_repr_shows_no_content(self):
        """Its repr has neither keys nor values."""
        assert "FrozenMap(1 keys)" == repr(FrozenMap({"secret": "canary"}))


class TestFreeze:
    """What JSON can say, made immutable."""

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), b"x", object()])
    def test_refuses_what_json_cannot_say(self, value):
        """NaN, infinity, bytes and objects are refused, however deep."""
        with pytest.raises(InvalidValueError):
            freeze({"a": [value]})


class TestDuration:
    """How long something lasts."""

    @given(st.timedeltas(timedelta(microseconds=1), LONGEST))
    def test_text_is_read_back_exactly(self, value):
        """Every duration, to the microsecond, survives its text."""
        assert value == duration(duration_text(value))

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("24h", timedelta(days=1), id="hours"),
            pytest.param("1.5d", timedelta(hours=36), id="fraction"),
            pytest.param("500ms", timedelta(milliseconds=500), id="milliseconds"),
            pytest.param("2w", timedelta(days=14), id="weeks"),
        ],
    )
    def test_reads(self, text, expected):
        """A number and a unit are a duration."""
        assert expected == duration(text)

    @pytest.mark.parametrize(
        "wrong",
        ["0h", "-1h", "24", "h", "1 h", "1y", "", "1h30m", "١h", "36501d", "999999999999999w",
         24, None, timedelta(0), -timedelta(1), timedelta.max],
    )  # fmt: skip
    def test_refuses(self, wrong):
        """Nothing, less than nothing, more than 100 years, and other spellings are refused."""
        with pytest.raises(InvalidValueError):
            duration(wrong)

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param(timedelta(days=14), "14d", id="days"),
            pytest.param(timedelta(minutes=90), "90m", id="minutes"),
            pytest.param(timedelta(microseconds=1500), "1.5ms", id="microseconds"),
        ],
    )
    def test_writes_the_largest_unit_that_divides(self, value, expected):
        """One duration has one text."""
        assert expected == duration_text(value)


class TestAware:
    """Times have a zone."""

    def test_reads_iso_8601(self):
        """Text with a zone is a time."""
        assert datetime(2026, 12, 1, tzinfo=UTC) == aware("2026-12-01T01:00+01:00", "starts")

    def test_refuses_a_naive_time(self):
        """A time without a zone is refused with the place."""
        with pytest.raises(InvalidValueError, match="starts: a time needs a zone"):
            aware(datetime(2026, 12, 1), "starts")  # noqa: DTZ001


class TestMember:
    """Words of a closed list."""

    @pytest.mark.parametrize("wrong", ["tiemout", ["timeout"], None, {}])
    def test_names_what_there_is(self, wrong):
        """What is not on the list is refused, of whatever type it is."""
        with pytest.raises(UnknownNameError, match=r"^faults: unknown value"):
            member(Cause, wrong, "faults")


class TestStrings:
    """Lists of strings."""

    def test_a_bare_string_is_one(self):
        """A string is never taken apart into letters."""
        assert ("ab",) == strings("ab", "x")

    @pytest.mark.parametrize("wrong", [5, [5], ["a", None], {"a": 1}, b"ab", [["a"]]])
    def test_refuses(self, wrong):
        """Everything but strings is refused with the place."""
        with pytest.raises(InvalidValueError, match=r"^markets: expected"):
            strings(wrong, "markets")
