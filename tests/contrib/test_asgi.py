"""The HTTP face as a package: what it loads, and what it says where something is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import handrail_asgi
from handrail import MissingExtraError

HEAVY = ("starlette", "uvicorn", "httptools", "jsonschema_rs")


def after(statement):
    """What a fresh interpreter says after a statement, without the packages of the extra."""
    hidden = f"import sys; sys.modules.update(dict.fromkeys({HEAVY!r}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{hidden}; {statement}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.strip().splitlines()[-1:]


def test_keys_need_no_extra():
    """Keys are made, and commands loaded, where the extra is not installed."""
    assert (0, []) == after("import handrail_asgi._commands as c; c.new_key('a', ['*'])")


@pytest.mark.parametrize("name", ["Handrail", "lifespan", "feature"])
def test_a_missing_extra_is_named(name):
    """What needs the extra says which it is."""
    code, (said,) = after(f"from handrail_asgi import {name}")

    assert (1, True) == (code, said.endswith("pip install 'handrail[asgi]'"))


def test_serve_names_the_extra():
    """The command that needs it does so too."""
    code, (said,) = after(
        "from handrail_asgi._commands import serve; serve(['--config', sys.executable])"
    )

    assert (2, True) == (code, said.endswith("pip install 'handrail[asgi]'"))


def test_a_missing_validator_is_named(monkeypatch):
    """As does what checks bodies."""
    from handrail_asgi._check import Checker

    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    with pytest.raises(MissingExtraError, match=r"handrail\[asgi\]"):
        Checker("Item", {})


def test_every_public_name_is_there():
    """Each name of the package is found, and no other."""
    assert all(getattr(handrail_asgi, name) for name in handrail_asgi.__all__)
    assert not hasattr(handrail_asgi, "nothing")
