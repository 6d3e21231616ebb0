"""Crypto addresses: found by their form, and kept where their checksum holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

from handrail import Contact

from ._keccak import keccak_256
from ._plain import View

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PLACE = {char: n for n, char in enumerate(_BASE58)}
_BECH32 = {char: n for n, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_VERSIONS = {
    0: "bitcoin", 5: "bitcoin", 48: "litecoin", 50: "litecoin", 30: "dogecoin", 22: "dogecoin",
    65: "tron",
}  # fmt: skip
_RIPPLE = str.maketrans("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz", _BASE58)
"""Ripple's alphabet, in the order of Bitcoin's."""

_SEGWIT = {"bc": "bitcoin", "ltc": "litecoin"}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
SHORTEST = 14
"""Letters and digits of the shortest address; none has a sign in it."""
FIGURES_LEAST = 2
"""Digits of any address."""
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9])(?:(?P<ether>0x[0-9a-fA-F]{40})"
    r"|(?P<segwit>(?:bc|ltc)1[02-9ac-hj-np-z]{11,71}|(?:BC|LTC)1[02-9AC-HJ-NP-Z]{11,71})"
    r"|(?P<base58>[13LMDAT9][1-9A-HJ-NP-Za-km-z]{25,34})|(?P<ripple>r[1-9A-HJ-NP-Za-km-z]{24,34})"
    r"|(?P<monero>[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93})"
    r"|(?P<solana>[1-9A-HJ-NP-Za-km-z]{43,44}))(?![A-Za-z0-9])"
)

_SOLANA = re.compile(
    r"(?<![a-z])(?:sol|solana|phantom|spl|wallet|usdc|airdrop)(?![a-z])", re.IGNORECASE
)
_BEFORE = 40


def crypto(view: View) -> Iterator[Contact]:
    """Yield the crypto addresses of a text: of nine chains."""
    if view.digits < FIGURES_LEAST or view.longest < SHORTEST:
        return
    for match in _ADDRESS.finditer(view.text):
        service, checked = _service(
            match, view.text[max(0, match.start() - _BEFORE) : match.start()]
        )
        if service:
            yield Contact(
                "crypto",
                match[0],
                view.span(*match.span()),
                service=service,
                checked=checked,
                obfuscated=view.disguised(*match.span()),
            )


def _service(match: re.Match[str], before: str) -> tuple[str | None, bool]:
    if match["ether"]:
        return _ether(match["ether"][2:])
    if match["segwit"]:
        return _segwit(match["segwit"].lower()), True
    if match["ripple"]:
        known = _base58(match["ripple"].translate(_RIPPLE))
        return ("ripple" if known == "bitcoin" else None), True
    if match["monero"]:
        return "monero", False
    if match["solana"]:
        return _solana(match["solana"], before), False
    return _base58(match["base58"]), True


def _ether(digits: str) -> tuple[str | None, bool]:
    """An address in one case has no checksum (EIP-55); one digit again and again is none."""
    if len(set(digits.lower())) < 6:
        return None, False
    if digits.islower() or digits.isupper():
        return "ethereum", False
    sums = keccak_256(digits.lower().encode()).hex()
    right = all(
        char.isdigit() or char.isupper() == (int(nibble, 16) > 7)
        for char, nibble in zip(digits, sums, strict=False)
    )
    return ("ethereum" if right else None), right


def _solana(text: str, before: str) -> str | None:
    """A key of 32 bytes has no checksum, so a word before it has to say what it is."""
    return "solana" if _number(text) >> 248 in range(1, 256) and _SOLANA.search(before) else None


def _number(text: str) -> int:
    number = 0
    for char in text:
        number = number * 58 + _PLACE[char]
    return number


def _base58(text: str) -> str | None:
    number = _number(text)
    try:
        data = number.to_bytes(25, "big")
    except OverflowError:
        return None
    right = sha256(sha256(data[:21]).digest()).digest()[:4] == data[21:]
    return _VERSIONS.get(data[0]) if right else None


def _segwit(text: str) -> str | None:
    """BIP 173 and BIP 350: the checksum over prefix and data is 1, or that of bech32m."""
    prefix, _, data = text.rpartition("1")
    if prefix not in _SEGWIT or len(data) < 7:
        return None
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    values += [_BECH32[c] for c in data]
    total = 1
    for value in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate(_GENERATOR):
            total ^= factor if top >> bit & 1 else 0
    expected = 1 if data[0] == "q" else 0x2BC830A3
    return _SEGWIT[prefix] if total == expected else None
