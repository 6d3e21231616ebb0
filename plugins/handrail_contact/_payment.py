"""Bank accounts and cards with their checksums, and links and names to pay to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail import Contact

from ._digits import in_steps
from ._plain import View

_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27,
    "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22,
    "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
    "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28,
    "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
"""Characters of an IBAN by country: SWIFT's registry."""

_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}[ \-]?\d{2}(?:[ \-.]{0,2}+[A-Za-z0-9]){11,30}+", re.ASCII
)
_CARD = re.compile(r"(?<![\w.,\-])\d(?:[ \-]?+\d){11,18}+(?![\w\-])", re.ASCII)
_CARDS = re.compile(
    r"4\d{12}(?:\d{3}(?:\d{3})?)?|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|62\d{14,17}|(?:2131|1800)\d{11}|(?:50[0-9]|5[6-9]\d|6\d\d)\d{9,16}"
)
_LINK = re.compile(
    r"(?<![\w@])(?:https?://)?(?:www\.)?(?P<host>paypal\.me|paypal\.com/paypalme|cash\.app"
    r"|venmo\.com/u|venmo\.com|revolut\.me|wise\.com/pay/me|monzo\.me|buy\.stripe\.com"
    r"|donate\.stripe\.com|ko-fi\.com|buymeacoffee\.com|bunq\.me|tikkie\.me/pay|vipps\.no|paytm\.me|pay\.google\.com/send)"
    r"/(?P<name>[$\w.\-]{2,40})",
    re.IGNORECASE,
)
_UPI = re.compile(
    r"(?<![\w.\-@])(?P<name>[\w.\-]{2,60}+)@(?:ok(?:axis|icici|sbi|hdfcbank)|paytm|ybl|upi|apl|ibl"
    r"|axl|ptyes|ptsbi|pthdfc|ptaxis|yescred|waicici|wahdfcbank)(?![\w.@])",
    re.IGNORECASE,
)
_CASHTAG = re.compile(
    r"\b(?P<host>cash\s?app|venmo|paypal|zelle)\b\W{0,4}(?:(?:me|is|tag|it|to|at|my|id)\W{1,3}){0,2}"
    r"(?P<name>[$@][A-Za-z][\w\-]{1,29})",
    re.IGNORECASE,
)
_PIX = re.compile(
    r"\bpix\b(?:\s?[:\-]|\s(?:é|eh|e|o|a|meu|minha|cpf|cnpj|celular|telefone|e-?mail|chave|aleatória))*\s?(?P<name>"
    r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}|[\w.+\-]{2,60}@[\w.\-]{3,60}"
    r"|\+?\d{2,3}[ \d()\-]{7,14}\d|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?!\w)",
    re.IGNORECASE,
)
_SERVICES = {
    "pix": "pix",
    "cash": "cash_app", "venmo": "venmo", "paypal": "paypal", "zelle": "zelle",
    "revolut": "revolut",
    "wise": "wise", "monzo": "monzo", "bunq": "bunq", "tikkie": "tikkie", "vipps": "vipps",
    "paytm": "paytm", "pay.google": "google_pay", "buy.stripe": "stripe",
    "donate.stripe": "stripe", "ko-fi": "ko-fi", "buymeacoffee": "buymeacoffee",
}  # fmt: skip
PAY_WORDS = tuple(_SERVICES)
LEAST_DIGITS = 10
"""Digits of the shortest account or card; a Maltese account may have fewer, and is not found."""


def payments(view: View) -> Iterator[Contact]:
    """Yield accounts, cards, and links and names to pay to."""
    if view.digits >= LEAST_DIGITS:
        yield from _ibans(view)
        yield from _cards(view)
    if view.has(PAY_WORDS):
        for pattern in (_LINK, _CASHTAG):
            for match in pattern.finditer(view.text):
                yield _named(view, match, _service(match["host"].lower()))
        for match in _PIX.finditer(view.text):
            yield _named(view, match, "pix")
    if "@" in view.text:
        for match in _UPI.finditer(view.text):
            yield _named(view, match, "upi")


def _cards(view: View) -> Iterator[Contact]:
    for match in _CARD.finditer(view.text):
        digits = re.sub(r"\D", "", match[0])
        if _CARDS.fullmatch(digits) and _luhn(digits) and not in_steps(match[0].split()):
            span = view.span(*match.span())
            yield Contact("card", digits, span, obfuscated=view.disguised(*match.span()))


def _service(host: str) -> str:
    return next(name for start, name in _SERVICES.items() if host.startswith(start))


def _named(view: View, match: re.Match[str], service: str) -> Contact:
    return Contact(
        "pay_link",
        match["name"].lower(),
        view.span(*match.span()),
        service=service,
        obfuscated=view.disguised(*match.span()),
    )


def _ibans(view: View) -> Iterator[Contact]:
    text, place = view.text, 0
    while match := _IBAN.search(text, place):
        place = match.start() + 2
        length = _LENGTHS.get(match[0][:2].upper(), 0)
        kept = [i for i in range(*match.span()) if text[i].isalnum()][:length]
        number = "".join(text[i] for i in kept).upper()
        if length and len(number) == length and _mod_97(number):
            start, place = match.start(), kept[-1] + 1
            if not text[place : place + 1].isalnum():
                hidden = view.disguised(start, place)
                yield Contact("iban", number, view.span(start, place), obfuscated=hidden)


def _mod_97(number: str) -> bool:
    turned = number[4:] + number[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _luhn(digits: str) -> bool:
    total = 0
    for n, char in enumerate(reversed(digits)):
        value = int(char) * (1 + n % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0
