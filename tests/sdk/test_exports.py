"""What ``from handrail import …`` offers: everything public, and nothing else."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import handrail
from handrail import errors

SHOWN = {name for name in vars(handrail) if name[0].isalpha()}
MEANS = {"Any", "TYPE_CHECKING", "import_module"}
PARTS = {
    path.stem for path in Path(handrail.__file__).parent.iterdir() if path.suffix in ("", ".py")
}


class TestAll:
    """``__all__`` is the list of public names."""

    def test_is_sorted(self):
        """Names stand in one order, so that a diff shows what is new."""
        assert sorted(handrail.__all__) == handrail.__all__

    def test_has_no_name_twice(self):
        """A name is listed once."""
        assert len(set(handrail.__all__)) == len(handrail.__all__)

    def test_has_every_name_that_is_imported(self):
        """Whatever the package imports for others is listed."""
        assert set() == SHOWN - set(handrail.__all__) - PARTS - MEANS

    def test_has_a_home_for_every_name(self):
        """Each public name is loaded from one place when it is asked for, and nothing else is."""
        assert set(handrail.__all__) == set(handrail._HOME)

    def test_nothing_is_loaded_before_it_is_asked_for(self):
        """Importing the package alone loads none of its parts."""
        code = "import sys, handrail; print([m for m in sys.modules if m.startswith('handrail.')])"
        run = [sys.executable, "-c", code]
        done = subprocess.run(run, capture_output=True, text=True, check=True)

        assert "[]\n" == done.stdout

    @pytest.mark.parametrize("name", handrail.__all__)
    def test_is_there_and_explained(self, name):
        """Each public name exists; what can have a docstring has one."""
        value = getattr(handrail, name)

        assert not (inspect.isclass(value) or inspect.isfunction(value)) or inspect.getdoc(value)

    def test_has_every_error(self):
        """Whoever imports the package can name each error it raises."""
        ours = {
            name
            for name, value in vars(errors).items()
            if inspect.isclass(value) and issubclass(value, errors.HandrailError)
        }

        assert set() == ours - set(handrail.__all__)

    @pytest.mark.parametrize(
        "name",
        [n for n in handrail.__all__ if inspect.isclass(getattr(handrail, n))],
    )
    def test_public_methods_are_explained(self, name):
        """Each public method and property of a public class has a docstring."""
        cls = getattr(handrail, name)
        silent = [
            attribute
            for attribute, value in vars(cls).items()
            if not attribute.startswith("_")
            and (inspect.isroutine(value) or isinstance(value, property))
            and not inspect.getdoc(getattr(cls, attribute))
        ]

        assert [] == silent


class TestPackage:
    """The package itself."""

    def test_knows_its_version(self):
        """The version is the installed one, read when it is asked for."""
        assert version("handrail") == handrail.__version__

    def test_has_no_other_attribute(self):
        """A name that is not there is an AttributeError that says so."""
        with pytest.raises(AttributeError, match="no attribute 'Saftey'"):
            importlib.import_module("handrail").Saftey  # noqa: B018
