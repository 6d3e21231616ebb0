"""Whom words are for: a second person near them, or the one who writes, by language."""

from __future__ import annotations

import re

_WESTERN = (
    "you|u|ur|your|youre|yourself|urself|yourselves|yall|ya|du|dich|dir|dein|deine|ihr|euch"
    "|tu|te|toi|ton|ta|vous|eres|tú|ti|usted|você|voce|vc|seu|sua"
)
_YOU = {
    "ar": "انت|انتي|انتم|أنت|إنت|يا|inta|enta|inti|enti|ya",
    "hi": (
        "तू|तुम|तेरा|तेरी|तेरे|तुझे|तुझको|तुम्हारा|तुम्हारी|आप|अबे|tu|tum|tera|teri|tere|tujhe|tujhko|tumhara"
        "|aap|abe|oye"
    ),
    "id": "lo|lu|loe|elo|elu|kau|kamu|ente|koe|kowe|anda",
    "it": "tu|te|ti|sei|tuo|tua|tuoi|voi|siete|vi",
    "nl": "je|jij|jou|jouw|jullie|gij|u",
    "pl": "ty|ciebie|cię|cie|tobie|tobą|twój|twoja|twoje|jesteś|jestes|wy|was|jesteście",
    "ru": "ты|тебя|тебе|тобой|твой|твоя|твоё|твое|твои|вы|вас|вам|ваш",
    "tr": "sen|seni|sana|senin|siz|sizi|size|sizin|misin|mısın|musun",
}
_ANYWHERE = {
    "ja": "お前|おまえ|オマエ|てめ[えぇ]|テメ[エェ]|貴様|あんた|アンタ|あなた",
    "ko": "(?<![가-힣])(?:너|넌|널|니|니가|네가|당신|느그)(?:는|도|를|들|희|네|희들)?(?![가-힣])",
    "zh": "[你妳您]",
}
_I = {
    "ar": "(?:انا|أنا|ana)(?: +(?:كنت|شخص|فعلا))?",
    "hi": "(?:मैं|main|mai|mein)(?: +(?:भी|कितना|कितनी|तो|ही|bhi|kitna|kitni|to|toh|hi)){0,2}",
    "id": "(?:gue|gw|gua|aku|saya)(?: +(?:emang|memang|ini|juga|yang|paling|se))?",
    "it": "(?:sono|ero|sarò)(?: +(?:un|una|il|la|proprio|davvero|così|troppo|stato|stata)){0,3}",
    "ja": "(?:俺|私|僕|自分|わたし|うち)(?:は|って|が|も)?(?:本当に|ほんと|なんて)?",
    "ko": "(?:내가|나는|난|나|전|저는)(?: ?(?:진짜|정말|완전|너무|참))?",
    "nl": "ik ben(?: +(?:een|echt|zo|soms|gewoon|ook)){0,3}",
    "pl": "(?:jestem|ze mnie|byłem|byłam)(?: +(?:taki|taka|za|po prostu|zwykły|zwykła))?",
    "ru": "я(?: +(?:такой|такая|просто|полный|полная|же|был|была|и есть))?",
    "tr": "ben(?: +(?:bir|tam|ne|gerçekten|çok)){0,2}",
    "zh": "我(?:真|是|真是|好|就是|自己)?(?:个|一个|這個|这个)?",
}


def _near(words: str) -> re.Pattern[str]:
    spaced = r"(?!(?<=\b\w[\W_])u[\W_]\w\b)"  # Not the u of a word with spaced letters.
    return re.compile(rf"(?<![^\W_]){spaced}(?:{words})(?![^\W_])|@[^\W_]", re.IGNORECASE)


_SECOND = {language: _near(words) for language, words in _YOU.items()} | {
    language: re.compile(f"{words}|@[^\\W_]") for language, words in _ANYWHERE.items()
}
_ANY_SECOND = _near(_WESTERN)
_OWN = {
    language: re.compile(rf"(?<![^\W_]){words}\s*$", re.IGNORECASE)
    for language, words in _I.items()
}
_ANY_OWN = re.compile(
    r"(?<![^\W_])(?:i['’]?m|i am|am i|i was|i feel like|i felt like|ich bin|je suis|sou|yo soy"
    r"|soy(?=\s+un))(?:\s+(?:not|a|an|the|just|really|such|so|too|being|kind of|sort of|total"
    r"|complete|stupid|dumb|ein|eine|echt|un|une|una|um|uma)){0,4}\s+$",
    re.IGNORECASE,
)


def second(language: str) -> re.Pattern[str]:
    """Return what finds a second person, or a mention, beside a term of *language*."""
    return _SECOND.get(language, _ANY_SECOND)


def own(language: str) -> re.Pattern[str]:
    """Return what finds, before a term of *language*, that who writes says it of themselves."""
    return _OWN.get(language, _ANY_OWN)
