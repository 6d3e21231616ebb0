"""Strict JSON: what one reader takes one way and another otherwise is refused, with its place.

The parser is the standard library's. Before it runs, the depth is measured in linear time; a key
that comes twice is found while it runs, and its place by reading a second time.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import NoReturn

from handrail import Json

# A string, to its end or to the end of all; then whatever is neither string nor bracket.
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+"?', re.DOTALL)
_REST = bytes(frozenset(range(256)) - frozenset(b"[]{}"))
_DIGITS = 308  # No double holds more.
_OPEN = frozenset(b"[{")


class JsonError(ValueError):
    """A body that is no strict JSON; the text never has any of it.

    Attributes:
        pointer: Where, as a JSON pointer; empty where the whole is meant.
    """

    def __init__(self, text: str, pointer: str = "") -> None:
        super().__init__(text)
        self.pointer = pointer


class _TwiceError(ValueError):
    """A key came twice."""


class _Pairs(list[tuple[str, object]]):
    """An object as it was written, every pair kept."""


def read_json(body: bytes, *, depth: int, values: int = 10_000) -> Json:
    """Read strict JSON (RFC 8259, I-JSON's rules on keys and numbers).

    Args:
        body: UTF-8 without a byte-order mark.
        depth: How many objects and arrays may stand in one another.
        values: About how many values there may be in all, before any of them is read.

    Raises JsonError for anything else: other encodings, a key twice in one object, NaN, a number
    that no double holds, more levels or values.
    """
    if deeper(body, depth):
        raise JsonError(f"more than {depth} levels deep")
    if more(body, values):
        raise JsonError(f"more than {values} values")
    try:
        read: Json = _parse(body.decode())
        return _mended(read) if b"\\ud" in body.lower() else read
    except UnicodeDecodeError as error:
        raise JsonError(f"not UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise JsonError(f"not JSON: {_reason(error)} at {place}") from None
    except _TwiceError:
        whole = json.loads(body.decode(), object_pairs_hook=_Pairs)
        pointer = _first_twice(whole, "") or ""
        raise JsonError("a key comes twice in this object", pointer) from None
    except RecursionError:
        raise JsonError("too many levels deep") from None


def _reason(error: json.JSONDecodeError) -> str:
    """The parser's reason, which names what it expected; never what it met."""
    return error.msg.partition(":")[0].removesuffix(" at").lower()


def _mended(value: Json) -> Json:
    """The same with the replacement character for half a surrogate pair: no other text has one."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if isinstance(value, dict):
        return {str(_mended(key)): _mended(each) for key, each in value.items()}
    return value


def deeper(body: bytes, depth: int) -> bool:
    """Whether *body* has more than *depth* levels, without parsing it; linear in its length."""
    if body.count(b"{") + body.count(b"[") <= depth:
        return False
    level = 0
    for bracket in _STRINGS.sub(b"", body).translate(None, _REST):
        level += 1 if bracket in _OPEN else -1
        if level > depth:
            return True
    return False


def more(body: bytes, values: int) -> bool:
    """Whether *body* has more than *values*, each after a comma, without parsing it."""
    return body.count(b",") >= values and _STRINGS.sub(b"", body).count(b",") >= values


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _TwiceError
    return made


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JsonError("a number is out of range")
    return number


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise JsonError(f"a whole number has more than {_DIGITS} digits")
    return int(text)


def _refuse(constant: str) -> NoReturn:
    raise JsonError(f"{constant} is not JSON")


_parse = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=_finite, parse_int=_whole, parse_constant=_refuse
).decode


def _first_twice(value: object, pointer: str) -> str | None:
    """The pointer of the first object that has a key twice, in the order of the text."""
    if isinstance(value, _Pairs):
        keys = [key for key, _ in value]
        if len(set(keys)) != len(keys):
            return pointer
        return _first_of((step(pointer, key), each) for key, each in value)
    if isinstance(value, list):
        return _first_of((step(pointer, number), each) for number, each in enumerate(value))
    return None


def _first_of(parts: Iterable[tuple[str, object]]) -> str | None:
    return next((found for p, v in parts if (found := _first_twice(v, p)) is not None), None)


_PLAIN = re.compile(r"[a-z][a-z0-9_]{0,63}")


def step(pointer: str, key: str | int) -> str:
    """Go one step down; a key that is no plain name, and so may be content, becomes ``*``."""
    return f"{pointer}/{key if isinstance(key, int) or _PLAIN.fullmatch(key) else '*'}"
