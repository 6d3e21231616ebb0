"""Phone numbers: what the numbering plans allow, and what the words around a number say it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from types import ModuleType

from handrail import Contact, Item, MissingExtraError

from ._digits import EAST, Run, runs
from ._plain import View

MOST = 40
"""Numbers looked up in the numbering plans for one item; each costs some 50 microseconds."""

_BEFORE = 40
_AFTER = 18
_CALLS = re.compile(
    r"\b(?:phone|phones|telephone|tel|mobile|mob|cell|cellphone|call|calling|text|txt|sms|ring"
    r"|dial|fax|whats\s?app|wa|number is|number|num|nbr|messages? to|message me|reach \w+ (?:at|on)"
    r"|answering at|contact|hotline|office|viber|imessage"
    r"|telefon|handy|mobil|nummer|anrufen|ruf|rufnummer|schreib|téléphone|portable|appelle|appelez"
    r"|numéro|num|teléfono|telefono|móvil|celular|llama|llámame|llamar|número|numero|telefone|ligue"
    r"|liga|zap|cellulare|chiama|chiamami"
    r"|номер|телефон|тел|звони(?:те)?|позвони(?:те)?|набери|дзвони|numaram?|telefonum|ara|arayın"
    r"|zadzwoń|dzwoń|numer|bel|hubungi|nomor|nomer|gọi|sđt)\b"
    r"|电话|手机|打我|打给我|致电|加我|電話|携帯|전화|번호|연락|नंबर|फ़?ोन|कॉल|رقم|كلم|اتصل|هاتف|جوال",
    re.IGNORECASE,
)
_CALLED_AFTER = re.compile(
    r"^\W{0,3}(?:office|fax|mobile|cell|home|work|tel|phone|(?:to|for) (?:call|text))\b",
    re.IGNORECASE,
)
_NOT_CALLED = re.compile(
    r"(?:order|invoice|ticket|case|ref(?:erence)?|tracking|parcel|serial|isbn(?:[\s\-]?1[03])?|issn|doi|pmid|oclc"
    r"|id|nr|no|bug|issue|version|build|commit|account|acct|iban|card|sku|item|part|pid|uid"
    r"|timestamp|bytes?|port|lat|lon|page|pages|pp|vol|model|patent|rfc|zip|code|pin|otp|bestellung"
    r"|rechnung|commande|pedido"
    r"|(?:bestell|kunden|rechnungs|sendungs|auftrags|vorgangs|artikel|serien|mitglieds|vertrags|matrikel)(?:nummer|nr)"
    r"|aktenzeichen|facture|dossier|suivi|client|factura|seguimiento|expediente|cliente|fatura|rastreio"
    r"|protocolo|cpf|cnpj|ordine|fattura|spedizione|заказа?|накладной|инн|снилс|sipariş|takip|订单号?|单号)\W{0,4}(?:is|no|nr|number|num|id|code)?\W{0,4}$|[#№$€£¥=]\s?$",
    re.IGNORECASE,
)
_PHONE_NUMBER = re.compile(
    r"(?:phone|mobile|tel|cell|contact|whatsapp|fax)\s(?:is|no|nr|number|num|id)\W{0,4}$",
    re.IGNORECASE,
)
_MEASURES = re.compile(
    r"^\s?(?:[%$€£¥°]|(?:usd|eur|gbp|dollars|euros|bytes|kb|mb|gb|ms|km|kg)\b"
    r"|[元块円圓원次人个個回件명개号號岁年月日])",
    re.IGNORECASE,
)
_GOES_ON = re.compile(rf"[.,:]\d|[\-/]?[a-zA-Z]*\d|(?![{EAST}])\w")
_EXTENSION = re.compile(r"\s?(?:x|ext\.?)\s?\d", re.IGNORECASE)
_DATES = re.compile(
    r"(?:19|20)\d\d([\-/. ])[01]?\d\1[0-3]?\d(?!\d)|[0-3]?\d([\-/. ])[0-3]?\d\2(?:19|20)\d\d(?!\d)"
    r"|(?:19|20)\d\d\s?[\-–—/]\s?(?:19|20)\d\d\b|(?:19|20)\d{2}[01]\d[0-3]\d(?:\d{2,6})?$"
)
_MACHINE = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|\d{4,}\.\d{1,3}")
_AMOUNT = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})+(?:[.,]\d{1,2})?")
_NORTH_AMERICAN = re.compile(r"\(?[2-9]\d\d\)?[\s.\-/_*]{1,3}[2-9]\d\d[\s.\-_*]{1,2}\d{4}")
_TRUNK = re.compile(r"\(?0\d{1,4}\)?(?:[\s./\-]{1,3}\d{2,5}){1,5}")
_NATIONAL = re.compile(r"0[1-9]\d{8,9}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NATIONAL_AMERICAN = 10
"""Digits of a number in North America."""

_LIKELY = {
    "de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH"), "es": ("ES", "MX", "AR", "CO"),
    "pt": ("BR", "PT"), "it": ("IT",), "nl": ("NL",), "ja": ("JP",), "ko": ("KR",), "zh": ("CN",),
    "pl": ("PL",), "ru": ("RU",), "hi": ("IN",), "tr": ("TR",), "sv": ("SE",),
}  # fmt: skip


@cache
def library() -> ModuleType:
    """Return phonenumbers; raises MissingExtraError."""
    try:
        import phonenumbers
    except ImportError:
        raise MissingExtraError("contact", "handrail_contact") from None
    return phonenumbers


def phones(view: View, item: Item, said: int) -> Iterator[Contact]:
    """Yield the phone numbers of a text, up to MOST looked up.

    Args:
        view: The text.
        item: Whose it is.
        said: How many of its words are digits.
    """
    looked = 0
    regions: Sequence[str] | None = None
    for run in runs(view, said):
        if looked == MOST:
            return
        if _something_else(run, view.text):
            continue
        looked += 1
        regions = _regions(item) if regions is None else regions
        value, checked = _judged(run, view.text, regions)
        if value:
            hidden = run.words or run.spaced or view.disguised(*run.span)
            yield Contact("phone", value, view.span(*run.span), checked=checked, obfuscated=hidden)


def _regions(item: Item) -> Sequence[str]:
    """Countries whose national numbers are likely: the author's, the item's, the language's."""
    named = [item.author.region if item.author else None, item.region]
    likely = _LIKELY.get((item.language or "").partition("-")[0].lower(), ())
    known = [match[0] for code in named if code and (match := _COUNTRY.match(code))]
    return tuple(dict.fromkeys((*known, *likely)))


def _something_else(run: Run, text: str) -> bool:
    """Whether a run is a date, a fraction, an address of a machine, or a number of a thing."""
    start, end = run.span
    if _MEASURES.match(text[end : end + 8]) or text[end : end + 1] in ("@", "="):
        return True
    if _GOES_ON.match(text[end : end + 8]) and not _EXTENSION.match(text[end : end + 8]):
        return True
    if run.plus or run.words:
        return False
    written = run.written
    if _DATES.match(written) or _MACHINE.fullmatch(written) or len(set(run.digits)) < 3:
        return True
    before = text[max(0, start - 24) : start]
    return bool(_NOT_CALLED.search(before)) and not _PHONE_NUMBER.search(before)


def _judged(run: Run, text: str, regions: Sequence[str]) -> tuple[str, bool]:
    """Return the number as digits, and whether a numbering plan holds; empty if it is none."""
    shaped = _NORTH_AMERICAN.fullmatch(run.written)
    abroad = run.digits.removeprefix("00") if run.digits.startswith("00") else ""
    if not abroad and len(run.digits) > 10 and run.digits[0] != "0" and _calls(run, text):
        abroad = run.digits
    called = _calls(run, text)
    sure = called or not run.counted
    if not called and (_needs_calling(run) or ("_" in run.written and not shaped)):
        return "", False
    if run.plus or abroad:
        number = _parsed(f"+{abroad or run.digits}", None)
        valid = number and library().is_valid_number(number)
        if valid or (run.plus and sure and len(run.digits) > 8):
            return (_e164(number) if valid else f"+{run.digits}"), bool(valid)
    amount = _AMOUNT.fullmatch(run.written) is not None and not _calls(run, text)
    for region in regions if sure or run.digits[0] == "0" else ():
        number = _parsed(run.digits, region)
        bare = amount and library().ndd_prefix_for_region(region, True) == "0"
        if number and library().is_valid_number(number) and _grouped(run, text) and not bare:
            return _e164(number), True
    if shaped or run.words:
        number = _parsed(run.digits, "US")
        if number and library().is_valid_number(number):
            return _e164(number), True
    if called or (run.words and sure) or (run.spaced and 9 <= len(run.digits) <= 13):
        return run.digits, False
    trunk = _TRUNK.fullmatch(run.written) and 9 <= len(run.digits) <= 12
    return (run.digits, False) if trunk or _NATIONAL.fullmatch(run.written) else ("", False)


def _needs_calling(run: Run) -> bool:
    """Whether no numbering plan is enough for a run to be a number to call.

    Some plans hold for nearly all digits: what is said in tens has to begin with a trunk zero, or
    be as long as a number of North America, and no list.
    """
    if not run.counted or run.plus or run.digits[0] == "0":
        return run.mixed
    return run.mixed or "," in run.written or len(run.digits) != _NATIONAL_AMERICAN


def _grouped(run: Run, text: str) -> bool:
    """Whether it looks like a number to call: grouped, with its trunk zero, or spoken of so."""
    return not run.written.isdigit() or run.digits.startswith("0") or _calls(run, text)


def _calls(run: Run, text: str) -> bool:
    start, end = run.span
    before = text[max(0, start - _BEFORE) : start]
    return bool(_CALLS.search(before) or _CALLED_AFTER.match(text[end : end + _AFTER]))


def _parsed(digits: str, region: str | None) -> object | None:
    lib = library()
    try:
        number: object = lib.parse(digits, region)
    except lib.NumberParseException:
        return None
    return number


def _e164(number: object) -> str:
    lib = library()
    return str(lib.format_number(number, lib.PhoneNumberFormat.E164))
