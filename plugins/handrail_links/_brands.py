"""Hosts that pass themselves off as somebody well known."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources

from handrail import Fold, InvalidValueError, fold

from ._hosts import is_ip, registrable
from ._owners import Brand, Owners

_FOLD = Fold(keep="-|!$@")
_TWINS = str.maketrans("01!|$5@3478", "olllssaeatb")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("i", "l"))
_SHORT = 4
"""Letters from which letters that look alike make an imitation."""

_PART = re.compile(r"[^-_]+")
_NAME = re.compile(r"[a-z0-9-]{4,40}")
_OWN = re.compile(r"[a-z0-9.*\-]{3,200}")
_LURE = re.compile(
    r"log-?[io]n|sign(?:in|on)?|verif\w{1,9}|secur\w{1,5}|accounts?|support|help|updates?|confirm"
    r"|unlock|recovery|billing|pay(?:ments?)?|wallet|auth|services?|customers?|online|bonus|gifts?"
    r"|giveaways?|rewards?|free|claims?|airdrops?|nitro|alerts?|gold|premium|restore|renew\w{0,4}"
    r"|redeliver\w{0,3}|deliver(?:y|ies)|parcels?|packages?|track(?:ing)?|customs|fees?|refunds?"
    r"|appeals?|copyright|invoices?|help-?desk|badges?|giftcards?|robux|vbucks"
    r"|paket\w{0,12}|zustell\w{1,8}|zoll|gebuehr(?:en)?|sicher\w{1,6}|kunden\w{1,8}|anmeld\w{1,5}"
    r"|konto|bestaetig\w{1,5}|push-?tan|rechnung|colis|livraison|comptes?|connexion|remboursement"
    r"|paquetes?|entrega|cuentas?|seguridad|aduanas?|pagos?|conta|seguranca|taxas?|pacco|consegna"
    r"|accesso|clienti?|clientes?|sicurezza|rimborso|securite|reembolso|bloque\w{1,3}|pontos|resgate"
    r"|premios?|regalos?|atualiza\w{1,5}|(?:re)?activat\w{1,3}|(?:re)?aktivier\w{1,4}"
    r"|freischalt\w{0,5}|validat\w{1,3}|find|device|reset|passwor[dt]s?|limited|suspended|portal"
    r"|access|check|prizes?|winners?|betaling|beveilig\w{1,4}|inloggen|pakket|logowanie|platnosc"
    r"|oplata|dostawa|dostavka|podarok|giris|odeme|kargo|hediye"
)
_TOGETHER = re.compile(
    r"(?>verification|verify|verified|security|secured?|accounts?|support|help|desk|updates?|confirm"
    r"|unlock|recovery|recover|billing|payments?|pay|wallet|auth|services?|customers?|care|online"
    r"|bonus|gifts?|cards?|giveaways?|rewards?|claims?|airdrops?|nitro|alerts?|premium|restore"
    r"|delivery|parcel|package|tracking|track|refunds?|appeals?|invoice|login|logon|signin|signon"
    r"|access|check|device|reset|password|limited|suspended|sicherheit|kunden|konto|cuenta|seguridad"
    r"|compte|connexion|www|my|the|app|web|id|free|center|team|official|portal|gold)++"
)
_WEAK = re.compile(r"(?>my|the|app|web|id|free|center|team|official|portal|gold)++")
"""Words that lure, run together, and those of them that do not by themselves."""

_ORDINARY = frozenset(
    {
        "blockchain", "booking", "correos", "discord", "github", "gitlab", "kraken", "minecraft",
        "outlook", "telegram", "twitch", "vinted",
    }
)  # fmt: skip
"""Names that are words, or that other people's sites are named after with a word run on."""

_BEFORE = re.compile(
    r"(?:^|\.)(?!www\d?\.|m\.|mail\.|shop\.|blog\.)[a-z0-9\-]{2,63}\.(?:com|net|org|gov)-[a-z0-9\-]{1,60}\."
)
"""Another's domain and a hyphen, as "bank.com-login.example"."""

_OTHERS = frozenset(
    {
        "curseforge.com", "fandom.com", "gamepedia.com", "googleblog.com", "makecode.com",
        "miraheze.org", "modrinth.com", "myworkdayjobs.com", "softonic.com", "stackexchange.com",
        "uptodown.com", "wikia.com", "wikipedia.org",
    }
)  # fmt: skip
"""Where a host is named after what it is about, or after who is hiring there."""

_NEAR = 6
"""Letters a name has at least for one wrong letter to be an imitation: shorter ones are words."""


class Brands:
    """Names that are protected, and what passes itself off as one. Nothing in it changes.

    Attributes:
        owners: Which of them owns a host.
    """

    def __init__(self, brands: Iterable[Brand]) -> None:
        brands = tuple(brands)
        self.owners = Owners(brands)
        self._looks: dict[str, Brand] = {}
        self._near: dict[str, list[str]] = {}
        self._run: dict[str, Brand] = {}
        for brand in brands:
            look = _look(brand.name)
            self._looks[look] = brand
            for key in _without_one(look) if len(look) >= _NEAR else ():
                self._near.setdefault(key, []).append(look)
            if len(look) >= _NEAR and brand.name not in _ORDINARY:
                self._run[brand.name] = brand
        self._sizes = sorted(set(map(len, self._run)))
        self.imitation = lru_cache(maxsize=10_000)(self._imitation)

    def _imitation(self, host: str) -> tuple[float, str] | None:
        """Return how much a host imitates, and how, in words; None if it does not."""
        if is_ip(host) or "." not in host:
            return None
        domain = registrable(host)
        if _BEFORE.search(host):
            return 0.7, "a host that goes on where another's would end"
        found = self._name(domain) or self._parts(host, domain)
        return None if found is None or found[0].owns(host) else found[1:]

    def _name(self, domain: str) -> tuple[Brand, float, str] | None:
        shown = _shown(domain.partition(".")[0])
        if brand := self._known(shown):
            if shown == brand.name:
                return brand, 0.4, "a well-known name under another domain"
            return brand, 0.8, "a well-known name in look-alike letters"
        look = _look(shown)
        near = self._nearest(look) if len(look) >= _NEAR - 1 else None
        if near and shown not in near.apart:
            return near, 0.6, "a well-known name with one letter wrong"
        return None

    def _known(self, shown: str) -> Brand | None:
        """The name that a label looks like; a short one only as it is written."""
        brand = self._looks.get(_look(shown))
        if brand is None or shown in brand.apart:
            return None
        return brand if shown == brand.name or len(brand.name) >= _SHORT else None

    def _run_on(self, part: str, *, lured: bool) -> Brand | None:
        """The name that a part begins or ends with, where the rest of it are words that lure."""
        for size in self._sizes:
            for name, rest in ((part[:size], part[size:]), (part[-size:], part[:-size])):
                brand = self._run.get(name)
                if brand and _TOGETHER.fullmatch(rest) and (lured or not _WEAK.fullmatch(rest)):
                    return brand
        return None

    def _nearest(self, look: str) -> Brand | None:
        for key in _without_one(look):
            for other in self._near.get(key, ()):
                if _one_edit(look, other):
                    return self._looks[other]
        return None

    def _parts(self, host: str, domain: str) -> tuple[Brand, float, str] | None:
        """A name among the parts of a host that is not its own."""
        above = host.removesuffix(domain).rstrip(".").split(".") if host != domain else []
        labels = [_shown(label) for label in (*above, domain.partition(".")[0])]
        parts = [part for label in labels for part in _PART.findall(label)]
        lured = any(map(_LURE.fullmatch, parts))
        known = (self._known(part) or self._run_on(part, lured=lured) for part in parts)
        named = [brand for brand in known if brand]
        if not named:
            return None
        plain = named[0].name in parts and not lured
        if plain and (domain in _OTHERS or named[0].name not in above):
            return named[0], 0.3, "a well-known name as a part of another's"
        return named[0], 0.7, "a well-known name in front of another's domain"


def _shown(label: str) -> str:
    """A label as it is shown: what is coded in ASCII is decoded."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode().decode("punycode")
    except UnicodeError:
        return label


def _look(label: str) -> str:
    """What a label looks like at a glance: letters that pass for one another are one."""
    look = fold(label, _FOLD).plain.replace(" ", "").translate(_TWINS)
    for written, read in _PAIRS:
        look = look.replace(written, read)
    return look


def _without_one(look: str) -> set[str]:
    """The name, and what is left of it without one of its letters."""
    return {look, *(look[:n] + look[n + 1 :] for n in range(len(look)))}


def _one_edit(a: str, b: str) -> bool:
    """Whether one letter is missing, wrong, too many, or two have changed places."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    swapped = len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:]
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]


@cache
def shipped() -> tuple[Brand, ...]:
    """Return the names that come with this module."""
    with resources.files(__package__).joinpath("brands.csv").open(encoding="ascii") as rows:
        return tuple(
            Brand(row["name"], tuple(row["official"].split("|")), tuple(row["apart"].split("|")))
            for row in csv.DictReader(rows)
        )


def brands_of(value: object) -> tuple[Brand, ...]:
    """Read the brands of a setting: official domains by name, or in a list."""
    if isinstance(value, str):
        value = (value,)
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        value = {str(own).partition(".")[0]: own for own in value if not isinstance(own, Brand)}
    if not isinstance(value, Mapping):
        raise InvalidValueError("expected official domains, by name or in a list")
    return tuple(_brand(str(name), own) for name, own in value.items())


def _brand(name: str, official: object) -> Brand:
    owned = (official,) if isinstance(official, str) else official
    if not _NAME.fullmatch(name) or not isinstance(owned, Iterable) or not owned:
        raise InvalidValueError(
            "expected names of 4 to 40 small letters and digits, each with its domains"
        )
    domains = tuple(map(str, owned))
    if not all(map(_OWN.fullmatch, domains)):
        raise InvalidValueError("expected domains in ASCII, such as example.com or example.*")
    return Brand(name, domains)
