"""Handrail: feature safety for product teams.

A feature asks at three hook points, safety modules answer, the platform's policies decide.

A name is loaded when it is first asked for, so that a module pays for the few it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from handrail._actor import Actor, Age, Amount, Media
    from handrail._async_guarded import AsyncGuardedFeature
    from handrail._caps import Caps, FileCaps, MemoryCaps
    from handrail._check import Problem
    from handrail._condition import Condition, Need, Unknown
    from handrail._contact import Contact, ContactKind, Contacts
    from handrail._context import Context, DerivationError, UnseenError
    from handrail._counting import Counted, Counting, State
    from handrail._decision import Decision
    from handrail._durable import Durable
    from handrail._effect import Audience, Effect, EffectSpec, Target, effect_specs, merge_effects
    from handrail._enforcement import Enforcement, item_of, report_of
    from handrail._evidence import Evidence
    from handrail._feature import Ages, Feature, Requires
    from handrail._finding import Action, Cause, Coverage, Fault, Finding, Stage, Status
    from handrail._fold import Fold, Folded, fold
    from handrail._hooks import hookimpl
    from handrail._host_event import HostEvent
    from handrail._inspect import Hook, Loaded, ModuleMode, Quarantined
    from handrail._issues import Issue, expand, families, issue, issues
    from handrail._item import Item
    from handrail._judged import Judged, NeutralNotices, Notices, ReporterNotices
    from handrail._ladders import Mode, Rung, Then
    from handrail._language import Language
    from handrail._lines import Clean, read_record, split_clean
    from handrail._link import Link, Links
    from handrail._manifest import Manifest
    from handrail._markets import market_languages
    from handrail._match import Hold, Match, PolicyRef, Shadow
    from handrail._media import MediaHash, MediaHashes, MediaPicture, MediaPictures, Picture
    from handrail._memory import Memory
    from handrail._offers import notices_of
    from handrail._policy import Applies, Policy
    from handrail._preview import Preview
    from handrail._quote import Quote, QuoteKind, Quotes
    from handrail._radius import Cap
    from handrail._receipt import Receipt
    from handrail._reload import Source
    from handrail._report import Report
    from handrail._rollout import Rollout
    from handrail._rules import ExceptionRule, Override, Rule
    from handrail._safety import AsyncSafety, Safety
    from handrail._seams import Approvals, Entry, Intake, PolicyLoader, Sink
    from handrail._shared import Answer, Read, Shared, Trip
    from handrail._sinks import JsonlSink, MemorySink
    from handrail._starting import starting_policy
    from handrail._state import MemoryState
    from handrail._sync_guarded import GuardedFeature
    from handrail._text import Text
    from handrail._values import FrozenMap, Json
    from handrail._windows import Count
    from handrail._yaml import Node, load_yaml
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
    "Answer",
    "Applies",
    "Approvals",
    "AsyncGuardedFeature",
    "AsyncSafety",
    "Audience",
    "Cap",
    "Caps",
    "Cause",
    "Clean",
    "Condition",
    "ConfigError",
    "Contact",
    "ContactKind",
    "Contacts",
    "Context",
    "Count",
    "Counted",
    "Counting",
    "Coverage",
    "Decision",
    "DerivationError",
    "Durable",
    "Effect",
    "EffectSpec",
    "Enforcement",
    "Entry",
    "Evidence",
    "ExceptionRule",
    "Fault",
    "FaultRule",
    "Feature",
    "FeatureError",
    "FileCaps",
    "Finding",
    "Fold",
    "Folded",
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
    "Judged",
    "Language",
    "Link",
    "Links",
    "Loaded",
    "Manifest",
    "Match",
    "Media",
    "MediaHash",
    "MediaHashes",
    "MediaPicture",
    "MediaPictures",
    "Memory",
    "MemoryCaps",
    "MemorySink",
    "MemoryState",
    "MissingExtraError",
    "Mode",
    "ModuleError",
    "ModuleMode",
    "Need",
    "NeutralNotices",
    "Node",
    "Notices",
    "Override",
    "Picture",
    "Policy",
    "PolicyError",
    "PolicyLoader",
    "PolicyRef",
    "Preview",
    "Problem",
    "Quarantined",
    "Quote",
    "QuoteKind",
    "Quotes",
    "Read",
    "Receipt",
    "Report",
    "ReporterNotices",
    "Requires",
    "Rollout",
    "Rule",
    "Rung",
    "Safety",
    "Shadow",
    "Shared",
    "Sink",
    "Source",
    "Stage",
    "State",
    "Status",
    "Target",
    "Text",
    "Then",
    "Trip",
    "Unknown",
    "UnknownNameError",
    "UnseenError",
    "effect_specs",
    "expand",
    "families",
    "fold",
    "hookimpl",
    "issue",
    "issues",
    "item_of",
    "load_yaml",
    "market_languages",
    "merge_effects",
    "notices_of",
    "read_record",
    "report_of",
    "split_clean",
    "starting_policy",
]

_HOMES = {
    "_actor": "Actor Age Amount Media",
    "_async_guarded": "AsyncGuardedFeature",
    "_caps": "Caps FileCaps MemoryCaps",
    "_check": "Problem",
    "_condition": "Condition Need Unknown",
    "_contact": "Contact ContactKind Contacts",
    "_context": "Context DerivationError UnseenError",
    "_counting": "Counted Counting State",
    "_decision": "Decision",
    "_durable": "Durable",
    "_effect": "Audience Effect EffectSpec Target effect_specs merge_effects",
    "_enforcement": "Enforcement item_of report_of",
    "_fallbacks": "FaultRule Holds",
    "_feature": "Ages Feature Requires",
    "_evidence": "Evidence",
    "_finding": "Action Cause Coverage Fault Finding Stage Status",
    "_fold": "Fold Folded fold",
    "_hooks": "hookimpl",
    "_host_event": "HostEvent",
    "_inspect": "Hook Loaded ModuleMode Quarantined",
    "_issues": "Issue expand families issue issues",
    "_item": "Item",
    "_judged": "Judged NeutralNotices Notices ReporterNotices",
    "_ladders": "Mode Rung Then",
    "_language": "Language",
    "_lines": "Clean read_record split_clean",
    "_link": "Link Links",
    "_manifest": "Manifest",
    "_markets": "market_languages",
    "_match": "Hold Match PolicyRef Shadow",
    "_media": "MediaHash MediaHashes MediaPicture MediaPictures Picture",
    "_memory": "Memory",
    "_offers": "notices_of",
    "_policy": "Applies Policy",
    "_preview": "Preview",
    "_quote": "Quote QuoteKind Quotes",
    "_radius": "Cap",
    "_receipt": "Receipt",
    "_reload": "Source",
    "_report": "Report",
    "_rollout": "Rollout",
    "_rules": "ExceptionRule Override Rule",
    "_safety": "AsyncSafety Safety",
    "_seams": "Approvals Entry Intake PolicyLoader Sink",
    "_shared": "Answer Read Shared Trip",
    "_sinks": "JsonlSink MemorySink",
    "_starting": "starting_policy",
    "_state": "MemoryState",
    "_sync_guarded": "GuardedFeature",
    "_text": "Text",
    "_values": "FrozenMap Json",
    "_windows": "Count",
    "_yaml": "Node load_yaml",
    "errors": "ConfigError FeatureError HandrailError InvalidValueError MissingExtraError "
    "ModuleError PolicyError UnknownNameError",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("handrail")
    if name not in _HOME:
        raise AttributeError(f"module 'handrail' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"handrail.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
