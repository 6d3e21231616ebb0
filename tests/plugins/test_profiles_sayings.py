"""Names and ages said in further ways are told from those of namesakes, fans and adults."""

from __future__ import annotations

import pytest

from handrail_profiles._ages import stated
from handrail_profiles._impersonation import impersonation
from handrail_profiles._protected import Protected

NAMES = Protected(dict.fromkeys(("Jane Quill", "Blorb Bank", "Ольга Снегова", "DJ Marlow"), ()))
SHORT = Protected(dict.fromkeys(("Marc", "Juli", "Raine", "Claudi", "Andre", "Camp", "Will"), ()))


def youngest(text):
    """The lowest age that a biography states, in 2026."""
    return min((each.age for each in stated(text, 2026)), default=None)


def score(name, names=NAMES):
    """How much a name looks like a protected one."""
    found = impersonation({"display_name": name}, "somebody", names, frozenset())
    return max((each.score for each in found), default=0)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("class of 2034", 11), ("c/o '33", 12), ("bday: 04/11/2015", 11), ("🎂 12.3.2015", 11),
        ("2015 baby", 11), ("made in 2015", 11), ("Jahrgang 2015", 11), ("just turned 11 🎂", 11),
        ("I just turned 12!", 12), ("im 12 lol", 12), ("only 12 dont be weird", 12),
        ("i'm under 13 but my mum lets me", 12), ("12 J. | Pferde | Berlin", 12),
        ("✨ 11 ✨ gymnast ✨", 11), ("bin zwölf und zocke gern", 12), ("мне двенадцать лет", 12),
        ("aku umur 12 tahun", 12), ("mình 12 tuổi", 12), ("今年十一岁", 11),
        ("12歳 ゲーム好き", 12),
        ("I'm in fourth grade", 10), ("6te Klasse Gym", 12), ("gehe in die 5. Klasse", 11),
        ("groep 8", 12), ("voy en quinto de primaria", 11), ("to no 5 ano", 11),
        ("faccio la prima media", 12), ("en 6ème", 12), ("учусь в 5 классе", 12),
        ("5. sınıfa gidiyorum", 11), ("chodzę do 5 klasy", 12), ("小学五年级", 12), ("小6です", 12),
        ("초등학교 5학년", 12), ("class of 2034, love my mom", 11),
        ("class of 2034, hate my math teacher", 11), ("class of '34 | my dog is my life", 11),
        ("4th grade in Mrs. Smith's class", 10),
        ("I'm in fourth grade, my teacher is Mrs. Smith", 10),
        ("just turned 11, my dad helps me", 11), ("my dad made this. just turned 11", 11),
        ("dog lover, bday: 04/11/2015", 11), ("made in 2015, she/her", 11),
        ("fifth grade | art | cats", 11), ("aku umur 12, suka kucing", 12),
        ("My name: Mia. I just turned 10!", 10),
    ],
)  # fmt: skip
def test_age_of_a_child(text, age):
    """An age is read from years of birth and of leaving school, classes, and in more languages."""
    assert age == youngest(text)


@pytest.mark.parametrize(
    "text",
    [
        "class of 2012", "Class of '09", "class of 2030", "my daughter just turned 11",
        "our shop turned 11 this year", "mãe da Ana (11 anos)", "mom of a 12 yo",
        "dad of two (9, 12)",
        "2015 Honda owner", "11.12.2015 Mr & Mrs", "only 9% used", "only 12 left in stock",
        "5th grade teacher", "5. Klasse Lehrerin", "小学五年级老师",
        "초등학교 5학년 담임", "12歳の息子がいます",
        "12 J. Erfahrung", "number 11 · midfield", "11 · Lyon", "en 6ème position",
        "a first grade horse",
        "en 5e vitesse", "minors dni, under 13 get blocked", "est. in a class of 20",
        "Class of 2035 kindergarten teacher", "Teacher, class of 2033", "mom to Mia, class of 2034",
        "Class of 2034 mom", "Mr. K, sixth grade history",
        "fourth grade and loving it - Mrs. Smith", "6th grade science with Ms. Lee",
        "Faccio la prima elementare come maestra",
        "Dog mom. Birthday: 3.4.2019", "🎂 1.1.2015 company founded", "made in 2014, Cars",
        "My blog: I just turned 10!", "aku baru umur 12, bisnisku",
        "I'm in fifth grade as a teacher",
        "to no 5 ano de medicina", "мне двенадцать раз говорили",
    ],
)  # fmt: skip
def test_age_of_nobody_young(text):
    """Parents, teachers, leavers, things and places state no age below thirteen."""
    assert (youngest(text) or 99) >= 13


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("Blorb Bank Müşteri Hizmetleri", 0.8), ("Служба поддержки Blorb Bank", 0.8),
        ("Blorb Bank 客服", 0.8), ("Blorb Bank Refunds", 0.8), ("Blorb Bank Staff", 0.8),
        ("El verdadero Jane Quill", 0.7), ("Jane Quill 公式", 0.7), ("DJ Marlow VIP", 0.7),
        ("Ольга Снегова официальный", 0.7), ("Blorb Bank USA", 0.7), ("Olga Snegova", 0.5),
        ("Snegova Olga", 0.5), ("Quill Jane", 0.5),
    ],
)  # fmt: skip
def test_imitation_in_other_words(name, least):
    """Words of authority in many languages, Latin letters and turned words are seen through."""
    assert least <= score(name)


@pytest.mark.parametrize(
    "name",
    [
        "Jane Quill Fanpage", "Jane Quill (parody)", "Not Jane Quill", "Quill", "Janet Quillen",
        "Olga Ivanova", "Снегова Мария", "Bank Holiday Staff", "Riverbank USA", "VIP Room",
        "Verdadero Fan", "Marlow Bookings",
    ],
)  # fmt: skip
def test_fans_and_namesakes_in_other_words(name):
    """Fans, parodies that say so, and other people are left alone."""
    assert 0 == score(name)


@pytest.mark.parametrize(
    "name",
    [
        "Marcus",
        "MARCUS",
        "Julius",
        "Ukraine",
        "Claudius",
        "Andreus",
        "Campus",
        "William",
        "campus_",
    ],
)
def test_short_word_inside_another_is_no_addition(name):
    """What only ends or begins like "US", "UK" or "VIP" is a name of its own."""
    assert 0 == score(name, SHORT)


@pytest.mark.parametrize(
    "name",
    [
        "Marc US", "marc_us", "MarcUS", "Marc (UK)", "UK-Raine", "VIP Juli", "andre.vip",
        "Marc US 7", "Official Marc US", "iammarc", "TheRaine", "itsandre",
    ],
)  # fmt: skip
def test_short_word_beside_a_name_is_one(name):
    """A short word apart from the name, and one run on in front of it, are additions to it."""
    assert 0.7 <= score(name, SHORT)


@pytest.mark.parametrize("name", ["blorbbankuk", "janequillus", "blorbbankcm", "janequillhq"])
def test_short_word_run_on_to_a_long_name(name):
    """A long name with a country run on is still that name."""
    assert 0.7 <= score(name)
