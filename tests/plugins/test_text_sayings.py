"""People say in many languages that they die of laughter, shame, hunger or heat."""

from __future__ import annotations

import pytest

import handrail_text
from handrail import Item

AT_RISK, WISH = "self_harm.at_risk", "harassment.bullying"

SAYINGS = {
    "de": ["ich will sterben vor Lachen", "ich möchte sterben vor Scham"],
    "en": ["i want to die laughing", "I wanna die of embarrassment"],
    "fr": ["j'ai envie de mourir de rire", "je veux mourir de honte"],
    "ar": ["ابغى اموت من الضحك", "عايز اموت من الكسوف", "3ayez amoot men el de7k"],
    "es": [
        "Me quiero morir de la vergüenza", "quiero morirme de calor", "no quiero morir todavía",
        "muérete de envidia, ya tengo entradas", "no quiero vivir en Madrid, es muy caro",
    ],
    "hi": [
        "sharam se marna chahta hu", "मैं हंसते हंसते मरना चाहता हूँ", "has has ke mar ja",
        "देश के लिए मरना चाहता हूं",
    ],
    "id": [
        "pengen mati ketawa", "ingin mati saking malunya", "anjing kamu lucu banget",
        "anjing lu umur berapa", "babi kamu sehat",
    ],
    "it": ["voglio morire dal ridere", "vorrei morire di vergogna", "mani crepate dal freddo"],
    "ja": [
        "死にたいほど笑った", "恥ずかしくて死にたいです", "気まずすぎて消えたい",
        "笑い死ね", "バンジーで飛び降りたい",
    ],
    "ko": [
        "쪽팔려서 죽고 싶다", "배고파 죽고 싶어요", "죽고 싶다 쪽팔려서", "그냥 죽어라 공부했다",
        "민망해서 사라지고 싶다",
    ],
    "nl": ["ik ga dood van het lachen", "ik ga dood van de honger", "ik wil dood van schaamte"],
    "pl": [
        "chcę umrzeć z gorąca", "chce umrzec z goraca", "chciałabym umrzeć ze wstydu",
        "nie chcę żyć w kłamstwie",
    ],
    "pt": [
        "quero morrer de tanto rir", "queria morrer de vergonha", "você vai morrer de rir",
        "ela vai morrer no final da série", "vou me matar de estudar", "ela se mata na academia",
    ],
    "ru": ["хочу умереть от стыда", "хочу сдохнуть от жары", "устала жить от зарплаты до зарплаты"],
    "tr": [
        "gülmekten ölmek istiyorum", "sicaktan olmek istiyorum", "utancımdan ölmek istiyorum",
        "burada yaşamak istemiyorum", "köprüden atla bungee yap",
    ],
    "zh": ["热得我想死", "尴尬到好想死", "没有空调活不下去", "减肥减得我不想活了", "笑得想去死"],
}  # fmt: skip

MEANT = {
    AT_RISK: {
        "ar": ["ابغى اموت", "بدي موت ما عاد فيي", "عايز اموت من الوجع"],
        "es": ["Me quiero morir", "quiero morir de una vez", "no quiero vivir con este dolor"],
        "hi": ["main marna chahta hu", "मैं मरना चाहता हूँ", "khushi se marna chahta hu"],
        "id": ["pengen mati", "ingin mati saja", "capek hidup di dunia ini"],
        "it": ["voglio morire", "vorrei morire stanotte", "non voglio più vivere così"],
        "ja": ["死にたい", "死にたいほど辛い", "もう消えたい"],
        "ko": ["죽고 싶다", "너무 힘들어서 죽고 싶어", "사라지고 싶다"],
        "nl": [
            "ik wil dood",
            "ik wil dood, ik kan niet meer",
            "ik kan niet meer leven met de pijn",
        ],
        "pl": ["chcę umrzeć", "chcę umrzeć z rozpaczy", "nie chcę żyć w tym świecie"],
        "pt": ["quero morrer", "queria morrer de uma vez", "não quero viver sem ele"],
        "ru": ["хочу умереть", "хочу умереть от боли", "устала жить с этой болью"],
        "tr": ["ölmek istiyorum", "acıdan ölmek istiyorum", "yaşamak istemiyorum"],
        "zh": ["我想死", "难过得我想死", "我活不下去了"],
    },
    WISH: {
        "ar": ["موتي يا"],
        "es": ["muérete", "muérete ya", "muérete de hambre"],
        "hi": ["mar ja", "bhook se mar ja"],
        "id": ["kamu anjing", "dasar anjing kamu", "semoga kamu mati kelaparan"],
        "it": ["crepate", "crepate tutti"],
        "ja": ["死ね", "お前死ね"],
        "ko": ["그냥 죽어라", "죽어버려"],
        "nl": ["ga dood", "ga dood joh"],
        "pl": ["umieraj", "umrzyj z głodu"],
        "pt": ["vai morrer", "se mata"],
        "ru": ["убейтесь", "убейтесь об стену"],
        "zh": ["你去死", "怎么不去死"],
    },
}


@pytest.fixture(name="found")
def _found(look):
    """The issues of what is found in a text of a language at 0.5 or more."""

    def found(text, language):
        item = Item("item-1", text, language=language)
        return {each.issue for each in look(handrail_text, item).values() if each.score >= 0.5}

    return found


@pytest.mark.parametrize(
    ("language", "text"), [(each, text) for each, texts in SAYINGS.items() for text in texts]
)
def test_a_saying_is_let_alone(found, language, text):
    """Who dies of shame or laughter is neither at risk nor wished dead."""
    assert set() == found(text, language)


@pytest.mark.parametrize(
    ("issue", "language", "text"),
    [
        (issue, language, text)
        for issue, languages in MEANT.items()
        for language, texts in languages.items()
        for text in texts
    ],
)
def test_what_is_meant_is_found(found, issue, language, text):
    """Without such a cause, or with another one, it is found as before."""
    assert issue in found(text, language)
