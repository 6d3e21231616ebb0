"""For tests of modules and of features: contracts, fakes, factories and a pytest plugin.

Needs the extra ``test``; nothing else in Handrail imports it.
"""

from importlib.util import find_spec

from handrail.errors import MissingExtraError

if find_spec("pytest") is None:
    raise MissingExtraError("test", "handrail.testing")

from handrail.testing._fakes import (
    Fake,
    failing,
    finding,
    garbage,
    hanging,
    raising,
    silent,
    slow,
)
from handrail.testing._feature_contract import FeatureContract
from handrail.testing._host import Host
from handrail.testing._look import look
from handrail.testing._make import (
    make_actor,
    make_async_safety,
    make_decision,
    make_item,
    make_report,
    make_safety,
)
from handrail.testing._module_contract import ModuleContract
from handrail.testing._script import ScriptedSafety

__all__ = [
    "Fake",
    "FeatureContract",
    "Host",
    "ModuleContract",
    "ScriptedSafety",
    "failing",
    "finding",
    "garbage",
    "hanging",
    "look",
    "make_actor",
    "make_async_safety",
    "make_decision",
    "make_item",
    "make_report",
    "make_safety",
    "raising",
    "silent",
    "slow",
]
