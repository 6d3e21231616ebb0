"""Start the process that looks first, keep watch over it, and write down what it said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import attrs

from handrail.testing._rules import HOME

if TYPE_CHECKING:
    from handrail.testing._module_contract import ModuleContract

START_S = 120.0
"""How long the imports of a module may take."""

_ORDER = "from handrail.testing._child import main; main()"


@attrs.define
class Survey:
    """What the first process saw.

    Attributes:
        cannot: Why the contract could not be built there. stuck: Where it did not return, or
            ended the process. broken: How often a rule was broken, as (where, how), by rule.
        said: The findings of each look. grew: CPU time by length, for each shape and place.
    """

    cannot: str = ""
    stuck: str = ""
    broken: dict[str, list[tuple[str, str]]] = attrs.field(factory=dict)
    said: dict[str, list[str]] = attrs.field(factory=dict)
    grew: dict[str, list[int]] = attrs.field(factory=dict)

    def take(self, line: Mapping[str, Any]) -> None:
        """Write down what one line says."""
        self.cannot = line.get("cannot", self.cannot)
        if "grew" in line:
            self.grew[line["grew"]] = line["ns"]
        if "end" in line:
            self.said[line["end"]] = line["said"]
            for rule, how in line["broken"]:
                self.broken.setdefault(rule, []).append((line["end"], how))


_done: WeakKeyDictionary[type[ModuleContract], Survey] = WeakKeyDictionary()


def survey(contract: type[ModuleContract]) -> Survey:
    """Have everything looked at, once for each contract."""
    if contract not in _done:
        with TemporaryDirectory(prefix="handrail-", ignore_cleanup_errors=True) as folder:
            _done[contract] = Survey()
            _watch(contract, Path(folder), _done[contract])
    return _done[contract]


def _watch(contract: type[ModuleContract], folder: Path, seen: Survey) -> None:
    lines: SimpleQueue[str] = SimpleQueue()
    with (
        (folder / "stderr").open("w") as errors,
        subprocess.Popen(  # noqa: S603  # our own interpreter
            [sys.executable, "-c", _ORDER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8",
            env=_other_hashes(),
        ) as child,
    ):  # fmt: skip
        reader = threading.Thread(target=_pump, args=(child, lines), daemon=True)
        reader.start()
        _send(child, contract, folder)
        _follow(lines, seen, contract.limit_s)
        child.kill()
        reader.join(timeout=5)
    if seen.stuck:
        seen.stuck += _where(folder / "trace") or _last(folder / "stderr")


def _send(child: subprocess.Popen[str], contract: type[ModuleContract], folder: Path) -> None:
    order = {
        "path": [path or str(Path.cwd()) for path in sys.path],
        "module": contract.__module__,
        "file": sys.modules[contract.__module__].__file__,
        "qualname": contract.__qualname__,
        "limit_s": contract.limit_s,
        "folder": str(folder),
    }
    # A process that cannot even start has closed the pipe; its end says so.
    with suppress(OSError):
        print(json.dumps(order), file=child.stdin, flush=True)


def _pump(child: subprocess.Popen[str], lines: SimpleQueue[str]) -> None:
    for line in child.stdout or ():
        lines.put(line)
    lines.put("")


def _follow(lines: SimpleQueue[str], seen: Survey, limit_s: float) -> None:
    """Read until it is done, or until nothing more comes."""
    doing, patience = "its import", START_S
    while True:
        try:
            text = lines.get(timeout=patience)
        except Empty:
            seen.stuck = f"did not return from {doing} within {limit_s:g} s"
            return
        if not text:
            seen.stuck = f"ended its process during {doing}"
            return
        line = json.loads(text)
        seen.take(line)
        if "done" in line or "cannot" in line:
            return
        doing = line.get("begin", doing)
        patience = 2 * limit_s + 1


def _other_hashes() -> dict[str, str]:
    """Our environment with another hash seed: the order of a set is nothing to rely on."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    return {**os.environ, "PYTHONHASHSEED": seed}


def _where(trace: Path) -> str:
    """The module's own line in the stack that was written while it hung."""
    ours = (HOME, sysconfig.get_path("stdlib") + os.sep, "<frozen")
    frames = [
        line.strip()
        for line in (trace.read_text() if trace.exists() else "").splitlines()
        if line.startswith("  File ")
        and ("site-packages" in line or not any(f'File "{path}' in line for path in ours))
        and HOME not in line
        and "<string>" not in line
    ]
    return f" ({frames[0]})" if frames else ""


def _last(errors: Path) -> str:
    said = errors.read_text(errors="replace").strip().splitlines()
    return f" ({said[-1][:200]})" if said else ""
