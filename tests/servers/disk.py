"""A disk that gets full: a small one of its own where we may mount it, else files that end."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from servers.process import Server

SIZE = 160 * 2**20
"""Bytes of the small disk: a new cluster of PostgreSQL takes a third of it."""

ROOM = 6 * 2**20
"""Bytes that are left on it when it is filled."""

FILE_MOST = 16 * 2**20 + 4096
"""Where files end: above a segment of PostgreSQL's log, and within a page of a table."""


class Disk(Protocol):
    """Where a server keeps its files."""

    def fill(self, server: Server) -> None:
        """Leave little room."""

    def free(self, server: Server) -> None:
        """Have room again."""


class SmallDisk:
    """A file system in memory."""

    def __init__(self, directory: Path) -> None:
        self._ballast = directory / "ballast"

    def fill(self, server: Server) -> None:
        """Write a file that takes nearly all of it."""
        there = os.statvfs(self._ballast.parent)
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, there.f_bavail * there.f_frsize - ROOM)

    def free(self, server: Server) -> None:
        """Delete it."""
        self._ballast.unlink()


class ShortFiles:
    """A limit on the size of files, for a server and all its processes."""

    def fill(self, server: Server) -> None:
        """Have no file grow further."""
        self._limit(server, f"{FILE_MOST}:")

    def free(self, server: Server) -> None:
        """Lift the limit."""
        self._limit(server, "unlimited:")

    def _limit(self, server: Server, size: str) -> None:
        import psutil

        # The first one first: what it starts has its limit.
        parent = psutil.Process(server.process.pid)
        for each in (parent, *parent.children(recursive=True)):
            limit = ["prlimit", "--pid", str(each.pid), f"--fsize={size}"]
            done = subprocess.run(limit, user=server.user, check=False, capture_output=True)
            assert not done.returncode or not each.is_running(), done.stderr


@contextlib.contextmanager
def small(directory: Path) -> Iterator[Disk]:
    """A disk of its own under *directory*; a limit on files where we may not mount."""
    options = ("-t", "tmpfs", "-o", f"size={SIZE},mode=755", "none", str(directory))
    mounting = subprocess.run(["mount", *options], capture_output=True, check=False)
    if mounting.returncode:
        yield ShortFiles()
        return
    try:
        yield SmallDisk(directory)
    finally:
        subprocess.run(["umount", str(directory)], check=True)
