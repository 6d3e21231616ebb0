"""What a module's look must keep to; each broken rule is a sentence that says how to mend it."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from pathlib import Path

from handrail import Finding, Item, Manifest, UnseenError
from handrail._keep import YIELDED_MOST
from handrail.testing._awkward import CANARY
from handrail.testing._look import Look

HOME = str(Path(__file__).parents[1])

Broken = tuple[str, str]
"""The name of a rule, and how it was broken."""


def broken(look: Look, item: Item, manifest: Manifest) -> Iterator[Broken]:
    """Say which rules *look* breaks."""
    if look.error is not None and type(look.error) is not UnseenError:
        yield "survives", f"it raises {type(look.error).__name__} ({place(look.error)})"
    if len(look.found) > YIELDED_MOST:
        yield "findings", f"it yields more than {YIELDED_MOST} findings; the SDK cuts it off"
    for found in look.found[:YIELDED_MOST]:
        if type(found) is Finding:
            yield from _broken_finding(found, item, manifest)
        else:
            yield "findings", f"it yields a {type(found).__name__}; only a Finding is a finding"


def _broken_finding(found: Finding, item: Item, manifest: Manifest) -> Iterator[Broken]:
    if not _is_score(found.score):
        yield "scores", f"it gives the score {found.score!r}; a score is a number from 0 to 1"
    if not _is_reason(found.reason):
        yield "reasons", "it gives no reason; say in a phrase what a moderator should look at"
    if found.issue not in manifest.findable:
        yield "issues", f"it finds {found.issue!r}, which its manifest does not declare"
    for start, end in found.evidence.spans:
        if not 0 <= start <= end <= len(item.text):
            size = len(item.text)
            yield "spans", f"a span is {start}:{end}, but the text has {size} characters"
    if CANARY in said(found).casefold():
        yield "content", "a finding repeats what the item says; give a span instead"


def _is_score(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _is_reason(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def said(found: object) -> str:
    """A finding in one text that can be compared and searched."""
    if type(found) is not Finding:
        return type(found).__name__
    return json.dumps(found.to_json(), sort_keys=True, default=repr)


def place(error: BaseException) -> str:
    """Where in the module an exception came from: its own deepest frame."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if not f.filename.startswith(HOME)] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"


def told(error: BaseException | None) -> str:
    """All that an exception says when it is printed, its causes included."""
    return "" if error is None else "".join(traceback.format_exception(error, limit=0))
