"""What the features and modules of a settings file make of a bundle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import attrs

from handrail import HandrailError, Node, Problem, Safety, expand, load_yaml
from handrail_cli import show
from handrail_cli._start import PATIENT_MS
from handrail_policyfiles import Bundle, Diagnostic

_FEATURE = re.compile(r"Feature '(.+)'")


@attrs.frozen
class Met:
    """What comes of a bundle among the features and modules of some settings.

    Attributes:
        found: What is wrong or doubtful. unserved: The issues and patterns that it decides about
            and that no module looks for.
    """

    found: tuple[Diagnostic, ...]
    unserved: tuple[str, ...] = ()


def among(bundle: Bundle, path: Path) -> Met:
    """Return what only shows where the policies of *bundle* meet the settings.

    The policies that the settings name are left out. Raises Stop where the settings cannot be
    used.
    """
    try:
        node = load_yaml(path)
        given = {name: value.value for name, value in node.keys().items() if name != "policies"}
        safety = Safety.from_config(
            attrs.evolve(node, value=given),
            sink=None, policy=bundle.policies, budget_ms=PATIENT_MS,
        )  # fmt: skip
    except (HandrailError, OSError) as error:
        raise show.Stop(str(error)) from None
    with safety:
        looked_for = {issue for m in safety.modules for issue in m.manifest.findable}
        found = bundle.misnamed(safety.features)
        return Met(
            (*found, *(_placed(problem, node) for problem in _caused(safety))),
            tuple(n for n in sorted(bundle.issues) if looked_for.isdisjoint(expand([n]))),
        )


def _caused(safety: Safety) -> Iterator[Problem]:
    """The problems of features that are gone without the policies; others are said elsewhere."""
    problems = safety.problems()
    safety.reload(())
    without = {*safety.problems()}
    for problem in problems:
        of_feature = _FEATURE.fullmatch(problem.where)
        if problem.level != "note" and of_feature and problem not in without:
            yield problem


def _placed(problem: Problem, node: Node) -> Diagnostic:
    """A problem at the feature that has it."""
    named = _FEATURE.fullmatch(problem.where)
    features = node.value.get("features")
    path = ("features", named[1]) if named and isinstance(features, Mapping) else ()
    line, column = (node.places or {}).get(path, (1, 1))
    severity: Literal["error", "warning"] = "error" if problem.level == "error" else "warning"
    what = f"{problem.where}: {problem.what} {problem.fix}".rstrip()
    return Diagnostic(str(node.file), line, column, what, severity)
