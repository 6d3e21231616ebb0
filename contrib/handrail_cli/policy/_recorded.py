"""The bundle that a recorded decision was made with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import attrs

from handrail import Decision, Feature, HandrailError, Item, Preview, load_yaml
from handrail_cli.show import Stop
from handrail_policyfiles import Bundle, starting_policy

_STARTING = "starting-"
"""How the names of starting policies begin."""


def read(path: Path) -> Decision | Item:
    """Read a file with one decision or one item, as JSON; raises Stop for anything else."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Stop(f"{path}: {error.strerror or 'cannot be read'}.") from None
    except ValueError:
        raise Stop(f"{path}: expected a decision or an item, as one JSON object.") from None
    if not isinstance(data, dict):
        raise Stop(f"{path}: expected a decision or an item, as one JSON object.")
    # A line of a record says besides what it is.
    data.pop("entry", None)
    try:
        return Decision.from_json(data) if "action" in data else Item.from_json(data)
    except HandrailError as error:
        raise Stop(f"{path}: {error}") from None


def stored(id: str, settings: Path) -> Decision | None:  # noqa: A002 - the word for it
    """The decision with that id, where the settings have a store that has it; raises Stop."""
    from handrail_cli.store._place import Place

    if load_yaml(settings).keys().get("store") is None:
        return None
    with Place(None, settings).store() as store:
        return store.decision(id)


def feature_of(decision: Decision, bundle: Bundle, surface: str | None) -> Feature | None:
    """Return the feature as which the bundle's policies are those of the decision, or None."""
    for name in _surfaces(bundle) if surface is None else (surface,):
        feature = Feature(name=decision.feature or name, surface=name)
        try:
            preview = Preview(bundle.policies, feature, decision.stage, now=decision.at)
        except HandrailError:
            continue
        if preview.decide(Item("item")).policy == decision.policy:
            return feature
    return None


def _surfaces(bundle: Bundle) -> list[str]:
    named = {name for policy in bundle.policies for name in policy.applies.surfaces}
    return sorted(named - {"*"}) or ["any"]


def bundle_of(
    decision: Decision, directory: Path, archive: Path | None, surface: str | None
) -> tuple[Bundle, Feature]:
    """Return the bundle that a decision was made with, and its feature; raises Stop if none was."""
    for bundle in _bundles(decision, directory, archive):
        feature = feature_of(decision, bundle, surface)
        if feature is not None:
            return bundle, feature
    named = decision.policy and (decision.policy.bundle or decision.policy.revision)
    raise Stop(
        f"{directory}{f' or {archive}' if archive else ''}: no policies of revision "
        f"{named or 'unknown'}. Name the archive with --archive, or the kind of place with "
        f"--surface."
    )


def _bundles(decision: Decision, directory: Path, archive: Path | None) -> Iterator[Bundle]:
    """The bundles to try: the one in force, and those archived that the decision may mean."""
    named = decision.policy.bundle if decision.policy else None
    parts = named.split("+") if named else []
    try:
        current = Bundle.read(directory)
        yield current
        older = [
            Bundle.open(kept.parent.parent, kept.parent.name)
            for kept in (sorted(archive.glob("*/bundle.json")) if archive else ())
            if not parts or kept.parent.name in parts
        ]
    except HandrailError as error:
        raise Stop(str(error)) from None
    yield from older
    if len(parts) > 1:
        yield _joined(decision, [b for b in (current, *older) if b.revision in parts], current)


def _joined(decision: Decision, bundles: list[Bundle], current: Bundle) -> Bundle:
    """Several bundles as one: settings may name starting policies beside a directory."""
    policies = [policy for bundle in bundles for policy in bundle.policies]
    known = {policy.name for policy in policies}
    policies.extend(
        starting_policy(name.removeprefix(_STARTING))
        for name in (decision.policy.name.split("+") if decision.policy else ())
        if name.startswith(_STARTING) and name not in known
    )
    return attrs.evolve(bundles[0] if bundles else current, policies=tuple(policies))
