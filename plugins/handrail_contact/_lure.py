"""Invitations to go on talking elsewhere: "add me on …", "text me at …"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from handrail import Contact

from ._plain import View
from ._services import ANY, service_of

_NEAR = 14
_W = r"(?:\w{1,15}\s)"
_ASKS = (
    # English.
    (
        r"(?:add|text|txt|msg|message|dm|pm|contact|reach|find|follow|chat|talk|write|call|ping|email"
        r"|mail|meet|hit|holla|catch|speak|touch|hmu|inbox|snap|search)\s"
        rf"{_W}{{0,2}}(?:me|us)\s{_W}{{0,2}}(?:on|via|at|in|through|over|thru|by)\s"
    ),
    (
        r"(?!\w{2,8}\sthe\sadmins?\son\sdiscord(?!\w))(?:contact|text|message|reach|dm|write|inbox)\s"
        rf"{_W}{{0,2}}(?:him|her|agent|manager|broker|admin|mentor|trader|assistant|expert|mr\.?|mrs\.?|dr\.?)\s{_W}{{0,3}}(?:on|via|at|in|through|over|thru)\s"
    ),
    r"(?:hmu|hit\sme\sup|dm\sme|dms?\sopen)\s(?:on|via|at|over)?\s?",
    (
        r"(?:let'?s|lets|can\swe|could\swe|shall\swe|we\scan|we\scould|we\sshould|wanna|want\sto|would"
        rf"\syou\slike\sto|please|pls)\s{_W}{{0,2}}(?:move|switch|go|continue|chat|talk|take|text|connect"
        rf"|keep|come|hop|meet|speak)\s{_W}{{0,4}}(?:to|on|onto|over|via|in|through)\s"
    ),
    r"(?:what'?s|whats|what\sis|give\sme|send\sme|drop|share|gimme|need)\s(?:your|ur|ya)\s",
    (
        r"(?:do\s(?:you|u)\s(?:have|use)|have\syou\sgot|(?:you|u)\sgot|are\s(?:you|u)\son|u\son)"
        r"\s(?:a\s|an\s|any\s)?"
    ),
    # German.
    (
        r"(?:schreibt?e?n?|adde?t?|kontaktier\w{0,4}|melde?t?|erreich\w{0,3}|findet?|folgt?e?)\s"
        rf"{_W}{{0,2}}(?:mir|mich|dich|uns|euch)\s{_W}{{0,2}}(?:auf|bei|über|per|via|in)\s"
    ),
    (
        r"(?:lass|lasst|können|könnten|wollen|sollen)\s(?:uns|wir)\s"
        rf"{_W}{{0,3}}(?:auf|bei|über|per|via|zu|in)\s"
    ),
    r"(?:hast\sdu|habt\sihr|gib\smir\sdein\w{0,2}|bist\sdu\s(?:auf|bei))\s(?:auch\s)?",
    # French.
    (
        r"(?:[ée]cri[st]?|[ée]crivez|contacte[zr]?|ajoute[zr]?|rejoin[sd]?|rejoignez|parle[zr]?|trouve[zr]?"
        rf"|suis|suivez)[\s\-](?:moi|nous)\s{_W}{{0,2}}(?:sur|via|par)\s"
    ),
    (
        r"on\s(?:continue|se\sparle|s'[ée]crit|parle|discute|passe|bascule|peut\s\w{2,12})\s"
        rf"{_W}{{0,2}}(?:sur|via|par)\s"
    ),
    r"(?:tu\sas|t'as|as-tu|vous\savez|donne-moi\ston)\s(?:un\s)?",
    # Spanish.
    (
        rf"(?:escr[ií]b|agr[eé]ga|cont[aá]cta|h[aá]bla|a[ñn][aá]de|s[ií]gue|b[uú]sca|m[aá]nda)\w{{0,6}}\s"
        rf"{_W}{{0,2}}(?:al|por|en|a|via|vía)\s(?:mi\s|el\s)?"
    ),
    (
        r"(?:hablamos|sigamos|seguimos|charlamos|conversamos|pasamos|p[aá]sate|vamos|hablemos)\s"
        rf"{_W}{{0,2}}(?:por|al|a|en|via|vía)\s"
    ),
    r"(?:tienes|tenés|dame\stu|pásame\stu|pasame\stu|usas)\s",
    # Portuguese.
    (
        rf"(?:me\s)?(?:chama|adiciona|segue|add|manda|escreve|fala)\s{_W}{{0,3}}(?:no|na|pelo|por|via|em)"
        r"\s(?:meu\s)?"
    ),
    (
        r"(?:vamos|bora|partiu|continua\w{0,4}|conversa\w{0,4}|falar)\s"
        rf"{_W}{{0,3}}(?:pro|pelo|no|por|via|para\so)\s"
    ),
    r"(?:voc[êe]\stem|vc\stem|me\spassa\sseu|qual\s(?:o\s)?seu)\s",
    # Italian.
    (
        r"(?:scrivimi|scrivetemi|aggiungimi|contattami|contattatemi|cercami|chiamami|seguimi|parliamo"
        rf"|sentiamoci|continuiamo|spostiamoci|passiamo)\s{_W}{{0,2}}(?:su|sul|via|per|tramite|in)\s"
    ),
    r"(?:mi\sdai\sil\stuo|dammi\sil\stuo)\s",
    # Dutch, Swedish, Indonesian.
    rf"(?:stuur|app|bericht|schrijf|voeg|zoek|vind)\s{_W}{{0,3}}(?:me|mij)\s{_W}{{0,3}}(?:op|via|in)\s",
    rf"(?:skriv|adda|lägg|kontakta|hör)\s{_W}{{0,3}}(?:mig|mej|meg)\s{_W}{{0,2}}(?:på|via)\s",
    rf"(?:tulis|chat|hubungi|kontak|kirim|add)\s{_W}{{0,2}}(?:aku|saya|gue|gw|me)\s{_W}{{0,2}}(?:di|lewat|via)\s",
)
_ABROAD = (
    # Russian.
    (
        r"(?:на)?(?:пиши|пишите|добавь|добавляйся|перейд[её]м|давай|давайте|стучи|ищи|найди|иди)\s"
        rf"{_W}{{0,3}}(?:в|на|по)\s"
    ),
    # Vietnamese.
    rf"(?:nhắn|liên\shệ|kết\sbạn)\s{_W}{{0,3}}(?:qua|trên)\s",
    # Arabic.
    (
        r"(?:كلمني|كلميني|راسلني|راسليني|تواصل|تواصلي|ضيفني|ضيفيني|[اأ]ضفني|تعال|تعالي|تابعني)\s"
        rf"{_W}{{0,2}}?(?:على\s|ع\s|عبر\s|في\s)?"
    ),
)
_OF_IT = "(?!的?(?:头像|昵称|名字|群名|背景|铃声|联系人|记录|密码|版本|表情))"
_APART = r"(?!(?<=[ァ-ヿ㐀-鿿])(?<![今君俺僕私])ライン)"
"""LINE in katakana is also the end of longer words, as of ボーダーライン."""

_THERE = tuple(
    (signs, re.compile(pattern, re.IGNORECASE))
    for signs, pattern in (
        # What stands in every such text, in lower case, and the pattern that is dearer.
        # Turkish.
        (
            ("yaz", "ulaş", "ekle", "konuş", "devam", "gel"),
            (
                rf"(?<!\w)(?:{ANY})['’]?(?:t[ae]n|d[ae]n|\süzerinden)\s(?:bana\s)?"
                r"(?:(?:yaz|ulaş)(?:ın(?:ız)?|ar\smısın|alım)?|ekle(?:yin(?:iz)?|r\smisin|sene|yelim)?"
                r"|yazsana|ulaşabilirsin(?:iz)?|yazabilirsin(?:iz)?|konuş(?:alım|ur\smuyuz|un|abiliriz)"
                r"|devam\sed(?:elim|in|er\smisin)|gel(?:in|sene)?)(?!\w)"
            ),
        ),
        # Hindi.
        (
            ("पर", "में", "पे"),
            rf"(?<!\w)(?:{ANY})\s(?:पर|में|पे)\s(?:बात|मैसेज|संपर्क|आओ|आना|ऐड|जुड़|मिल|कॉन्टैक्ट)",
        ),
        ((" pe ", " par "), rf"(?<!\w)(?:{ANY})\s(?:pe|par)\s(?:baat|aao|aa\sja|msg|message|mil)"),
        # Polish.
        (
            ("pisz", "dodaj", "odezwij"),
            rf"(?<!\w)(?:napisz|pisz|dodaj|odezwij)\s{_W}{{0,3}}na\s(?:{ANY})\w{{0,3}}(?!\w)",
        ),
        # Korean and Japanese.
        (
            ("로", "에서"),
            rf"(?:{ANY})(?:으로|로|에서)\s?(?:연락|대화|얘기|이야기|와|오세요|추가|친추|보내)",
        ),
        (
            ("で", "交換", "教えて", "追加"),
            rf"{_APART}(?:{ANY})(?:で(?:話|やり取り|やりとり|連絡|しゃべ|会話|続き)|を?(?:交換し|教えて|追加し))",
        ),
        # Chinese.
        (("有", "用"), rf"(?:有|用)(?:{ANY})(?:吗|嘛|么|不|没有?)"),
        (
            ("加", "换", "去"),
            rf"(?:加|换|去)(?:我|你|一下|个|个人)?的?(?:{ANY}|(?<=加)[Vv](?=[\s:：])){_OF_IT}",
        ),
        (
            ("聊", "联系", "找我", "加我"),
            rf"(?:{ANY})(?:上)?(?:聊(?!天记录|天室)|联系(?!人)|找我|加我|私聊)",
        ),
    )
)
_TO, _TO_ABROAD = (
    tuple(
        re.compile(rf"(?<!\w){ask}(?:my\s|the\s)?@?(?:{ANY})(?!\w)", re.IGNORECASE) for ask in asks
    )
    for asks in (_ASKS, _ABROAD)
)
_SERVICE_ME = re.compile(
    rf"(?<!\w)(?!signal|facebook|fb|sc|line)(?:{ANY})\s(?:me|us)(?!\w)", re.IGNORECASE
)
_REACH_ME = re.compile(
    r"(?<!\w)(?:(?:text|txt|msg|message|dm|pm|contact|reach|call|ring|ping|email|e-mail|mail|add|write"
    r"|sms|send|inbox)\s(?:\w{1,8}\s){0,2}?(?:me|us)|hmu|hit\sme\sup"
    r"|schreib\s\w{0,6}\s?mir|ruf\s\w{0,4}\s?mich\san|meld\sdich|[ée]cris?-moi|appelle-moi"
    r"|contacte-moi|escr[ií]beme|ll[aá]mame|me\s(?:liga|chama)|chiamami|scrivimi)(?!\w)"
    r"\W{0,3}(?:(?:up|on|at|via|with|by|under|directly|privately|unter|auf|an|au|sur|à|al|no|a|here"
    r"|my|cell|mobile|phone|number|email|e-mail|mail|address|now|today|is)\W{1,3}){0,6}",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\W+$")
_REACHED = ("phone", "email", "handle")


def lures(view: View) -> Iterator[Contact]:
    """Yield the invitations to a service in a text that names one."""
    there = [pattern for signs, pattern in _THERE if view.has(signs)]
    abroad = () if view.text.isascii() else _TO_ABROAD
    for pattern in (*_TO, *abroad, *there, _SERVICE_ME):
        for match in pattern.finditer(view.text):
            yield _made(view, match.span(), service_of(match))


def calls(view: View, found: Sequence[Contact]) -> Iterator[Contact]:
    """Yield the invitations to what was *found* next to them."""
    reached = sorted((view.at(c.span[0]), n) for n, c in enumerate(found) if c.kind in _REACHED)
    if not reached:
        return
    for match in _REACH_ME.finditer(view.text):
        # A lure may have taken the sign that a number begins with.
        place = bisect_left(reached, (match.end() - 2, 0))
        if place < len(reached) and reached[place][0] <= match.end() + _NEAR:
            contact = found[reached[place][1]]
            yield _made(view, match.span(), contact.service or contact.kind)


def _made(view: View, span: tuple[int, int], service: str | None) -> Contact:
    start, end = span
    end = start + len(_ENDS.sub("", view.text[start:end]))
    hidden = view.disguised(start, end) or any(map(str.isdigit, view.text[start:end]))
    return Contact("lure", "", view.span(start, end), service=service, obfuscated=hidden)
