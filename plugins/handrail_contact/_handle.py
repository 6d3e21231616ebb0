"""Names on other services: "insta: name", "snap - name", links to a profile or a chat."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail import Contact

from ._plain import View
from ._services import ANY, service_of
from ._words import WORDS

_LINK = re.compile(
    r"(?<![\w@])(?:https?://)?(?:www\.)?(?P<host>t\.me|telegram\.me|wa\.me|api\.whatsapp\.com/send"
    r"|chat\.whatsapp\.com|instagram\.com|snapchat\.com/add|discord\.gg|discord\.com/invite|m\.me"
    r"|line\.me/ti/p|kik\.me|signal\.me|signal\.group|facebook\.com|onlyfans\.com|vk\.com|zalo\.me"
    r"|join\.skype\.com)/(?P<name>[+@]?[\w.\-]{2,60}+)(?!/\w)",
    re.IGNORECASE,
)
_HOSTS = {
    "t": "telegram", "telegram": "telegram", "wa": "whatsapp", "api": "whatsapp",
    "chat": "whatsapp", "instagram": "instagram", "snapchat": "snapchat", "discord": "discord",
    "m": "facebook", "line": "line", "kik": "kik", "signal": "signal", "facebook": "facebook",
    "onlyfans": "onlyfans", "vk": "vk", "zalo": "zalo", "join": "skype",
}  # fmt: skip
LINKED = (".me/", ".com/", ".gg/", ".group/")
_NAMED = re.compile(
    rf"(?<![\w@./])(?:{ANY})(?!\w)(?P<between>(?:[ \t:=\-–—→>~|(\[*_👉👇]"
    r"|(?:id|user|username|name|handle|account|acct|acc|is|me|add|at|ist|es|é|è|est|c'est|это|है|live(?=:))(?!\w)){0,8}+)"
    r"(?P<at>@?)(?P<name>[A-Za-z](?:[\w.\-]{1,30}[\w])(?:\#\d{4})?)",
    re.IGNORECASE,
)
_ON = re.compile(
    r"(?<![\w@.])(?P<at>@)?(?P<name>[A-Za-z][\w.]{2,30}+)\s(?:on|at|auf|bei|sur|en|no|op)\s"
    rf"(?:my\s|the\s)?(?:{ANY})(?!\w)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?<![\w@])(?P<qq>qq|扣扣)(?:号|號)?[\s:：]{0,3}(?P<name>[1-9]\d{4,10})(?!\d)", re.IGNORECASE
)
_PAGES = WORDS["no_profile"]
_ALONE = re.compile(r"\w*[\d_]\w*|\w+#\d{4}")
_DOTTED = re.compile(r"[._]")
_SHOWN = frozenset("📸📷👻")
_OWN = re.compile(r"\b(?:my|mein|meine|mi|mon|meu|mio|min|mijn|mój|мой|моя)\s$", re.IGNORECASE)
_IS = re.compile(r"\s?(?:is|ist|es|est|é|è|è|är|:)\s?", re.IGNORECASE)
_CLOSED = re.compile(r"\s*(?:$|[\n|,;!•·/)]|\.(?:\s|$))")
_WORD_LIKE = frozenset({"signal"})
_LIKE_A_NAME = re.compile(r"[a-z].*[\d_]|[\d_].*[a-z]|[a-z]\.[a-z]|#\d{4}$", re.IGNORECASE)
_SAYS = re.compile(r"[:=→>👉👇]|\w| [\-–—] ")
_WORDS = WORDS["no_handle"]
_STATES = WORDS["state"]


def profiles(view: View) -> Iterator[Contact]:
    """Yield the links to a profile or a chat in a text."""
    if view.has(LINKED):
        for match in _LINK.finditer(view.text):
            if match["name"].lower() not in _PAGES:
                yield _made(view, match, _HOSTS[match["host"].lower().partition(".")[0]])


def handles(view: View) -> Iterator[Contact]:
    """Yield the names next to a service in a text that has one."""
    for match in _NAMED.finditer(view.text):
        if _meant(match):
            yield _made(view, match, service_of(match))
    if view.has(("qq", "扣扣")):
        for match in _NUMBERED.finditer(view.text):
            yield _made(view, match, "qq")
    for match in _ON.finditer(view.text):
        if match["at"] or _LIKE_A_NAME.search(match["name"]):
            yield _made(view, match, service_of(match))


def _meant(match: re.Match[str]) -> bool:
    """Whether what follows a service is a name there, rather than more of the sentence."""
    name, between = match["name"], match["between"]
    if name.lower() in _WORDS:
        return False
    service = match[0][:1]
    if service in _SHOWN and not match["at"]:
        return bool(_DOTTED.search(name) or (service == "👻" and _ALONE.fullmatch(name)))
    if _said_to_be(match):
        return True
    if match["at"] or (between == " " and _ALONE.fullmatch(name)):
        return True
    said = _SAYS.search(between) is not None
    named = re.search(r"[:=→>👉👇]|\bid\b|username|handle", between, re.IGNORECASE)
    bare = named and len(name) > 3 and service_of(match) not in _WORD_LIKE
    return bool((said and _LIKE_A_NAME.search(name)) or bare)


def _said_to_be(match: re.Match[str]) -> bool:
    """Whether a sentence ends with a name: "my insta is lenahart", "카톡 lenahart"."""
    name, text = match["name"], match.string
    if len(name) < 5 or not name.islower() or not _CLOSED.match(text[match.end() :][:4]):
        return False
    if not match[0][0].isascii():
        return match["between"] in (" ", "")
    before = text[max(0, match.start() - 8) : match.start()]
    return bool(_IS.fullmatch(match["between"]) and _OWN.search(before)) and name not in _STATES


def _made(view: View, match: re.Match[str], service: str | None) -> Contact:
    return Contact(
        "handle",
        match["name"].lower().rstrip(".,;:!?)'"),
        view.span(*match.span()),
        service=service,
        checked="host" in match.re.groupindex,
        obfuscated=view.disguised(*match.span()),
    )
