"""What a hook is given, without a call around it."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import pytest

import handrail_links
from handrail import Finding, Item, Text


@pytest.fixture(name="look")
def _look():
    """Run a module's pre_publish over a text or an item; findings by issue."""

    def look(module, text: str | Item, **settings: object) -> dict[str, Finding]:
        item = text if isinstance(text, Item) else Item("item-1", text)
        context = SimpleNamespace(
            surface="comments",
            text=Text(item.text),
            derive=lambda name, _: handrail_links.find_links(item, None),
        )
        found = module.pre_publish(item, context, module.MANIFEST.settings(**settings))
        return {finding.issue: finding for finding in found}

    return look


@pytest.fixture(name="strings")
def _strings():
    """Find every string that can be reached from an object through containers and instances."""

    def strings(root: object) -> set[str]:
        seen: set[int] = set()
        found: set[str] = set()
        todo = [root]
        while todo:
            each = todo.pop()
            if isinstance(each, str):
                found.add(each)
            elif id(each) not in seen and not isinstance(each, type) and not callable(each):
                seen.add(id(each))
                todo.extend(gc.get_referents(each))
        return found

    return strings
