"""The messaging module: its contract, its settings, and the signals of one message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handrail_contact
import handrail_messaging
from handrail import InvalidValueError, Item, fold
from handrail.testing import ModuleContract
from handrail_messaging._phrases import AMOUNT, GAP_MOST, SIGNALS, Phrase, Phrases, shipped
from handrail_messaging._settings import Settings

DEMAND = "pay me now or I will send your pictures to everyone"
OFFER = "guaranteed profit with my mentor, just send me 200 dollars in bitcoin"


class TestContract(ModuleContract):
    """The messaging module keeps its contract with the SDK."""

    module = handrail_messaging
    provides = (handrail_contact,)
    examples = {  # noqa: RUF012
        "fraud.scam": [OFFER],
        "sexual.sextortion": [DEMAND],
        "child_safety.grooming": [
            Item("1", author={"id": "a", "age": 40}, recipients=[{"id": "b", "age": 12}])
        ],
    }
    harmless = (
        "see you at seven",
        "can you send me the notes from the lesson",
        "how old is your dog",
        "my parents are home",
        "I will send it to everyone",
    )


def signals(text: str, **settings: object) -> set[str]:
    """The signals that the shipped phrases give a text."""
    return set(Settings(**settings).phrases.signals(fold(text)))


class TestPhrases:
    """What one message is a sign of."""

    @pytest.mark.parametrize(
        ("text", "signal"),
        [
            ("How old are you?", "age"),
            ("how  old r u", "age"),
            ("ＨＯＷ old are yоu", "age"),
            ("are you home alone", "alone"),
            ("don't tell your parents", "secrecy"),
            ("dont tell anyone about this", "secrecy"),
            ("let's keep it a secret", "secrecy"),
            ("send me a picture", "image"),
            ("I will send it to everyone", "threat"),
            ("I'll buy you a new phone", "gift"),
            ("can we meet somewhere alone", "meet"),
            ("buy me a steam gift card", "payment"),
            ("hi dear, I saw your profile", "rapport"),
            ("wie alt bist du", "age"),
            ("sag es niemandem", "secrecy"),
            ("tu as quel âge", "age"),
            ("n'en parle à personne", "secrecy"),
            ("¿cuántos años tienes?", "age"),
            ("no le digas a nadie", "secrecy"),
            ("quantos anos você tem", "age"),
            ("não conta pra ninguém", "secrecy"),
        ],
    )
    def test_are_found(self, text, signal):
        """A phrase is found however it is cased, accented or disguised."""
        assert signal in signals(text)

    def test_span_is_in_the_text_as_it_came(self):
        """A place counts in the raw characters, whatever folding dropped."""
        text = "¡Oye! ¿Cuántos  años tienes, tú?"
        ((start, end),) = Settings().phrases.signals(fold(text))["age"]

        assert "Cuántos  años tienes" == text[start:end]

    def test_a_gap_is_short(self):
        """More than two words between the parts of a phrase are no phrase."""
        assert set() == signals("send me more of that one very nice picture")

    def test_languages_can_be_chosen(self):
        """Phrases of other languages than those set are not looked for."""
        assert set() == signals("wie alt bist du", languages=["en", "fr"])

    def test_every_signal_has_phrases_in_every_language(self):
        """No language is listed with a signal missing; bare amounts are no signal by themselves."""
        there = {(p.signal, p.language) for p in shipped() if p.signal != AMOUNT}
        languages = {p.language for p in shipped()}

        assert {(s, language) for s in SIGNALS for language in languages} == there

    @given(st.lists(st.sampled_from(["send", "me", "a", "nice", "picture"]), max_size=12))
    def test_a_gap_is_what_stands_between(self, words):
        """A phrase with a gap is found just where so many words or fewer stand between."""
        phrase = Phrase("image", "en", ((("send",),), None, (("picture",),)))
        expected = any(
            "picture" in words[place + 1 : place + 2 + GAP_MOST]
            for place, word in enumerate(words)
            if word == "send"
        )

        assert expected == bool(Phrases([phrase]).signals(fold(" ".join(words))))


class TestSettings:
    """What a host sets is checked at start-up."""

    @pytest.mark.parametrize(
        "settings",
        [
            {"private": 1},
            {"languages": ["xx"]},
            {"least": 2},
            {"remember": "0s"},
            {"within": "9999d"},
            {"early": 0},
            {"recipients": 1},
            {"copies": True},
            {"signs": 1},
        ],
    )
    def test_wrong_ones_are_refused(self, settings):
        """A setting out of its range is refused by name."""
        (name,) = settings

        with pytest.raises(InvalidValueError, match="a duration" if name == "remember" else name):
            Settings(**settings)

    def test_own_phrases_are_found(self, tmp_path):
        """A host's list adds to the shipped one."""
        path = tmp_path / "ours.csv"
        path.write_text("signal,language,phrase\nsecrecy,nl,tegen niemand|geen * zeggen\n")

        assert {"secrecy"} == signals("tegen niemand iets zeggen", lists=str(path))

    def test_a_changed_list_is_known(self, tmp_path):
        """The settings name their files, so that a change is taken in."""
        path = tmp_path / "ours.csv"
        path.write_text("signal,language,phrase\n")

        assert [str(path)] == [seen.path for seen in Settings(lists=[str(path)]).files]

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            ("secret,en,our secret", "signal"),
            ("secrecy,en,* secret", "no \\* at either end"),
            ("secrecy,en,a * b * c * d", "two at most"),
            ("secrecy,en,our|! secret", "letters or digits"),
            ("secrecy,en", "3 columns"),
        ],
    )
    def test_wrong_line_is_named(self, tmp_path, row, why):
        """An error says file, line and what is expected, not what stands there."""
        path = tmp_path / "ours.csv"
        path.write_text(f"signal,language,phrase\nsecrecy,en,our secret\n{row}\n")

        with pytest.raises(InvalidValueError, match=f"ours.csv:3: .*{why}"):
            Settings(lists=[str(path)])
