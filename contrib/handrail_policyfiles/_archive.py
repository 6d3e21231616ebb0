"""Bundles kept by their revision, so that a decision can be explained years later."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import attrs

from handrail import PolicyError
from handrail.errors import unknown
from handrail_policyfiles._bundle import Bundle, digests, read_bundle
from handrail_policyfiles._deadlines import read_deadlines, write_deadlines
from handrail_policyfiles._kinds import Reading

_REVISION = re.compile(r"[0-9a-f]{12}", re.ASCII)
_INDEX = "bundle.json"
_DEADLINES = "deadlines.csv"


def archive(bundle: Bundle, directory: Path) -> Path:
    """Copy the files of *bundle* to ``directory/REVISION``; see ``Bundle.archive``."""
    kept = directory / bundle.revision
    if kept.is_dir():
        return kept
    directory.mkdir(parents=True, exist_ok=True)
    # A half-copied archive must never be found under its revision.
    draft = Path(mkdtemp(prefix=f".{bundle.revision}-", dir=directory))
    try:
        _copy(bundle, draft)
        draft.chmod(0o755)
        draft.rename(kept)
    except OSError:
        if not kept.is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return kept


def _copy(bundle: Bundle, draft: Path) -> None:
    for name in bundle.files:
        target = draft / name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(bundle.directory / name, target)
    if digests(draft) != bundle.files:
        raise PolicyError(f"{bundle.directory}: changed since it was read; read it again")
    write_deadlines(draft / _DEADLINES, bundle.deadlines)
    index = {"revision": bundle.revision, "day": str(bundle.day), "files": dict(bundle.files)}
    (draft / _INDEX).write_text(json.dumps(index, indent=1, sort_keys=True), encoding="utf-8")


def open_archived(directory: Path, revision: str) -> Bundle:
    """Read an archived bundle; see ``Bundle.open``."""
    kept = directory / revision
    if not _REVISION.fullmatch(revision) or not (kept / _INDEX).is_file():
        known = [p.parent.name for p in directory.glob(f"*/{_INDEX}")]
        raise PolicyError(str(unknown("revision", revision, known, where=str(directory))))
    try:
        index = json.loads((kept / _INDEX).read_text(encoding="utf-8"))
        reading = Reading(
            day=date.fromisoformat(index["day"]), rows=read_deadlines(kept / _DEADLINES)
        )
        untouched = index["files"] == digests(kept)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PolicyError(f"{kept}: not an archive that can be read: {error}") from error
    if not untouched:
        raise PolicyError(f"{kept}: its files were changed after they were archived")
    # The archive's word counts: a later version may write the same meaning in another form.
    bundle = read_bundle(kept, reading)
    policies = tuple(attrs.evolve(policy, bundle=revision) for policy in bundle.policies)
    return attrs.evolve(bundle, revision=revision, policies=policies)
