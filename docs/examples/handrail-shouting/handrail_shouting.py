"""Comments written mostly in capitals."""

from collections.abc import Iterator

from handrail import Context, Finding, Item, Manifest, hookimpl

MANIFEST = Manifest(
    name="shouting",
    version="1.0",
    issues=(),
    hints={"harassment.bullying"},
    surfaces={"comments"},
    languages={"*"},
    summary="Text written mostly in capitals.",
)


@hookimpl
def pre_publish(item: Item, context: Context) -> Iterator[Finding]:
    """Find text that shouts."""
    if (share := context.text.capital_share) > 0.8:
        yield Finding("harassment.bullying", score=0.3 * share, reason=f"{share:.0%} capitals")
