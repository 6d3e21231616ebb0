"""Who people say they are: names of offices, ages in many languages, and what only looks so."""

from __future__ import annotations

import pytest

from handrail import Actor, Item
from handrail.testing import make_safety
from handrail_profiles._ages import stated
from handrail_profiles._roles import office

OFFICES = [
    "Admin", "Adm1n_01", "M0derator", "Official Support", "Help Center", "Trust and Safety",
    "Account Recovery Team", "Sicherheitsteam", "Offizieller Support", "Soporte oficial",
    "Service client", "Assistenza clienti", "Служба поддержки", "Destek Ekibi", "官方客服",
    "الدعم الفني", "ग्राहक सेवा",
]  # fmt: skip
NO_OFFICES = [
    "", "Team", "Madison", "Admiral Ackbar", "Adminton", "Moderately Amused", "Secure Dad",
    "Emotional Support Dog", "Supportive Mum", "Security Guard Joe", "Sysadmin Sam",
    "Official Tea Drinker", "Ahmet Destek", "Service Dog Rex", "Kundenfreund", "the of and", "24 7",
    "Sam from support",
]  # fmt: skip
YOUNG = [
    ("мне 12 лет", 12), ("мне 11", 11), ("12 yaşındayım", 12), ("عمري ١٢ سنة", 12),
    ("मैं 12 साल की हूँ", 12), ("我今年十二岁", 12), ("我11岁", 11), ("12歳です", 12),
    ("저는 12살이에요", 12), ("mam 12 lat", 12), ("jag är 12 år", 12), ("tengo diez años", 10),
    ("12 añitos", 12), ("I'm turning 12 in june", 11), ("almost 13", 12), ("I'm not 13 yet", 12),
    ("my 12th birthday is tomorrow", 11), ("werde bald 12", 11), ("j'ai bientôt 12 ans", 11),
    ("tô no 5º ano", 11), ("estou no 5º ano do fundamental", 11),
    ("Ola. mam 12 lat", 12), ("hej mam 12 lat", 12), ("私は12歳です", 12), ("in 5th grade", 11),
    ("je suis en CM2", 11), ("11f", 11),
]  # fmt: skip
NOT_SAID = [
    "12 лет опыта", "моей дочке 12 лет", "мне 12 рублей не хватило", "12 yıllık deneyim",
    "kızım 12 yaşında", "ابنتي عمرها 12 سنة", "मेरी बेटी 12 साल की है", "我女儿12岁", "12年经验",
    "我8岁去加拿大", "那时我5岁。", "娘は12歳です", "9살 딸이 있어요", "mam 12 lat doświadczenia",
    "almost 12 hours of sleep", "5th grade teacher", "Das sind im Dez. zehn Themen",
    "less than .5M", "estou no 5º ano de direito", "tô no 3º ano de engenharia",
    "Estou no 2º ano da faculdade", "عندي 5 سنوات في التدريس", "犬 | 10歳", "うちの猫。10歳です",
    "내 강아지 10살", "kota mam 10 lat",
]  # fmt: skip


@pytest.mark.parametrize("name", OFFICES)
def test_offices(name):
    """A name of nothing but words for an office of the platform is one, however it is written."""
    assert office(name)


@pytest.mark.parametrize("name", NO_OFFICES)
def test_no_offices(name):
    """A name with any other word is none, nor is one of words that say too little."""
    assert 0 == office(name)


@pytest.mark.parametrize(("text", "age"), YOUNG)
def test_ages(text, age):
    """The age is what is said, and a year less where a birthday is still to come."""
    assert age in {each.age for each in stated(text, 2026)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cumplo 10 años! como streamer", "asl"), ("vou fazer 10 anos!", "asl"),
        ("compio 10 anni!", "asl"), ("скоро 10 лет!", "asl"), ("soon 12! baby due", "asl"),
        ("10歳です", "asl"), ("10살", "asl"), ("мне скоро 12", "said"), ("tengo casi 12", "said"),
        ("저는 12살이에요", "said"), ("my 12th birthday is tomorrow", "said"),
    ],
)  # fmt: skip
def test_whose_age_it_is_has_to_be_said(text, kind):
    """What might be the age of a shop or a baby counts less, so that nobody is held for it."""
    assert {kind} == {each.kind for each in stated(text, 2026)}


@pytest.mark.parametrize("text", NOT_SAID)
def test_no_ages(text):
    """What is said of others, of the past, or of other things than years is no age."""
    assert [] == [each for each in stated(text, 2026) if each.age < 13]


@pytest.mark.parametrize(("account", "score"), [("a1", 0.6), ("staff-1", None)])
def test_staff_may(account, score):
    """Whom the host names as staff may be called after an office, and nobody else."""
    profiles = ["handrail_profiles", "handrail_links", "handrail_contact"]
    modules = [pytest.importorskip(name) for name in profiles]
    settings = {"profiles": {"staff": ["staff-1"]}}
    item = Item("p", author=Actor(account), attributes={"display_name": "Official Support"})
    with make_safety(*modules, settings=settings) as safety:
        found = safety.feature("profiles").pre_publish(item).findings

    assert [score] * (score is not None) == [f.score for f in found]


def test_a_name_of_many_words_takes_no_longer_than_its_length():
    """Words that can be cut in many ways are cut in one."""
    assert office("help" * 24) == 24
