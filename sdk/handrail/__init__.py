"""Handrail: feature safety for product teams.

A feature asks at three hook points, safety modules answer, the platform's policies decide.
"""

from handrail._actor import Actor, Age, Amount, Media
from handrail._check import Problem
from handrail._condition import Condition, Unknown
from handrail._context import Context, DerivationError
from handrail._decision import Decision, Hold, Match, PolicyRef, Receipt, Shadow
from handrail._effect import Audience, Effect, EffectSpec, Target, effect_specs
from handrail._feature import Ages, Feature, Requires
from handrail._finding import Action, Cause, Coverage, Evidence, Fault, Finding, Stage, Status
from handrail._guarded import AsyncGuardedFeature, GuardedFeature
from handrail._hooks import hookimpl
from handrail._inspect import Hook, Loaded, ModuleMode, Quarantined
from handrail._issues import Issue, expand, families, issue, issues
from handrail._item import Item, Report
from handrail._ladders import Mode, Rung, Then
from handrail._lines import read_record
from handrail._link import Link, Links
from handrail._manifest import Manifest
from handrail._policy import Applies, Policy
from handrail._rules import ExceptionRule, FaultRule, Holds, Override, Rule
from handrail._safety import AsyncSafety, Safety
from handrail._seams import (
    Approvals,
    Entry,
    HostEvent,
    Intake,
    Notices,
    PolicyLoader,
    Sink,
    State,
)
from handrail._sinks import JsonlSink, MemorySink
from handrail._starting import starting_policy
from handrail._text import Text
from handrail._values import FrozenMap, Json
from handrail.errors import (
    ConfigError,
    FeatureError,
    HandrailError,
    InvalidValueError,
    MissingExtraError,
    ModuleError,
    PolicyError,
    UnknownNameError,
)

__all__ = [
    "Action",
    "Actor",
    "Age",
    "Ages",
    "Amount",
    "Applies",
    "Approvals",
    "AsyncGuardedFeature",
    "AsyncSafety",
    "Audience",
    "Cause",
    "Condition",
    "ConfigError",
    "Context",
    "Coverage",
    "Decision",
    "DerivationError",
    "Effect",
    "EffectSpec",
    "Entry",
    "Evidence",
    "ExceptionRule",
    "Fault",
    "FaultRule",
    "Feature",
    "FeatureError",
    "Finding",
    "FrozenMap",
    "GuardedFeature",
    "HandrailError",
    "Hold",
    "Holds",
    "Hook",
    "HostEvent",
    "Intake",
    "InvalidValueError",
    "Issue",
    "Item",
    "Json",
    "JsonlSink",
    "Link",
    "Links",
    "Loaded",
    "Manifest",
    "Match",
    "Media",
    "MemorySink",
    "MissingExtraError",
    "Mode",
    "ModuleError",
    "ModuleMode",
    "Notices",
    "Override",
    "Policy",
    "PolicyError",
    "PolicyLoader",
    "PolicyRef",
    "Problem",
    "Quarantined",
    "Receipt",
    "Report",
    "Requires",
    "Rule",
    "Rung",
    "Safety",
    "Shadow",
    "Sink",
    "Stage",
    "State",
    "Status",
    "Target",
    "Text",
    "Then",
    "Unknown",
    "UnknownNameError",
    "effect_specs",
    "expand",
    "families",
    "hookimpl",
    "issue",
    "issues",
    "read_record",
    "starting_policy",
]


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version

        return version("handrail")
    raise AttributeError(f"module 'handrail' has no attribute {name!r}")
