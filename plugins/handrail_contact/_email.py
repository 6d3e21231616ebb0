"""E-mail addresses, also where ``@`` and dots are spelled out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail import Contact

from ._plain import View
from ._words import WORDS

_HOSTS = (
    "gmail|googlemail|hotmail|outlook|yahoo|ymail|icloud|aol|gmx|protonmail|proton|mail|yandex"
    "|live|msn|web|tutanota|zoho|qq|163|libero|orange|laposte|uol|bol"
)
_ENDS = (
    "com|net|org|info|io|de|fr|es|it|pt|br|uk|co|ru|me|eu|ch|at|nl|be|pl|cz|hu|us|ca|in|jp|cn|kr|au"
)
_BIG = "gmail|hotmail|yahoo|outlook|icloud|protonmail"
_AT = (
    r"(?:@|\s?[\[({<]\s?(?:at|ät|a|arroba|arobase|@)\s?[\])}>]\s?"
    r"|\s(?:@|at|ät|arroba|arobase|klammeraffe|chiocciola|małpa|собака)\s|&#64;|&commat;)"
)
_DOT = (
    r"(?:\.|\s?[\[({<]\s?(?:\.|dot|punkt|punto|point|ponto)\s?[\])}>]\s?|\sdot\s"
    r"|\s(?:punkt|punto|point|ponto|kropka|nokta|точка)\s(?=(?:com|net|org|de|fr|es|br|pt|pl|uk|co|ru)\b)"
    r"|&#46;|&period;|,(?=(?:com|net|org|de)\b)"
    r"|\spunto\s(?=it\b)|\spunkt\s(?=(?:at|ch)\b)"
    r"|\s\.\s?(?=(?:com|net|org|de|fr)\b))"
)
_PLAIN = re.compile(
    r"(?<![\w.+%\-])(?P<local>[\w.+%\-]{1,64}+)@"
    r"(?P<host>[^\W_](?:[\w\-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w\-]{0,61}[^\W_])?){1,6})(?![\w@])"
)
_SPELLED = re.compile(
    rf"(?<![\w.+%\-])(?P<local>[\w+%\-]{{2,40}}+(?:{_DOT}[\w+%\-]{{1,40}}+){{0,3}})(?P<at>{_AT})"
    rf"(?P<host>[^\W_][\w\-]{{0,60}}+(?:{_DOT}[^\W_][\w\-]{{1,60}}+){{1,4}})(?!\w)",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<!\S)(?:[\w@.\-] {1,2}){6,60}+[\w.](?!\S)")
_BARE = re.compile(
    rf"(?<![\w.+%\-])(?P<local>[\w.+%\-]{{3,40}}+)(?P<at>{_AT})(?P<host>{_BIG})"
    rf"(?![.\w@\-]|{_DOT})",
    re.IGNORECASE,
)
_UNSAID = re.compile(
    r"(?<![\w.+%\-@])(?P<local>[\w.+\-]{3,40}+)\s(?P<host>"
    rf"(?:{_BIG})(?:{_DOT}|\s)(?:com|de|fr|es|it|co\.uk))\b",
    re.IGNORECASE,
)
BIG_HOSTS = tuple(_BIG.split("|"))
SPELLED_SIGNS = (
    " dot ", "punkt", "punto", "point", " . ", "arroba", "chiocciola", "точка", "kropka", "małpa",
    "_at_", "-at-", "&#64;", "&commat;", ",com", ",net", ",org", "艾特",
)  # fmt: skip
_UNDERLINED = re.compile(
    rf"(?<!\w)(?P<local>[a-z0-9][a-z0-9.\-]{{1,40}}?)[_\-]at[_\-]"
    rf"(?P<host>[a-z0-9\-]{{2,40}}?[_\-]dot[_\-](?:{_ENDS}))(?!\w)",
    re.IGNORECASE,
)
_LINKED = re.compile(r"[_\-]dot[_\-]|点", re.IGNORECASE)
_CHINESE = re.compile(
    r"(?<![a-z0-9._])(?P<local>[a-z0-9][a-z0-9._\-]{1,40}+)\s?(?:艾特|@)\s?"
    r"(?P<host>[a-z0-9\-]{1,40}\s?点\s?(?:com|cn|net))(?![a-z0-9])",
    re.IGNORECASE,
)
_MAILED = re.compile(
    rf"\be?-?mail(?:\sme|\sis|\sit)?\W{{1,3}}(?:at\s|to\s)?(?P<local>[\w.+\-]{{4,40}}+)\s"
    rf"(?P<host>{_BIG})\b(?!\.)",
    re.IGNORECASE,
)
_BRACKETS = ("(", "[", "{", "<")
BRACKETED_SIGNS = (
    "dot)", "dot]", "dot}", "dot>", "(.)", "[.]", "{.}", "at)", "at]", "at}", "at>", "(@", "[@",
    "{@", "(a)", "[a]",
)  # fmt: skip
_DOTS = re.compile(_DOT, re.IGNORECASE)
_KNOWN = re.compile(rf"(?:{_HOSTS})\.\w+(?:\.\w+)?|.*\.(?:{_ENDS})", re.IGNORECASE)
_PROVIDER = re.compile(rf"(?:{_HOSTS})\.\w+(?:\.\w+)?", re.IGNORECASE)
_LOCAL = frozenset({"local", "localdomain", "lan", "internal"})
_NO_HOST = frozenset({"a", "my", "that", "the", "this", "www", "your"})
_PROGRAMS = frozenset({"git", "hg", "ssh", "svn"})
_NOT_A_NAME = WORDS["no_local"]


def emails(view: View) -> Iterator[Contact]:
    """Yield the e-mail addresses of a text."""
    text = view.text
    if "@" in text:
        for match in _PLAIN.finditer(text):
            if _plausible(match["local"], match["host"]):
                yield _made(view, match, match["host"])
        yield from _spaced_out(view)
    big = view.has(BIG_HOSTS)
    if big or view.has(SPELLED_SIGNS) or (view.has(_BRACKETS) and view.has(BRACKETED_SIGNS)):
        for match in _SPELLED.finditer(text):
            if host := _spelled(match):
                yield _made(view, match, host, obfuscated=True)
        yield from _run_on(view)
    if big:
        yield from _to_big_hosts(view)


def _run_on(view: View) -> Iterator[Contact]:
    """Yield "name_at_host_dot_com" and "name艾特host点com"."""
    patterns = (_UNDERLINED,) if view.has(("_at_", "-at-")) else ()
    for pattern in (*patterns, *((_CHINESE,) if "点" in view.text else ())):
        for match in pattern.finditer(view.text):
            host = _LINKED.sub(".", match["host"].lower())
            yield _made(view, match, "".join(host.split()), obfuscated=True)


def _spaced_out(view: View) -> Iterator[Contact]:
    """Yield addresses with a space behind each character."""
    for match in _SPACED.finditer(view.text):
        inner = _PLAIN.fullmatch(match[0].replace(" ", ""))
        if inner and _plausible(inner["local"], inner["host"]):
            yield Contact(
                "email", inner[0].lower(), view.span(*match.span()), checked=False, obfuscated=True
            )


def _to_big_hosts(view: View) -> Iterator[Contact]:
    """Yield "name at gmail" and "name99 gmail com": hosts that need no more to be known."""
    for match in _BARE.finditer(view.text):
        if _named(match):
            yield _made(view, match, f"{match['host']}.com", obfuscated=True)
    for match in _MAILED.finditer(view.text):
        if re.search(r"[\d._]", match["local"]):
            yield _made(view, match, f"{match['host']}.com", obfuscated=True)
    for match in _UNSAID.finditer(view.text):
        if re.search(r"[\d._]", match["local"]):
            host = re.sub(r"\s+", ".", _DOTS.sub(".", match["host"]))
            yield _made(view, match, host, obfuscated=True)


def _plausible(local: str, host: str) -> bool:
    end = host.rpartition(".")[2]
    dotted = local.startswith(".") or local.endswith(".") or ".." in local
    sentence = end.istitle() and not host.istitle()
    return (
        local.lower() not in _PROGRAMS
        and not dotted
        and not sentence
        and end.isalpha()
        and len(end) > 1
        and end not in _LOCAL
    )


def _spelled(match: re.Match[str]) -> str | None:
    """The host of an address in words; None where the words are rather a sentence."""
    host = _DOTS.sub(".", match["host"])
    if not _KNOWN.fullmatch(host) or not _named(match) or host.partition(".")[0] in _NO_HOST:
        return None
    said = match["at"].strip()
    if said == "@" and match["at"] == "@" and host == match["host"]:
        return None  # Written plainly: found already, or no address.
    bare_at = said.isalpha() and host == match["host"]
    if bare_at and not _PROVIDER.fullmatch(host):
        return None  # "the shop at example.com" is a place.
    return host


def _named(match: re.Match[str]) -> bool:
    return match["local"].lower() not in _NOT_A_NAME


def _made(view: View, match: re.Match[str], host: str, *, obfuscated: bool = False) -> Contact:
    start, end = match.span()
    return Contact(
        "email",
        f"{_DOTS.sub('.', match['local'])}@{host}".lower(),
        view.span(start, end),
        checked=not obfuscated,
        obfuscated=obfuscated or view.disguised(start, end),
    )
