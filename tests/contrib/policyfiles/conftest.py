"""What the tests of policy files stand on: bundles written for one test."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail_policyfiles import Bundle, BundleError

SOUND = """\
policy: comments
owner: safety
applies: {surfaces: [comments]}
issues:
  harassment.bullying: {nudge: 0.55, hold: 0.75}
rules:
  - {id: links, issue: integrity.spam, when: links.count > 2, then: block}
holds: {within: 24h, otherwise: limit}
limits: {reach: 0.2}
"""


class Desk:
    """A directory to write policies into, and to read them from."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(exist_ok=True)

    def write(self, text: str, name: str = "comments.yaml") -> Path:
        """Write a file."""
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def read(self, **more) -> Bundle:
        """Read the bundle."""
        return Bundle.read(self.directory, **more)

    def problems(self, text: str | None = None) -> list[str]:
        """What is wrong, each from its file's name on."""
        if text is not None:
            self.write(text)
        with pytest.raises(BundleError) as caught:
            self.read()
        return [str(p).replace(f"{self.directory}/", "") for p in caught.value.problems]

    def warnings(self, text: str) -> list[str]:
        """What is doubtful, each from its file's name on."""
        self.write(text)
        return [str(w).replace(f"{self.directory}/", "") for w in self.read().warnings]


@pytest.fixture(name="desk")
def _desk(tmp_path):
    return Desk(tmp_path / "policies")


@pytest.fixture(name="sound")
def _sound():
    return SOUND
