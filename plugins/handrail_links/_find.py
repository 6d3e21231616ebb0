"""From links to findings: what a link pretends, where it leads, and how many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import attrs

from handrail import Evidence, Finding, Link

from ._extract import MOST
from ._hosts import SHORTENERS, TOP_LEVEL, is_public_ip, looks_like_another
from ._lists import under
from ._settings import PHISHING, SPAM, Settings
from ._shown import disguised, runs_code

SPANS = 20
"""Spans a finding names at most."""


@attrs.frozen
class _Sign:
    """One thing to notice about a link."""

    issue: str
    score: float
    reason: str
    shows: Callable[[Link, Settings], bool]


def _user(link: Link) -> str:
    authority = link.url.partition("://")[2].partition("/")[0]
    return authority.rpartition("@")[0]


def _pretends(link: Link, settings: Settings) -> bool:
    return _user(link).partition(":")[0].rpartition(".")[2].lower() in TOP_LEVEL


def _shortened(link: Link, settings: Settings) -> bool:
    return link.domain in SHORTENERS or under(link.host, settings.more_shorteners)


_SIGNS = (
    _Sign(PHISHING, 0.95, "a blocked domain", lambda k, s: under(k.host, s.blocked)),
    _Sign(PHISHING, 0.9, "a host name written before an @", _pretends),
    _Sign(PHISHING, 0.8, "a host in look-alike letters", lambda k, s: looks_like_another(k.host)),
    _Sign(PHISHING, 0.6, "an IP address for a host", lambda k, s: is_public_ip(k.host)),
    _Sign(PHISHING, 0.5, "a user name in the link", lambda k, s: bool(_user(k))),
    _Sign(PHISHING, 0.3, "a link shortener", _shortened),
    _Sign(SPAM, 0.5, "a link written so as not to look like one", lambda k, s: k.obfuscated),
)


_DISGUISED = _Sign(PHISHING, 0.7, "a link shown as another address", _shortened)


_CODE = _Sign(PHISHING, 0.5, "an address that runs code", _shortened)


def findings(text: str, links: Sequence[Link], settings: Settings) -> Iterator[Finding]:
    """Yield what is odd about the *links* of a text: one finding for each issue."""
    judged = [link for link in links if not under(link.host, settings.allowed)]
    seen: dict[str, dict[_Sign, list[Link]]] = defaultdict(lambda: defaultdict(list))
    for sign, link in _signs(text, judged, settings):
        seen[sign.issue][sign].append(link)
    distinct = {link.url for link in judged}
    if len(distinct) >= settings.flood:
        score = min(0.9, 0.5 + 0.1 * (len(distinct) - settings.flood))
        count = f"{len(distinct)}{' or more' * (len(links) >= MOST)}"
        flood = _Sign(SPAM, score, f"{count} different links", _shortened)
        seen[SPAM][flood] = judged
    for issue, signs in seen.items():
        yield _finding(issue, signs)


def _signs(text: str, links: Sequence[Link], settings: Settings) -> Iterator[tuple[_Sign, Link]]:
    """Yield what each link shows by itself, and by the text around it."""
    for link in links:
        for sign in _SIGNS:
            if sign.shows(link, settings):
                yield sign, link
        if imitated := settings.protected.imitation(link.host):
            yield _Sign(PHISHING, *imitated, _shortened), link
    for link in disguised(text, links, settings.protected.owners):
        yield _DISGUISED, link
    if code := runs_code(text):
        yield _CODE, Link("", "", "", span=code)


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
