"""A worker process of the tests: python worker.py '{"url": ..., "path": ..., ...}'."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import handrail_stream
from handrail_stream import _processing

LATER: set[asyncio.Task] = set()


class Early(_processing.Processing):
    """Sabotage: what was only taken is acknowledged."""

    async def __call__(self, lane: int, messages: Sequence) -> int:
        """Handle later, and say now that it is done."""
        LATER.add(asyncio.create_task(super().__call__(lane, messages)))
        return len(messages)


def main(options: dict) -> None:
    """Work until SIGTERM."""
    if options.get("early"):
        from handrail_stream import _run

        _run.Processing = Early
    sys.path.insert(0, str(Path(__file__).parent))
    from ledger import Ledger

    ledger = Ledger(
        Path(options["path"]),
        idempotent=not options.get("forgetful"),
        die_after=options.get("die_after"),
    )
    ledger.pause = options.get("pause", 0.0)
    stream = handrail_stream.Stream(**options.get("stream", {}))
    handrail_stream.run(ledger, ledger, options["url"], stream)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
