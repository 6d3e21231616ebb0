"""What Handrail raises, and only before a call or at its boundary; a call itself returns faults.

HandrailError
├── InvalidValueError   a value refused at the boundary (also a ValueError)
│   └── UnknownNameError    a name that is in no list; the text names the nearest ones
├── ConfigError         a settings file, with file:line:column
├── ModuleError         a safety module that cannot be taken in
├── PolicyError         a policy that cannot mean what it says
├── FeatureError        a feature that is unknown, uncovered, or asked for what it cannot do
└── MissingExtraError   an optional dependency is not installed (also an ImportError)
"""

from __future__ import annotations

import re
from collections.abc import Iterable


class HandrailError(Exception):
    """Base of everything Handrail raises."""


class InvalidValueError(HandrailError, ValueError):
    """A value was refused at the boundary; the text names the field, never its content."""


class UnknownNameError(InvalidValueError):
    """A name that is in no list."""


class ConfigError(HandrailError):
    """A settings file cannot be used; the text starts with ``file:line:column``."""


class ModuleError(HandrailError):
    """A safety module cannot be taken in: its contract with the SDK is broken."""


class PolicyError(HandrailError):
    """A policy contradicts itself, the taxonomy, or what its issues allow."""


class FeatureError(HandrailError):
    """A feature is unknown, uncovered, or asked for what it cannot carry out."""


class MissingExtraError(HandrailError, ImportError):
    """An optional dependency is missing; the text names the extra that brings it."""

    def __init__(self, extra: str, what: str) -> None:
        super().__init__(f"{what} needs the extra {extra!r}: pip install 'handrail[{extra}]'")
        self.extra = extra


NEAR = 0.75
"""How alike a name must be, from 0 to 1, to be what somebody may have meant."""


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Return the names somebody may have meant, at most 3, the nearest first.

    Case does not count, ``bullyng`` is near to ``harassment.bullying``, and a shared family makes
    no two issues alike.
    """
    word, known = name[:80].casefold(), sorted(names)
    family, _, last = word.rpartition(".")
    if not family:
        return _close(word, [(part, n) for n in known for part in (n, *n.split("."))])
    kin = [(n.rpartition(".")[2], n) for n in known if n.casefold().startswith(f"{family}.")]
    return _close(last, kin) or _close(word, [(n, n) for n in known])


def _close(word: str, forms: Iterable[tuple[str, str]]) -> list[str]:
    from difflib import get_close_matches

    by_form: dict[str, list[str]] = {}
    for form, name in forms:
        by_form.setdefault(form.casefold(), []).append(name)
    close = [word] if word in by_form else get_close_matches(word, by_form, n=3, cutoff=NEAR)
    return list(dict.fromkeys(name for form in close for name in by_form[form]))[:3]


def unknown(
    kind: str, name: object, names: Iterable[str], *, where: str = "", like: str = ""
) -> UnknownNameError:
    """Say that *name* is no *kind*, and which ones come nearest, or are of its family.

    Where nothing is near and the list says little, *like* says what is expected. What is no name
    at all, such as a sentence, is not repeated: it may be what somebody wrote.
    """
    known = sorted({*names})
    if near := nearest(str(name), known):
        hint = f"Did you mean {' or '.join(map(repr, near))}?"
    elif like:
        hint = f"Expected {like}."
    else:
        known = [n for n in known if n.startswith(f"{str(name).rpartition('.')[0]}.")] or known
        listed = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
        hint = f"Known: {listed}." if known else "None are known."
    place = f"{where}: " if where else ""
    said = f" {str(name)!r}" if _NAME.fullmatch(str(name)) else ""
    return UnknownNameError(f"{place}unknown {kind}{said}. {hint}")


_NAME = re.compile(r"[\w.*:/@+-]{0,80}")
"""What a name looks like, right or wrong."""
