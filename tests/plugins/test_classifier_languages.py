"""Hate is read in other languages than English, and what only sounds like it is left alone."""

from __future__ import annotations

import pytest

from handrail import fold
from handrail_classifier._features import spoken, token
from handrail_classifier._groups import mentions
from handrail_classifier._settings import model
from handrail_classifier._tokens import HOW, tokens


def hate(text, language):
    """The score of hate."""
    return model().scores(model().sums(text), language)["hate.speech"]


def words(text):
    """The words of a text, as groups are looked for among them."""
    return spoken(token(each, frozenset()).plain for each in tokens(fold(text, HOW).plain))


def named(text):
    """The groups that a text names."""
    found = words(text)
    return [found[i] for i in mentions(found)]


HATEFUL = {
    "de": "Trans-Leute sind gestört und gehören in die Klapse",
    "nl": "Als ik een homo zie wil ik hem in elkaar slaan",
    "fr": "Les noirs puent et volent",
    "es": "Los trans están enfermos de la cabeza",
    "pt": "Os muçulmanos estão acabando com o nosso país",
    "it": "Tenete i gay lontani dai nostri figli, sono depravati",
    "pl": "Cyganie to złodzieje i brudasy",
    "tr": "Kürtlerin hepsi terörist, kökünü kazımak lazım",
    "ru": "Цыгане все воры и грязь",
    "ar": "الأكراد خونة وإرهابيون",
    "hi": "समलैंगिकों को हमारे बच्चों से दूर रखो, ये विकृत लोग हैं",
    "zh": "河南人全是骗子小偷",
    "ko": "조선족 범죄자들 다 추방해라",
    "id": "Para imigran itu cuma bawa penyakit dan kejahatan",
}
HARMLESS = {
    "de": "Der Bürgermeister eröffnete das neue Heim für Flüchtlinge",
    "nl": "Gehandicapte sporters wonnen drie medailles",
    "fr": "Les juifs fêtent Hanoucca aujourd'hui",
    "es": "Me enoja el odio contra los extranjeros",
    "pt": "Um terço dos migrantes tem diploma",
    "it": "L'odio contro gli stranieri mi fa arrabbiare",
    "pl": "W tej dzielnicy mieszka wielu Ukraińców i Wietnamczyków",
    "tr": "Yabancılara karşı nefret beni kızdırıyor",
    "ru": "Евреев преследовали во время войны",
    "ar": "فاز الرياضيون المعاقون بثلاث ميداليات",
    "hi": "औरतों पर हाथ नहीं उठाना चाहिए",
    "zh": "同性恋电影节周五开始",
    "ko": "여자를 때리면 절대 안 된다",
    "id": "Perempuan tidak boleh dipukul",
}


@pytest.mark.parametrize(("language", "text"), HATEFUL.items())
def test_hateful(language, text):
    """A sentence that no frame holds is found."""
    assert hate(text, language) >= 0.5


@pytest.mark.parametrize(("language", "text"), HARMLESS.items())
def test_harmless(language, text):
    """The same groups and much the same words, and no hate."""
    assert hate(text, language) < 0.5


class TestNames:
    """A group is found as each script writes it."""

    def test_signs_of_vowels_are_part_of_a_word(self):
        """A word in Devanagari is one word, with and without a dot below."""
        assert ["नफरत"] == words("नफ़रत") == words("नफरत")

    def test_articles_written_together(self):
        """Arabic, French and Italian words are known with their article."""
        assert 1 == len(named("وللمهاجرين".removeprefix("و")))
        assert ["dimmigres"] == named("beaucoup d'immigrés")
        assert ["lebreo"] == named("ho visto l'ebreo")

    def test_no_spaces(self):
        """Chinese words are found inside a run."""
        assert ["穆斯林"] == named("我的邻居是穆斯林")

    def test_particles(self):
        """A Korean word is known by what it begins with."""
        assert ["유대인"] == named("유대인들은 오늘 쉰다")

    def test_adjectives_behind_people(self):
        """*Negro* names a group behind a word for people, and not alone."""
        assert ["negras"] == named("las personas negras")
        assert [] == named("un café negro")
