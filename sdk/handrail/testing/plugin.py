"""The pytest plugin: a Safety for each test, and a marker that says what its modules answer.

pytest loads it in every run of a project that has Handrail installed, so whatever it needs is
imported by the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from handrail import Feature, Safety

MARKER = (
    "handrail(issue='integrity.spam', score=1.0, module=None, fault=None, action=None, "
    "effects=None): script what one module answers in the fixture safety"
)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, for those who are strict about markers."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def handrail_features() -> Sequence[Feature]:
    """The features *safety* knows, beside one per common surface; override it with your own."""
    return ()


@pytest.fixture
def safety(
    request: pytest.FixtureRequest, handrail_features: Sequence[Feature]
) -> Iterator[Safety]:
    """A Safety for this test alone: it knows what ``@pytest.mark.handrail`` scripts, no more."""
    from handrail.testing._marker import scripted

    with ExitStack() as stack:
        yield scripted(request.node.iter_markers("handrail"), handrail_features, stack)
