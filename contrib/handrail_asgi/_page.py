"""The OpenAPI document as a page for people: no script, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from html import escape
from typing import Any

from handrail_asgi._wire import HTML, SECURITY_POLICY, Answer

_STYLE = """\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1f24; background: #fff; }
h2 { margin-top: 3rem; border-top: 1px solid #d0d7de; padding-top: 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; background: #f3f5f7; border-radius: 4px; }
code { padding: 0.1em 0.3em; overflow-wrap: anywhere; }
h2 code { font-size: 1.2rem; }
pre { padding: 0.8rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 0.8rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem 0.3rem 0;
  border-bottom: 1px solid #e4e8ec; }
summary { cursor: pointer; font-weight: 600; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e9ec; background: #14171a; } code, pre { background: #22272d; }
  a { color: #7ab7ff; } }
"""

POLICY = (
    "default-src 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + b64encode(sha256(_STYLE.encode()).digest()).decode()
    + "'"
).encode()
"""The page's content security policy: its own style, and nothing else."""

_LISTED = 12


def page(document: Mapping[str, Any]) -> Answer:
    """Return the page of an OpenAPI document of ours."""
    body = "\n".join(_parts(document)).encode()
    return Answer(200, body, HTML, ((SECURITY_POLICY, POLICY),))


def _parts(document: Mapping[str, Any]) -> Iterator[str]:
    info, schemas = document["info"], document["components"]["schemas"]
    title = f"{info['title']} {info['version']}"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>"
    yield from (f"<p>{_words(each)}</p>" for each in info["description"].strip().split("\n\n"))
    yield '<p>For programs: <a href="openapi.json">openapi.json</a>.</p>\n<ul>'
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    for name, operation in operations:
        link = f'<a href="#{_anchor(name)}"><code>{escape(name)}</code></a>'
        yield f"<li>{link} {escape(operation['summary'])}</li>"
    yield "</ul>"
    for name, operation in operations:
        yield from _operation(name, operation, schemas)
    yield "<h2>Bodies</h2>"
    for name, schema in schemas.items():
        yield f'<details open id="{name}"><summary>{name}</summary>'
        yield f"<p>{_words(schema['description'])}</p>{_fields(schema)}</details>"
    yield "</body>\n</html>\n"


def _operation(
    name: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[str]:
    yield f'<h2 id="{_anchor(name)}"><code>{escape(name)}</code></h2>'
    yield f"<p>{_words(operation.get('description', operation['summary'] + '.'))}</p>"
    if body := operation.get("requestBody"):
        schema = next(iter(body["content"].values()))["schema"]
        yield f"<p>Takes {_kind(schema)}:</p>{_fields(schemas[_named(schema)])}"
        for example in schemas[_named(schema)].get("examples", ())[:1]:
            yield f"<pre>{escape(_curl(name, example))}</pre>"
    rows = (
        (f"<code>{status}</code>", _words(said["description"]),
         _kind(next(iter(said["content"].values()))["schema"]))
        for status, said in operation["responses"].items()
    )  # fmt: skip
    yield _table(("status", "when", "body"), rows)


def _curl(name: str, example: object) -> str:
    """A line for a shell that sends the example; ``URL`` and ``KEY`` are the reader's."""
    said = json.dumps(example, indent=2, ensure_ascii=False).replace("'", "'\\''")
    return (
        f'curl "$URL{name.partition(" ")[2]}" \\\n'
        '  --header "Authorization: Bearer $KEY" --header "Content-Type: application/json" \\\n'
        f"  --data '{said}'"
    )


def _fields(schema: Mapping[str, Any]) -> str:
    rows = (
        (f"<code>{escape(name)}</code>", _kind(part),
         "required" if name in schema["required"] else "", _words(part["description"]))
        for name, part in schema["properties"].items()
    )  # fmt: skip
    return _table(("field", "type", "", "meaning"), rows)


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    named = "".join(f"<th>{each}</th>" for each in head)
    lines = ("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>\n<tr>{named}</tr>\n" + "\n".join(lines) + "\n</table>"


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema's type in words, with a link where it has a name."""
    if name := _named(schema):
        return f'<a href="#{name}">{name}</a>'
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " or ".join(map(_kind, schema[word]))
    if options := [o for o in schema.get("enum", ()) if o is not None]:
        told = ", ".join(f"<code>{escape(str(each))}</code>" for each in options[:_LISTED])
        return told + (f" and {len(options) - _LISTED} more" if len(options) > _LISTED else "")
    kinds = schema.get("type", "anything")
    if kinds == "array":
        return f"array of {_kind(schema['items'])}"
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def _named(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _anchor(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _words(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
