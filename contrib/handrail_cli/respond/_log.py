"""The log of an emergency: one line for every step, only ever added to."""

from __future__ import annotations

import json
from os import SEEK_END
from pathlib import Path
from typing import IO, Any

import attrs
import click

from handrail.errors import unknown
from handrail_cli.policy._load import Refused, check_directory, put
from handrail_cli.respond._response import Response, now
from handrail_cli.show import Stop

LOG = "emergency/log.jsonl"
"""The log's file, within the directory of policies."""


@attrs.define
class Log:
    """Responses so far, as the steps say.

    Attributes:
        directory: The directory of policies. responses: By id, the oldest first.
        reverted: Who took back which, by id.
    """

    directory: Path
    responses: dict[str, Response] = attrs.field(factory=dict)
    reverted: dict[str, str] = attrs.field(factory=dict)

    @classmethod
    def read(cls, directory: Path) -> Log:
        """Read the log of a directory of policies; raises Stop where it cannot be read.

        A line that a crash cut off is passed over, and named.
        """
        check_directory(directory)
        made, path = cls(directory), directory / LOG
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        for number, line in enumerate(lines, start=1):
            try:
                made._take(json.loads(line))
            except json.JSONDecodeError:
                click.echo(f"{path}:{number}: cut off, and passed over.", err=True)
            except (ValueError, KeyError, TypeError) as error:
                raise Stop(f"{path}:{number}: not a step ({type(error).__name__}).") from None
        return made

    def _take(self, step: dict[str, Any]) -> None:
        batch, event = str(step["batch"]), step["event"]
        if event == "applied":
            self.responses[batch] = Response.from_json(step["response"])
        elif event == "signed":
            self.responses[batch] = attrs.evolve(self.responses[batch], signed_by=str(step["by"]))
        elif event == "reverted":
            self.reverted[batch] = str(step["by"])

    def add(self, event: str, batch: str, **more: Any) -> None:
        """Write down a step."""
        step = {"event": event, "batch": batch, "at": now().isoformat(), **more}
        path = self.directory / LOG
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            file.write(_apart(file) + json.dumps(step).encode() + b"\n")
        self._take(step)

    def apply(self, response: Response, text: str) -> None:
        """Put a response in force."""
        # Written down first: what is in force without a record could not be taken back.
        self.add("applied", response.id, response=response.to_json())
        put(self.directory / response.file, text)

    def revert(self, response: Response, by: str) -> None:
        """Take a response out again."""
        # Written down first: who signs it meanwhile sees that, and takes it out as well.
        self.add("reverted", response.id, by=by)
        put(self.directory / response.file, None)

    def state(self, response: Response) -> str:
        """Return how a response stands."""
        if response.id in self.reverted:
            left = ", and not out: revert it again" * self.is_there(response)
            return f"reverted by {self.reverted[response.id]}{left}"
        if response.over <= now():
            return "ended"
        if not self.is_there(response):
            return "gone"
        waits = response.over < response.ends
        return "waits for a signature" if waits else "in force"

    def is_there(self, response: Response) -> bool:
        """Whether its file is among the policies."""
        return (self.directory / response.file).is_file()

    def live(self, batch: str) -> Response:
        """Return a response that was not taken back yet; raises Refused for any other."""
        if batch not in self.responses:
            known = set(self.responses) - set(self.reverted)
            raise Refused(str(unknown("response", batch, known, where=str(self.directory))))
        if batch in self.reverted:
            raise Refused(f"{batch} was reverted by {self.reverted[batch]}.")
        return self.responses[batch]

    def there(self, batch: str) -> Response:
        """Return a response as ``live`` does, also one that was taken back and is there still."""
        left = self.responses.get(batch) if batch in self.reverted else None
        return left if left is not None and self.is_there(left) else self.live(batch)

    @property
    def posture(self) -> Response | None:
        """The posture in force, if one is."""
        live = [r for r in self.responses.values() if r.kind == "posture"
                and r.id not in self.reverted]  # fmt: skip
        return live[-1] if live else None


def _apart(file: IO[bytes]) -> bytes:
    """What goes before a new line: a newline, where a crash cut the last line off."""
    if not file.seek(0, SEEK_END):
        return b""
    file.seek(-1, SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"
