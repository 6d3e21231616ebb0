"""Why something failed, in a form that holds nobody's words: class of error, and place."""

from __future__ import annotations

from pathlib import Path
from traceback import walk_tb

from handrail import HandrailError

REASON_MOST = 256


class SaidError(HandrailError):
    """An error whose ``said`` is a phrase of ours, which a reason may repeat."""

    said: str


def reason_of(error: BaseException) -> str:
    """``ValueError at _queue.py:57 in work_of``: the class and where it was raised.

    ``NotTakenError: answered 401`` where the error says it in words of ours.
    """
    if isinstance(error, SaidError):
        return f"{type(error).__name__}: {error.said}"[:REASON_MOST]
    places = [
        f"{Path(frame.f_code.co_filename).name}:{line} in {frame.f_code.co_name}"
        for frame, line in walk_tb(error.__traceback__)
    ]
    where = f" at {places[-1]}" if places else ""
    return f"{type(error).__name__}{where}"[:REASON_MOST]
