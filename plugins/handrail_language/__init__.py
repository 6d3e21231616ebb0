"""The language of a text, for items whose host does not say it; it finds nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Finding, Item, Manifest, Report, hookimpl

from ._detect import find_language
from ._settings import Settings

LANGUAGES = frozenset(
    ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "zh")
)

MANIFEST = Manifest(
    name="language",
    version="0.2",
    issues=(),
    surfaces={"*"},
    languages=LANGUAGES,
    provides={"language": find_language},
    settings=Settings,
    model_card="handrail_language/README.md",
    summary="The language of a text, for other modules; no findings.",
)


@hookimpl
def report(item: Item, report: Report) -> Iterator[Finding]:
    """Find nothing: a module has a hook, and this one is where it costs least."""
    return iter(())
