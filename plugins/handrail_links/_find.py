"""From links to findings: what a link pretends, where it leads, and how many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from handrail import Evidence, Finding, InvalidValueError, Link

from ._extract import MOST
from ._hosts import SHORTENERS, TOP_LEVEL, is_public_ip, looks_like_another

PHISHING = "fraud.phishing"
SPAM = "integrity.spam"
SPANS = 20
"""Spans a finding names at most."""


def _domains(value: object) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, Iterable):
        raise InvalidValueError("expected one or more domains")
    return tuple(str(name).strip().strip(".").lower() for name in names)


def _check_domains(_: object, attribute: attrs.Attribute[tuple[str, ...]], value: object) -> None:
    for n, name in enumerate(value if isinstance(value, tuple) else ()):
        if not name or not name.isascii() or any(c in name for c in "/:@ *"):
            raise InvalidValueError(
                f"{attribute.name}[{n}]: expected a domain such as 'example.com', in ASCII"
            )


def _check_flood(_: object, attribute: attrs.Attribute[int], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 2:
        raise InvalidValueError(f"{attribute.name}: expected a whole number, 2 or more")


@attrs.frozen(kw_only=True)
class Settings:
    """What counts as too many links, and which domains a host knows.

    Attributes:
        flood: Links from which an item is taken for link spam.
        blocked_domains: Domains never wanted, with all their subdomains; in ASCII form.
        allowed_domains: Domains that are never a finding, with all their subdomains.
        shorteners: Domains that hide where they lead, beside those built in.
    """

    flood: int = attrs.field(default=4, validator=_check_flood)
    blocked_domains: tuple[str, ...] = attrs.field(
        default=(), converter=_domains, validator=_check_domains
    )
    allowed_domains: tuple[str, ...] = attrs.field(
        default=(), converter=_domains, validator=_check_domains
    )
    shorteners: tuple[str, ...] = attrs.field(
        default=(), converter=_domains, validator=_check_domains
    )


@attrs.frozen
class _Sign:
    """One thing to notice about a link."""

    issue: str
    score: float
    reason: str
    shows: Callable[[Link, Settings], bool]


def _under(link: Link, domains: Sequence[str]) -> bool:
    return any(link.host == d or link.host.endswith(f".{d}") for d in domains)


def _user(link: Link) -> str:
    authority = link.url.partition("://")[2].partition("/")[0]
    return authority.rpartition("@")[0]


def _pretends(link: Link, settings: Settings) -> bool:
    return _user(link).partition(":")[0].rpartition(".")[2].lower() in TOP_LEVEL


def _shortened(link: Link, settings: Settings) -> bool:
    return link.domain in SHORTENERS or _under(link, settings.shorteners)


_SIGNS = (
    _Sign(PHISHING, 0.95, "a blocked domain", lambda k, s: _under(k, s.blocked_domains)),
    _Sign(PHISHING, 0.9, "a host name written before an @", _pretends),
    _Sign(PHISHING, 0.8, "a host in look-alike letters", lambda k, s: looks_like_another(k.host)),
    _Sign(PHISHING, 0.6, "an IP address for a host", lambda k, s: is_public_ip(k.host)),
    _Sign(PHISHING, 0.5, "a user name in the link", lambda k, s: bool(_user(k))),
    _Sign(PHISHING, 0.3, "a link shortener", _shortened),
    _Sign(SPAM, 0.5, "a link written so as not to look like one", lambda k, s: k.obfuscated),
)


def findings(links: Sequence[Link], settings: Settings) -> Iterator[Finding]:
    """Yield what is odd about *links*: one finding for each issue."""
    judged = [link for link in links if not _under(link, settings.allowed_domains)]
    seen: dict[str, dict[_Sign, list[Link]]] = defaultdict(lambda: defaultdict(list))
    for link in judged:
        for sign in _SIGNS:
            if sign.shows(link, settings):
                seen[sign.issue][sign].append(link)
    distinct = {link.url for link in judged}
    if len(distinct) >= settings.flood:
        score = min(0.9, 0.5 + 0.1 * (len(distinct) - settings.flood))
        count = f"{len(distinct)}{' or more' * (len(links) >= MOST)}"
        flood = _Sign(SPAM, score, f"{count} different links", _shortened)
        seen[SPAM][flood] = judged
    for issue, signs in seen.items():
        yield _finding(issue, signs)


def _finding(issue: str, signs: dict[_Sign, list[Link]]) -> Finding:
    ordered = sorted(signs, key=lambda sign: -sign.score)
    links = dict.fromkeys(link for sign in ordered for link in signs[sign])
    spans = [link.span for link in links if link.span]
    return Finding(
        issue,
        score=ordered[0].score,
        reason=", ".join(sign.reason for sign in ordered),
        evidence=Evidence(spans=tuple(spans[:SPANS]), counts={"links": len(links)}),
    )
