"""Places people ask others to come to, by the words for them."""

from __future__ import annotations

import re

from ._plain import View
from ._words import WORDS

SERVICES = {
    "telegram": r"tele(?:gram|gr[aá@]m)s?|텔레(?:그램)?|テレグラム"
    r"|t[e3]l[e3]gr[a4]m|tlgrm|телеграмм?|телегу?|телеге|телега"
    r"|тг(?=\s?[:@])|tele(?=\s?[:@])|tg(?=\s?[:@])|(?:ال)?ت[يل]{1,3}[جغ]رام|टेली\s?ग्राम|电报",
    "whatsapp": (
        r"what'?s\s?app?|whats[a4@]pp|wh[a4@]ts\s?[a4@]pp|wats\s?app|wsp|ws\sapp|왓츠앱|zap(?:\s?zap)?|(?:(?<=no\s)|(?<=meu\s)|(?<=pelo\s))whats|ватсапп?|вотсапп?"
        r"|(?:ال)?واتس(?:\s?[اآأ]ب)?|व्हाट्स?\s?[एऐ]?प"
    ),
    "snapchat": (
        r"snap\s?chat|sn[a4@]p\s?ch[a4@]t|sn[a@]p|sc|👻|снэп(?:чат)?|снапчат|(?:ال)?سناب(?:\s?شات)?"
    ),
    "instagram": (
        r"insta(?:gram)?|[i1!|]nst[a4@](?:gr[a4@]m)?|인스타(?:그램)?|インスタ|📸|📷|instagram[ıi]m|ig"
        r"|инст(?:а|у|е|аграмм?)|(?:ال)?انست(?:ا|[اق]?[جغق]?رام)|इंस्टा(?:ग्राम)?"
    ),
    "discord": r"d[i1]sc[o0]rd|дискорд|디스코드|디코|disc(?=\s(?:is|:)|:)",
    "kik": r"kik",
    "wechat": r"we\s?chat|wei\s?xin|微信|薇信|vx",
    "line": r"line\s?(?:id|app)|(?:LINE|ライン)(?=\s?(?:で|を|交換|教えて|追加|やって))",
    "signal": r"signal",
    "viber": r"viber",
    "skype": r"skype",
    "facebook": r"facebook|messenger|fb",
    "tiktok": r"tik\s?tok",
    "onlyfans": r"only\s?fans",
    "qq": r"qq",
    "kakaotalk": r"kakao(?:\s?talk)?|카톡|카카오톡",
    "zalo": r"zalo",
    "hangouts": r"(?:google\s)?hangouts?|google\s?chat",
    "icq": r"icq",
    "wickr": r"wickr",
    "threema": r"threema",
    "vk": r"vk(?:ontakte)?|вконтакте|вк",
    "twitter": r"twitter",
}
"""Ways to write a service, by its name."""

ANY = "|".join(f"(?P<{name}>{ways})" for name, ways in SERVICES.items())
"""Any service, each in a group of its name."""

NEEDLES = (
    "telegr", "legram", "l3gr", "legr4", "whats", "what's", "wh@ts", "왓츠", "wh4ts",
    "watsap", "wats app", "snap c", " disc ",
    "snapch", "sn4p", "sn@p", "👻", "insta", "inst4", "inst@", "1nst", "!nst", "인스타", "インスタ",
    "📸", "📷", "gr@m", "텔레", "テレグラム", "디스코드", "디코", "ライン",
    "lineで", "lineを", "line交", "line教", "line追",
    "disc0rd", "d1sc", "discord", "wechat", "we chat",
    "weixin", "wei xin", "微信", "薇信", "电报", "واتس", "व्हाट", "رام", "टेली",
    "снэп", "снапч", "سناب",
    "инст", "انست", "इंस्टा", "дискорд", "line id", "line app", "lineid", "skype", "facebook",
    "messenger", "tiktok", "tik tok", "onlyfans", "only fans", "kakao", "카톡", "카카오", "hangout",
    "google chat", "threema", "вконт", "twitter", "телег", "ватсап", "вотсап",
)  # fmt: skip
TOKENS = WORDS["service"]


def mentioned(view: View) -> bool:
    """Whether a service may be named in a text."""
    return not TOKENS.isdisjoint(view.tokens) or view.has(NEEDLES)


def service_of(match: re.Match[str]) -> str | None:
    """Return the service whose group took part in *match*."""
    return next((name for name in SERVICES if match[name]), None)
