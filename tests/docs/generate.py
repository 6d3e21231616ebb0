"""Writes the reference pages whose one home is code or data; ``--check`` says which are stale.

    python tests/docs/generate.py [--check]

Four pages are made from the taxonomy, the effects, the installed modules and the OpenAPI
document; ``api.md`` from the docstrings; and on any page, what stands between
``<!-- fields NAME -->`` and ``<!-- end -->`` is the table of that class's fields, behind
``<!-- schema PART -->`` what conditions may ask for, and
behind ``<!-- keys PART -->`` the keys of policy files, whose schemas for editors are written too.
"""

from __future__ import annotations

import enum
import inspect
import re
import sys
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import attrs

import handrail
import handrail_asgi
from handrail import EffectSpec, Manifest, effect_specs, families, issues
from handrail_policyfiles import _cases, _tables, deadlines
from handrail_policyfiles._schema import schema_text, schemas
from handrail_policyfiles.expression import SCHEMA, Function
from handrail_store._deadlines import deadlines as report_deadlines
from handrail_store._ladder import ladder, terms

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = DOCS / "reference"
POLICYFILES = DOCS.parent / "contrib/handrail_policyfiles"
NOTE = "<!-- Made by tests/docs/generate.py; change what it is made from. -->"

GROUPS = {
    "Ask": (
        "Safety", "AsyncSafety", "GuardedFeature", "AsyncGuardedFeature", "Feature", "Requires",
        "Ages", "Problem", "Loaded", "Hook", "Quarantined", "ModuleMode",
    ),
    "What is looked at": ("Item", "Actor", "Age", "Media", "Amount", "Report", "Stage"),
    "What is answered": (
        "Decision", "Action", "Effect", "Target", "Audience", "Hold", "Finding", "Evidence",
        "Fault", "Cause", "Coverage", "Status", "Match", "PolicyRef", "Shadow", "Receipt",
        "Enforcement", "item_of", "report_of",
    ),
    "Policies": (
        "Policy", "Applies", "Rung", "Rule", "Then", "Condition", "Need", "Unknown", "Override",
        "ExceptionRule", "FaultRule", "Holds", "Mode", "Rollout", "Cap", "Caps", "MemoryCaps",
        "FileCaps", "Source", "starting_policy", "Preview",
    ),
    "Modules": (
        "Manifest", "hookimpl", "Context", "Text", "fold", "Fold", "Folded", "Language", "Link",
        "Links",
        "Contact", "ContactKind", "Contacts", "MediaHash", "MediaHashes", "MediaPicture",
        "MediaPictures", "Picture", "Quote", "QuoteKind", "Quotes",
        "DerivationError", "UnseenError", "Memory", "Count",
    ),
    "Lists": (
        "Issue", "issue", "issues", "families", "expand", "EffectSpec", "effect_specs",
        "merge_effects", "market_languages",
    ),
    "Seams": (
        "Sink", "MemorySink", "JsonlSink", "read_record", "split_clean", "Clean", "Entry",
        "HostEvent", "Intake", "Durable",
        "State", "Counted", "Counting", "MemoryState", "Shared", "Trip", "Read", "Answer",
        "Approvals", "Notices", "NeutralNotices", "ReporterNotices", "Judged", "notices_of",
        "PolicyLoader",
    ),
    "Values": ("FrozenMap", "Json", "Node", "load_yaml"),
    "Errors": (
        "HandrailError", "InvalidValueError", "UnknownNameError", "ConfigError", "ModuleError",
        "PolicyError", "FeatureError", "MissingExtraError",
    ),
}  # fmt: skip
"""Every public name, in the order a reader meets them."""

ALIASES = {
    "QuoteKind": "`line` (`> …`), `marks` (“…”), `block` (`[quote]…`) or `repost` (`RT @name: …`).",
    "ContactKind": "`card`, `crypto`, `email`, `handle`, `iban`, `lure`, `pay_link` or `phone`.",
    "Answer": "What a shared state says: `float | int | frozenset[str] | None`.",
    "Entry": "What a sink is given to write: `Decision | Receipt | HostEvent`.",
    "Json": "What `json.loads` returns.",
}
"""Names that are types only, and so have no docstring."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |"
                     for line in lines)  # fmt: skip


def code(value: str) -> str:
    """*value* as code, or nothing."""
    return f"`{value}`" if value else ""


def listed(names: Iterable[str]) -> str:
    """Names as code, in a row."""
    return ", ".join(map(code, sorted(names)))


def prose(text: str) -> str:
    """A docstring's text as Markdown: one sentence a line is for sources, one line for cells."""
    text = re.sub(r"``([^`]+)``", r"`\1`", " ".join(text.split()))
    return re.sub(r"(?<![\w*`])\*(\w+)\*(?![\w*`])", r"`\1`", text)


def lines(text: str) -> str:
    """Prose with one sentence a line."""
    return re.sub(r"(?<=[a-zA-Z)`]\.) (?=[A-Z`])", "\n", text)


def sections(thing: object) -> tuple[str, str, str]:
    """A docstring's prose, its list of attributes or arguments, and what it says it raises."""
    said = inspect.getdoc(thing) or ""
    said, _, raises = said.partition("\nRaises")
    parts = re.split(r"^\s*(?:Args|Attributes):|(?<=\. )Attributes:", said, flags=re.MULTILINE)
    listing = " ".join(parts[1:])
    before, _, after = listing.partition("\n\n")
    examples = r"^``[^`\n]+``$"
    prose_part = re.sub(examples, "", parts[0], flags=re.MULTILINE)
    return f"{prose_part} {after}".strip(), before, f"Raises{raises}" if raises else ""


def described(thing: object, names: Iterable[str]) -> dict[str, str]:
    """What a docstring says of each name: ``a: This. b, c: That.``."""
    _, listing, _ = sections(thing)
    known = "|".join(map(re.escape, names))
    pieces = re.split(rf"(?:^|(?<=[.;?)]\s)|\n)\s*((?:{known})(?:, (?:{known}))*): ", listing)
    meanings = {}
    for group, text in zip(pieces[1::2], pieces[2::2], strict=True):
        for name in group.split(", "):
            meanings[name] = prose(text)
    return meanings


def default(value: object) -> str:
    """A default as one would write it."""
    if value is inspect.Parameter.empty:
        return "required"
    nothing = isinstance(value, (tuple, frozenset, str, Mapping)) and not value
    if nothing or value is attrs.NOTHING or attrs.has(type(value)):
        return "empty"
    if isinstance(value, enum.Enum):
        return code(f"{type(value).__name__}.{value.name}")
    if isinstance(value, (tuple, frozenset)):
        return listed(str(v) for v in value)
    if inspect.isfunction(value):  # Its repr has an address, which is another in each run.
        return "built in"
    return code(repr(value).replace("'", '"'))


def kind(annotation: object) -> str:
    """A type as one would write it."""
    if isinstance(annotation, str):
        return annotation.strip("'").replace("'", '"')
    return inspect.formatannotation(annotation).replace("handrail.", "")


def fields_of(thing: Any) -> str:
    """The table of a class's fields, or of a constructor's or function's arguments."""
    if attrs.has(thing):
        there = [f for f in attrs.fields(thing) if f.init]
        signature = inspect.signature(thing).parameters
        types_ = {f.alias: kind(f.type) for f in there}
    else:
        signature = inspect.signature(thing).parameters
        types_ = {name: kind(p.annotation) for name, p in signature.items()}
    meanings = described(thing, signature) or described(thing.__init__, signature)
    if not meanings and thing is handrail.AsyncSafety:
        meanings = described(handrail.Safety, signature)
    rows = [
        (code(name), code(types_[name]), default(p.default), meanings.get(name, ""))
        for name, p in signature.items()
    ]
    return table(("field", "type", "default", "meaning"), rows)


def call(name: str, thing: Any) -> str:
    """How a thing is called: its arguments and their defaults, without types."""
    try:
        parameters = list(inspect.signature(thing).parameters.values())
    except ValueError:
        return name
    parts, star = [], False
    for p in parameters:
        if p.name in {"self", "cls"}:
            continue
        if p.kind is p.KEYWORD_ONLY and not star:
            parts.append("*")
            star = True
        shown = default(p.default).strip("`")
        parts.append(p.name if shown == "required" else f"{p.name}=" + _short(shown))
    return f"{name}({', '.join(parts)})"


def _short(shown: str) -> str:
    return "…" if shown in {"empty", "built in"} or "`" in shown else shown


def members(thing: Any) -> str:
    """The public methods and properties of a class, a line each."""
    rows = []
    for owner in reversed(thing.__mro__[:-1]):
        if not owner.__module__.startswith("handrail"):
            continue
        for name, there in vars(owner).items():
            value = getattr(there, "__func__", there)
            if name.startswith("_") or name in {"from_json", "to_json"}:
                continue
            if isinstance(value, property) or type(value).__name__ == "derived":
                rows.append((name, code(name), prose(sections(value)[0])))
            elif isinstance(value, types.FunctionType):
                rows.append((name, code(call(name, value)), prose(sections(value)[0])))
    last = {name: (shown, meaning) for name, shown, meaning in rows}
    return table(("member", "meaning"), list(last.values())) if last else ""


def entry(name: str) -> str:
    """One public name: how it is called, what it means, its fields, its members."""
    if name in ALIASES:
        return f"### {name}\n\n{ALIASES[name]}"
    thing = getattr(handrail, name)
    said, _, raises = sections(thing)
    made = name not in {
        "GuardedFeature", "AsyncGuardedFeature", "Context", "Text", "Links", "Contacts",
        "Quotes",
    } and not getattr(thing, "_is_protocol", False)  # fmt: skip
    parts = [f"### {name}"]
    is_enum = isinstance(thing, enum.EnumMeta)
    if made and not is_enum and not issubclass_(thing, Exception):
        parts.append(f"```text\n{call(name, thing)}\n```")
    parts.append(lines(prose(said)))
    if is_enum:
        parts.append("One of " + ", ".join(code(_member(m)) for m in thing) + ".")
    elif (
        made and inspect.isclass(thing) and not issubclass_(thing, Exception)
    ) or name == "hookimpl":
        parts.append(fields_of(thing))
    if raises:
        parts.append(lines(prose(raises)))
    if inspect.isclass(thing) and not issubclass_(thing, Exception):
        parts.append(members(thing) if not is_enum else "")
    return "\n\n".join(filter(None, parts))


def _member(member: enum.Enum) -> str:
    return member.name if isinstance(member, int) else str(member.value)


def issubclass_(thing: object, of: type) -> bool:
    """Whether a thing is a class below another."""
    return inspect.isclass(thing) and issubclass(thing, of)


def api() -> str:
    """``api.md``."""
    parts = [
        "# API", NOTE,
        ("Every public name, `from handrail import …`, in the order one meets them.\n"
        "Classes of the model are frozen and validated when they are made; most have `to_json()` "
        "and `from_json(data)`, which lose nothing.\n"
        "A type in a table is that of the value as it is kept; a field also takes its JSON form, "
        "such as a mapping for an Actor or `24h` for a duration.\n"
        "[Errors](errors.md) shows the errors' texts; `handrail.testing` is on "
        "[Test a module](../how-to/test-a-module.md) and "
        "[Test a feature](../how-to/test-a-feature.md)."),
    ]  # fmt: skip
    for title, names in GROUPS.items():
        parts += [f"## {title}", *map(entry, names)]
    return "\n\n".join(parts) + "\n"


def issue_page() -> str:
    """``issues.md``."""
    parts = [
        "# Issues", NOTE,
        ("The kinds of harm, one list for every feature.\n"
        "A name is `family.issue`, and stays for good.\n"
        "`family.*` stands for a family, `*` for all, where a policy or a feature names issues.\n"
        "The list is closed: what fits none is `other.terms`, or `other.illegal_unclassified`.\n"
        "`handrail issues` looks them up; `handrail.issues()` has also the code, the DSA category "
        "and keywords, and the names in other vocabularies."),
    ]  # fmt: skip
    for family in dict.fromkeys(i.family for i in issues().values()):
        rows = [
            (code(i.name), i.title, i.severity, i.exposure, listed(i.flags))
            for i in issues().values()
            if i.family == family
        ]
        head = ("issue", "what it is", "severity", "exposure of reviewers", "flags")
        parts += [f"## {family}", table(head, rows)]
    return "\n\n".join([*parts, f"{len(issues())} issues in {len(families())} families."]) + "\n"


FORMS = {
    "names": "one name or several",
    "regions": "one ISO 3166-1 region or several",
    "share": "a number from 0 to 1",
    "ages": "years, or years by viewer region",
    "choice": "a word",
    "weights": "weight by issue",
    "queues": "`{queue: …, within: 24h}`",
    "duration": "a duration, such as `30d`",
}
MERGES = {
    "union": "all of them",
    "min": "the least",
    "max": "the most",
    "soonest": "every queue, each with its soonest deadline",
}


def effect_page() -> str:
    """``effects.md``."""
    specs = effect_specs().values()
    what = [
        (code(s.name), s.meaning, form(s), MERGES[s.merge], ", ".join(map(code, s.targets)))
        for s in specs
    ]  # fmt: skip
    demands = [
        (code(s.name), "yes" if s.reversible else "no", "yes" if s.needs_statement else "no",
         code(s.dsa_decision or ""), ", ".join(sorted(s.ordered_by)))
        for s in specs
    ]  # fmt: skip
    return "\n\n".join([
        "# Effects", NOTE,
        ("What a decision asks for beside its action.\n"
        "Effects of one name, target and audience are merged into one, whatever the order in "
        "which modules and rules spoke; of two ends the later holds."),
        "## What they mean",
        "The first target is the one meant where none is named.",
        table(("effect", "meaning", "value", "merged", "targets"), what),
        "## What they demand",
        ("A statement is the statement of reasons to the person concerned (DSA Art. 17).\n"
        "`review`, `preserve`, `report_to` and `strike` are carried out by the platform; no "
        "feature has to list them in `carries_out`.\n"
        "Nothing here enforces who may order an effect: rules act as automation, and the column "
        "says who else may."),
        table(("effect", "reversible", "needs a statement", "DSA decision", "ordered by"), demands),
    ]) + "\n"  # fmt: skip


def form(spec: EffectSpec) -> str:
    """What an effect's value looks like; words from the mildest."""
    words = f": {' < '.join(map(code, spec.order))}" if spec.order else ""
    return FORMS[spec.value] + words


def modules() -> dict[str, Manifest]:
    """The manifests of the modules that come with Handrail, by name."""
    ours = [e for e in entry_points(group="handrail") if e.value == f"handrail_{e.name}"]
    folders = DOCS.parent / "plugins"
    found = {e.name: e.load().MANIFEST for e in ours if (folders / e.value).is_dir()}
    return dict(sorted(found.items()))


def module_page() -> str:
    """``modules.md``."""
    rows = [
        (f"[`{name}`](#{name})", m.summary, surfaces(m), "any" if "*" in m.languages else
         ", ".join(sorted(m.languages)))
        for name, m in modules().items()
    ]  # fmt: skip
    parts = [
        "# Modules", NOTE,
        ("The modules that come with Handrail.\n"
        "Each has a page of its own, which says what it finds, misses and mistakes."),
        table(("module", "finds", "surfaces", "languages"), rows),
    ]  # fmt: skip
    for name, m in modules().items():
        more = [
            f"Covers: {harms(m.issues) or 'no issue'}.",
            f"Gives hints of: {harms(m.hints)}." if m.hints else "",
            f"Reads: {listed(m.reads)}.",
            f"Needs: {listed(m.needs)}." if m.needs else "",
            f"Provides: {listed(m.provides)}." if m.provides else "",
            f"Sends off the host: {listed(m.sends) or 'nothing'}.",
            f"More: [handrail_{name}](../../plugins/handrail_{name}/README.md).",
        ]
        parts += [f"## {name}", m.summary, "\n".join(filter(None, more))]
        if m.settings:
            parts.append(settings_of(m.settings))
    return "\n\n".join(parts) + "\n"


def settings_of(cls: type) -> str:
    """The table of a module's settings."""
    there = [f for f in attrs.fields(cls) if f.init]
    meanings = described(cls, [f.name for f in attrs.fields(cls)])
    rows = [(code(f.name), _plain(f.default), meanings.get(f.name, "")) for f in there]
    return table(("setting", "default", "meaning"), rows)


def _plain(value: Any) -> str:
    if isinstance(value, attrs.Factory):  # type: ignore[arg-type]
        made = value.factory()
        fields = attrs.asdict(made) if attrs.has(type(made)) else made
        return ", ".join(f"{code(k)} {_plain(v)}" for k, v in fields.items())
    if value == ():
        return "empty"
    if isinstance(value, timedelta):
        return code(duration_of(value))
    return code(str(value).lower() if isinstance(value, bool) else str(value))


def harms(names: frozenset[str]) -> str:
    """Issues by name, where they are not all there are."""
    return "every issue" if names == issues().keys() else listed(names)


def surfaces(manifest: Manifest) -> str:
    """Where a module works."""
    return "all" if "*" in manifest.surfaces else listed(manifest.surfaces)


def filled(text: str) -> str:
    """A page with what is made on it made anew."""

    def made(match: re.Match[str]) -> str:
        return f"{match[1]}\n\n{FILLS[match[2]](match[3])}\n\n<!-- end -->"

    kinds = "|".join(FILLS)
    return re.sub(rf"(<!-- ({kinds}) ?(\w*) -->).*?<!-- end -->", made, text, flags=re.DOTALL)


def keys_of(name: str) -> str:
    """The table of the keys of a part of a policy file or of a case."""
    keys = getattr(_tables, name, None) or getattr(_cases, name)
    rows = [(code(key), "yes" if k.required else "", k.meaning) for key, k in keys.items()]
    return table(("key", "required", "meaning"), rows)


def deadline_table() -> str:
    """The table of legal deadlines."""
    head = ("id", "where", "what", "within", "from", "source", "checked", "starts", "ends")
    rows = [[str("" if v is None else v) for v in attrs.astuple(row)] for row in deadlines()]
    return table(head, [(code(f"law:{row[0]}"), *row[1:]) for row in rows])


def schema_of(part: str) -> str:
    """The table of what conditions in policy files may ask for: a part of the schema."""
    known = getattr(SCHEMA, part)
    rows = [
        (code(_called(name, k)), str(k.type), "yes" if k.optional else "", k.meaning)
        for name, k in known.items()
    ]  # fmt: skip
    return table((part.rstrip("s"), "type", "may be missing", "meaning"), rows)


def _called(name: str, known: object) -> str:
    if not isinstance(known, Function):
        return name
    arguments = [a.upper().replace(" OR ", "|") for a in known.takes]
    must, may = arguments[: known.least], arguments[known.least :]
    return f"{name}({', '.join(must)}{''.join(f'[, {a}]' for a in may)})"


def http_page() -> str:
    """``http.md``: what the OpenAPI document of the HTTP face says, for reading."""
    said = handrail_asgi.document()
    parts = [
        "# HTTP", NOTE,
        said["info"]["description"],
        "[Other languages over HTTP](../how-to/http.md) shows it in use.\n"  # noqa: ISC004
        "A running service has this document at `/openapi.json`, and at `/docs` as a page.",
    ]  # fmt: skip
    for path, methods in said["paths"].items():
        for method, operation in methods.items():
            parts += operation_of(f"{method.upper()} {path}", operation)
    parts.append("## Bodies")
    for name, schema in said["components"]["schemas"].items():
        parts += [f"### {name}", schema["description"], properties_of(schema)]
    return "\n\n".join(parts) + "\n"


def operation_of(title: str, operation: dict[str, Any]) -> list[str]:
    """A path: what it does, takes and answers."""
    about = operation.get("description", f"{operation['summary']}.")
    parts = [f"## {title}", lines(about)]
    if body := operation.get("requestBody"):
        parts.append(f"Takes {refers(next(iter(body['content'].values()))['schema'])}.")
    rows = [
        (code(status), said["description"], refers(next(iter(said["content"].values()))["schema"]))
        for status, said in operation["responses"].items()
    ]
    return [*parts, table(("status", "when", "body"), rows)]


def refers(schema: dict[str, Any]) -> str:
    """A link to a schema, or its type."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return f"[{name}](#{name.lower()})" if name else shape(schema)


def properties_of(schema: dict[str, Any]) -> str:
    """The table of a body's fields."""
    rows = [
        (code(name), shape(part), "required" if name in schema["required"] else "",
         part["description"])
        for name, part in schema["properties"].items()
    ]  # fmt: skip
    return table(("field", "type", "", "meaning"), rows)


def shape(schema: dict[str, Any]) -> str:
    """A schema's type in words."""
    if "$ref" in schema:
        return refers(schema)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " or ".join(map(shape, schema[word]))
    if "enum" in schema and len(schema["enum"]) < 10:
        return ", ".join(code(str(each)) for each in schema["enum"] if each is not None)
    kinds = schema.get("type", "anything")
    if kinds == "array":
        return f"array of {shape(schema['items'])}"
    named = kinds if isinstance(kinds, str) else " or ".join(kinds)
    limits = [
        f"{word} {schema[key]}"
        for key, word in (("minimum", "from"), ("maximum", "to"), ("maxLength", "at most"))
        if key in schema
    ]
    return " ".join([named, *limits, *([schema["format"]] if "format" in schema else [])])


def report_deadline_table() -> str:
    """By when reports are decided."""
    rows = [
        (code(r.source), code(r.issue), code(r.region), duration_of(r.within),
         code(f"law:{r.law}") if r.law else "", str(r.starts or ""), str(r.ends or ""), r.why)
        for r in report_deadlines().rows
    ]  # fmt: skip
    head = ("source", "issue", "where", "within", "law", "starts", "ends", "why")
    return table(head, rows)


def strike_table() -> str:
    """What a confirmed violation weighs."""
    rows = [
        (code(t.issue), f"{t.weight:g}", duration_of(t.half_life),
         "yes" if t.education else "no", t.why)
        for t in terms()
    ]  # fmt: skip
    return table(("issue", "weight", "half-life", "first one explained", "why"), rows)


def ladder_table() -> str:
    """What follows from strikes."""
    rows = [
        (f"{r.at:g}", code(r.effect), ", ".join(map(code, r.made(None).value)),
         "until undone" if r.lasts is None else duration_of(r.lasts), r.why)
        for r in ladder()
    ]  # fmt: skip
    return table(("from", "effect", "value", "for", "why"), rows)


def duration_of(span: timedelta) -> str:
    """A duration as people write it."""
    hours, minutes = divmod(span // timedelta(minutes=1), 60)
    if minutes:
        return f"{60 * hours + minutes}m"
    return f"{hours}h" if hours <= 48 else f"{hours // 24}d"


FILLS: dict[str, Callable[[str], str]] = {
    "fields": lambda name: fields_of(getattr(handrail, name)),
    "schema": schema_of,
    "keys": keys_of,
    "deadlines": lambda _: deadline_table(),
    "report-deadlines": lambda _: report_deadline_table(),
    "strikes": lambda _: strike_table(),
    "ladder": lambda _: ladder_table(),
}
"""What makes the part of a page between ``<!-- KIND NAME -->`` and ``<!-- end -->``."""

WHOLE: dict[str, Callable[[], str]] = {
    "api.md": api,
    "effects.md": effect_page,
    "http.md": http_page,
    "issues.md": issue_page,
    "modules.md": module_page,
}


def pages() -> dict[Path, str]:
    """Every page that is made here, as it should be."""
    made = {REFERENCE / name: make() for name, make in WHOLE.items()}
    parts = {
        path: filled(text)
        for path in DOCS.rglob("*.md")
        if "<!-- end -->" in (text := path.read_text(encoding="utf-8"))
    }
    for_editors = {POLICYFILES / name: schema_text(schema) for name, schema in schemas().items()}
    return {**made, **parts, **for_editors}


def stale() -> list[str]:
    """The pages that are not as they should be."""
    return [
        path.relative_to(DOCS.parent).as_posix()
        for path, text in pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main() -> None:
    """Write the pages, or say which are stale."""
    if "--check" in sys.argv[1:]:
        sys.exit("\n".join(f"{name} is stale" for name in stale()) or 0)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
