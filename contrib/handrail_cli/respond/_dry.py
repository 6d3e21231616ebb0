"""The dry run of a response: what it would do to items of the last minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
from rich.text import Text

from handrail import Cap, Decision, FeatureError, HandrailError, Item, Policy, Preview, Stage
from handrail_cli import show
from handrail_cli.policy._load import Refused, Where

ESTABLISHED_DAYS = Cap().tenure_days
"""From so many days of tenure on, a person has been around."""

EXAMPLES = 3
"""So many hits are shown."""


@attrs.define
class DryRun:
    """What a response would do.

    Attributes:
        items: Items looked at. hits: Those it would act on. seen: Established actors among all.
        struck: Established actors among hits. unknown: Hits whose author's tenure is not known.
        examples: The first hits.
    """

    items: int = 0
    hits: int = 0
    seen: set[str] = attrs.field(factory=set)
    struck: set[str] = attrs.field(factory=set)
    unknown: int = 0
    examples: list[Item] = attrs.field(factory=list)

    @property
    def share(self) -> float:
        """The percent of established actors that it would act on."""
        return 100 * len(self.struck) / len(self.seen) if self.seen else 0.0

    def add(self, item: Item, *, hit: bool) -> None:
        """Take in an item, and whether the response would act on it."""
        self.items += 1
        author = item.author
        tenure = None if author is None else author.tenure_days
        established = author is not None and tenure is not None and tenure >= ESTABLISHED_DAYS
        if author is not None and established:
            self.seen.add(author.id)
        if not hit:
            return
        self.hits += 1
        self.unknown += tenure is None
        if author is not None and established:
            self.struck.add(author.id)
        if len(self.examples) < EXAMPLES:
            self.examples.append(item)

    def to_json(self) -> dict[str, object]:
        """Return the JSON form, without any text."""
        return {
            "items": self.items,
            "hits": self.hits,
            "established": len(self.seen),
            "established_hit": len(self.struck),
            "share": round(self.share, 2),
            "tenure_unknown": self.unknown,
            "examples": [item.id for item in self.examples],
        }


def dry_run(
    before: Sequence[Policy], after: Sequence[Policy], policy: str, where: Where,
    items: Iterable[Item],
) -> DryRun:  # fmt: skip
    """Decide items with the policies as they are and as they would be; nothing is recorded."""
    made = DryRun()
    with where.safety(before, after) as safety:
        try:
            names = [feature.name for feature in safety.features]
            guarded = [safety.feature(name) for name in where.names or names]
        except HandrailError as error:
            raise show.Stop(str(error)) from None
        for item in items:
            made.add(item, hit=any(_hit(f.pre_publish(item), policy) for f in guarded))
    return made


def _hit(decision: Decision, policy: str) -> bool:
    other = decision.shadow
    return other is not None and any(match.policy == policy for match in other.rules)


def check_features(policies: Sequence[Policy], where: Where) -> None:
    """Refuse what a feature could not carry out: a reload would be refused as well."""
    for feature in where.features():
        for stage in Stage:
            try:
                Preview(policies, feature, stage)
            except FeatureError as error:
                raise Refused(f"Nothing was changed: {error}") from None


def tell(made: DryRun, *, show_text: bool) -> None:
    """Print what a response would do."""
    screen = show.screen()
    hits = f"{made.hits:,} of {made.items:,} items hit"
    people = f"{len(made.struck):,} of {len(made.seen):,} established actors ({made.share:.1f} %)"
    unknown = f", {made.unknown:,} hits of unknown tenure" if made.unknown else ""
    screen.print(Text.assemble((hits, "bold"), f"; {people}{unknown}."))
    if not made.hits:
        screen.print(Text("It hits none of them: is it written like that?", "yellow"))
    text = show.printable if show_text else show.masked
    for item in made.examples:
        screen.print(Text(f"  {show.printable(item.id, 24)}  {text(item.text)}", "dim"))
