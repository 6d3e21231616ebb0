"""Asking for a number, or to talk elsewhere, where no service is named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail import Contact

from ._plain import View

_NOT_THE = r"(?!\s?(?:one|1\b|of\b|on\s(?:reason|song|fan|thing)))"
_RU = (
    r"(?=\s{0,3}(?:$|[^\w\s])|\s(?:телефона|свой|твой|пж\w{0,2}|плиз|пожалуйста|мне|в|и|а|я|если|или"
    r"|чтобы?|потом|сюда|тут|лс|сво\w{1,3})(?!\w))"
)
_ID = (
    r"(?=\s{0,3}(?:$|[^\w\s])|\s(?:kamu|mu|lo|lu|hp|wa|telp|telepon|tlp|anda|kak|bang|sis|gan|dong|ya"
    r"|yang|nya|aku|biar|untuk|buat)(?!\w))"
)
_JA = r"(?:(?:電話|携帯|スマホ|ケータイ|君|前|貴方)の?|(?<![ァ-ヿ㐀-鿿])(?<![ァ-ヿ㐀-鿿]の))"
"""What stands beside a word for a number that is a telephone's, and not a flight's or a queue's."""

_PATTERNS = (
    # What stands in every text that asks so, in lower case, and how it is asked.
    (
        ("your num", "your phone", "your cell", "your mobile", "your real", "your digits", "ur num",
         "ur phone", "ur cell", "ya num", "yo num"),
        (r"(?:(?:(?:give|send|text|tell|dm|pass)\sme|drop|gimme|(?:can|could|may)\s(?:i|we|u|you)\s"
        r"(?:please\s|pls\s)?(?:get|have|give\sme|send\sme))\s(?:your|ur|ya|yo)\s"
        rf"(?:phone\s|cell\s|mobile\s|real\s)?(?:number|num|digits)\b{_NOT_THE}"
        r"|what(?:'?s|\sis)\s(?:your|ur)\s(?:phone|cell|mobile)\s(?:number|num)\b)"),
    ),
    (
        ("this number", "my number", "other number"),
        r"(?:text|call|message)\s(?:me|us)\s(?:on|at)\s(?:this|my\sother|my)\snumber\b",
    ),
    (
        ("somewhere else", "somewhere private", "somewhere more", "elsewhere"),
        (r"(?:talk|chat|text|message|speak|continue)\s(?:\w{1,10}\s){0,3}"
        r"(?:somewhere\s(?:else|more\sprivate|private)|elsewhere)\b"),
    ),
    (
        ("nummer",),
        (r"(?:(?:gib|schick|sag|schreib)\w{0,2}\s(?:mir\s|uns\s)?(?:mal\s|bitte\s)?(?:deine?|eure)\s"
        r"(?:handy|telefon|mobil)?nummer|(?:geef|stuur|app)\s(?:me|mij)\s(?:even\s)?(?:je|jouw)\s"
        r"(?:telefoon|mobiele\s)?nummer)\b"),
    ),
    ((" numer",), r"(?:daj|podaj|wyślij)\s(?:mi\s)?(?:swój\s|twój\s)?numer(?:\stelefonu)?\b"),
    (
        (" num", " tel"),
        (r"(?:donne|passe|file|envoie)[\s\-](?:moi\s|nous\s)?(?:ton|votre)\s"
        r"(?:num(?:[ée]ro)?|tel)\b|(?:dammi|mandami|passami|mi\sdai)\sil\stuo\snumero\b"
        r"|(?:d[aá]me|p[aá]same|m[aá]ndame|env[ií]ame)\stu\s(?:n[uú]mero|tel[eé]fono)\b"),
    ),
    (
        ("número", "numero", "celular", "telefone"),
        (r"(?:(?:me\s)?(?:passa|manda|d[áa])\s(?:o\s)?(?:teu|seu)|(?:d[aá]me|p[aá]same|m[aá]ndame)\stu)\s"
        r"(?:n[uú]mero|telefone|cel(?:ular)?)\b"),
    ),
    (
        ("номер", "телефон"),
        (r"(?:дай|скинь|кинь|напиши|оставь|отправь)\s(?:мне\s)?"
        rf"(?:(?:свой|твой)\s(?:номер|телефон)\b|номер{_RU}|телефон\b)"),
    ),
    (
        ("numaran", "telefonunu"),
        r"(?:numaran[ıi]|telefonunu)\s(?:ver|at|yaz|söyle|gönder|alabilir)\w{0,6}",
    ),
    (("رقمك",), r"(?:[اأ]عطيني|[اأ]بعت\w{0,2}|[اأ]رسلي?\sلي|هاتي?)\sرقمك"),
    (("नंबर",), r"(?:अपना|तुम्हारा|आपका)\s(?:फोन\s)?नंबर\s(?:दो|दे|भेज|क्या)"),
    (
        ("nomor", "nomer"),
        rf"(?:minta|kasih|kirim)\s(?:nomor|nomer){_ID}(?:\s(?:kamu|lo|hp|wa)\b)?",
    ),
    (("电话", "手机"), r"(?:给我|发我|告诉我)你?的?(?:电话|手机)(?:号码?)?"),
    (("番号",), rf"{_JA}番号\s?(?:を\s?)?(?:教えて|ちょうだい)"),
    (("번호",), r"(?:전화)?번호\s?(?:좀\s?)?(?:줘(?!도)|알려\s?줘|주세요)"),
)  # fmt: skip
_ORDERS = re.compile(
    r"\W{0,3}(?:(?:i'?d|i|we'?d|we|would|want|like|love|need|wanna|to|for|so|and|can|an?|the|my)\s){1,6}"
    r"(?:orders?|book|reserve|reservation|booking|appointment|delivery|quote|pickup)(?!\w)",
    re.IGNORECASE,
)
"""What customers say behind a question for a shop's number."""

_EAST = ("电话", "番号", "번호")
ASKED_SIGNS = (
    "number", " num ", "digits", "somewhere", "elsewhere", "nummer", " numer ", "numéro", "numero",
    "número", " tel ", "teléfono", "telefono", "celular", "telefone", "номер", "телефон",
    "numaran", "telefonunu", "رقمك", "नंबर", "nomor", "nomer", "电话", "手机", "番号", "번호",
)  # fmt: skip
"""Words of which one stands in every text that asks so, in lower case."""

_ASKED = tuple(
    (
        signs,
        re.compile(
            rf"(?:{pattern})" if signs[0] in _EAST else rf"(?<!\w)(?:{pattern})", re.IGNORECASE
        ),
    )
    for signs, pattern in _PATTERNS
)


def asks(view: View) -> Iterator[Contact]:
    """Yield where a text asks for a number, or to talk elsewhere."""
    for signs, pattern in _ASKED:
        for match in pattern.finditer(view.text) if view.has(signs) else ():
            start, end = match.span()
            if _ORDERS.match(view.text[end : end + 60]):
                continue
            hidden = view.disguised(start, end)
            yield Contact("lure", "", view.span(start, end), service="phone", obfuscated=hidden)
