"""The process that looks first: what hangs, exits or crashes there costs only this process.

It is told on stdin which contract to build, and says in JSON lines on its stdout what it is about
to do and what came of it; so the parent knows where it was when nothing more comes.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import attrs

from handrail import Item, Stage
from handrail.testing._awkward import CANARY, SHAPES, canaries, items, own
from handrail.testing._growth import grow
from handrail.testing._look import Look, Place, Subject
from handrail.testing._rules import Broken, broken, said, told

if TYPE_CHECKING:
    from handrail.testing._module_contract import ModuleContract


def main() -> None:
    """Read the order, rebuild the contract, and look at everything."""
    order = json.loads(sys.stdin.readline())
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as channel:
        spill = os.open(Path(order["folder"], "stdout"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(spill, 1)
        with Path(order["folder"], "trace").open("w") as trace:
            watcher = _Watcher(channel, trace, order)
            try:
                contract = _contract(order)
                seen = contract._subject()
                theirs = {f"{issue}, example": each for issue, each in contract.examples.items()}
                given = [*own({**theirs, "harmless": contract.harmless})]
            except BaseException as error:  # noqa: BLE001  # the parent reports it
                watcher.say(cannot=f"{type(error).__name__}: {error}")
            else:
                watcher.survey(seen, given)
        # A module's threads that never end must not keep this process.
        channel.flush()
        os._exit(0)


def _contract(order: dict[str, Any]) -> ModuleContract:
    """The contract's class, built anew from the file that defines it."""
    sys.path[:] = order["path"]
    spec = importlib.util.spec_from_file_location(order["module"], order["file"])
    if spec is None or spec.loader is None:
        raise ImportError(order["file"])
    found: Any = importlib.util.module_from_spec(spec)
    sys.modules[order["module"]] = found
    spec.loader.exec_module(found)
    for name in order["qualname"].split("."):
        found = getattr(found, name)
    made: ModuleContract = found()
    return made


class _Watcher:
    """Says where it is before each look, and what was wrong after it."""

    def __init__(self, channel: TextIO, trace: TextIO, order: dict[str, Any]) -> None:
        self._channel, self._trace, self._limit = channel, trace, order["limit_s"]
        self._spilled = dict.fromkeys(("stdout", "stderr"), 0)
        self._folder = Path(order["folder"])
        self._records: list[str] = []
        self._listen()

    def _listen(self) -> None:
        """Hear every log record and warning, wherever it goes."""
        make = logging.getLogRecordFactory()

        def heard(*args: Any, **kwargs: Any) -> logging.LogRecord:
            record = make(*args, **kwargs)
            error = record.exc_info[1] if record.exc_info else None
            self._records.append(f"{record.getMessage()} {record.__dict__} {told(error)}")
            return record

        logging.setLogRecordFactory(heard)
        logging.getLogger().setLevel(logging.DEBUG)
        warnings.simplefilter("always")

    def say(self, **facts: object) -> None:
        """Write one line to the parent."""
        self._channel.write(json.dumps(facts) + "\n")

    def begin(self, what: str) -> None:
        """Say what comes next, and have the stack written down if it does not end."""
        self.say(begin=what)
        faulthandler.dump_traceback_later(self._limit, file=self._trace)

    def survey(self, seen: Subject, given: Sequence[tuple[str, Item]]) -> None:
        """Look at everything everywhere, and at what is *given*, then at how the time grows."""
        self.say(ready=True)
        for place in seen.plans:
            for what, item in (*items(), *canaries(), *given):
                self.begin(f"{what}, {place}")
                before = item.to_json()
                made = seen.look(place, item)
                wrong = [*broken(made, item, seen.manifest), *self._spills(made)]
                if item.to_json() != before:
                    wrong.append(("item", "it changes the item; the next module sees that"))
                self.say(end=f"{what}, {place}", broken=wrong, said=[said(f) for f in made.found])
        for place in _one_of_each_stage(seen):
            for shape, pattern in SHAPES.items():
                self.begin(f"ever longer texts of {shape}, {place}")
                self.say(grew=f"{shape}, {place}", ns=grow(seen, place, pattern))
        self._teach(seen, given)
        faulthandler.cancel_dump_traceback_later()
        self.say(done=True)

    def _teach(self, seen: Subject, given: Sequence[tuple[str, Item]]) -> None:
        """Have its memory learn from everything: last, for it may answer otherwise from then on."""
        for place in seen.plans:
            for number, (what, item) in enumerate((*items(), *canaries(), *given)):
                self.begin(f"learning from {what}, {place}")
                # Nothing is learned twice from one revision of an item: each is one of its own.
                wrong = seen.learn(place, attrs.evolve(item, id=f"{item.id}-{number}"))
                rules = [("learns", wrong)] if wrong else []
                rules += self._spills(Look((), None, 0))
                self.say(end=f"learning from {what}, {place}", broken=rules, said=[])

    def _spills(self, look: Look) -> Iterator[Broken]:
        """What the look let out beside its findings."""
        out, err = self._written("stdout"), self._written("stderr")
        heard = "\n".join([*self._records, out, err])
        self._records.clear()
        if out:
            yield "stdout", "it writes to stdout, which belongs to the host; use a logger"
        if CANARY in heard.casefold():
            yield "content", "a log line, a warning or its output repeats what the item says"
        if CANARY in told(look.error).casefold():
            yield "content", f"its {type(look.error).__name__} repeats what the item says"

    def _written(self, name: str) -> str:
        """What was written to a stream since the last look."""
        getattr(sys, name).flush()
        with (self._folder / name).open("rb") as stream:
            stream.seek(self._spilled[name])
            new = stream.read()
        self._spilled[name] += len(new)
        return repr(new)[2:-1]


def _one_of_each_stage(seen: Subject) -> Iterator[Place]:
    done: set[Stage] = set()
    for place in seen.plans:
        if place.stage not in done:
            done.add(place.stage)
            yield place
