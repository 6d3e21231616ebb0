"""Every language says everything, and each person is spoken to in theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

import handrail_notices
from handrail import Action, Judged, UnknownNameError
from handrail_notices import Catalogue, Lack
from handrail_notices._language import lookup
from handrail_notices._read import read
from handrail_notices._shelf import GIVEN

FOLDER = Path(handrail_notices.__file__).parent / "languages"
ENGLISH = read(FOLDER / "en.ftl")
ALL = Catalogue()


@pytest.fixture(name="speech", params=sorted(path.stem for path in FOLDER.glob("*.ftl")))
def _speech(request):
    return ALL._shelf.speech(request.param)


class TestFiles:
    """The files that come along."""

    def test_same_messages(self, speech):
        """Every language has every message, and no other."""
        assert set(ENGLISH.variables) == set(read(FOLDER / f"{speech.language}.ftl").variables)

    def test_same_variables(self, speech):
        """A translation neither forgets nor invents what is filled in."""
        assert ENGLISH.variables == read(FOLDER / f"{speech.language}.ftl").variables

    def test_every_message_can_be_said(self, speech):
        """No message refers to what is not there."""
        messages = read(FOLDER / f"{speech.language}.ftl")

        said = {name: speech._bundle.get_message(name).value for name in messages.places}

        assert [] == [
            n for n, p in said.items() if speech._bundle.format_pattern(p, speech._given(GIVEN))[1]
        ]

    def test_lacks_nothing(self, speech):
        """A market in this language gets every notice there is."""
        assert () == ALL.missing([speech.language])

    def test_neutral_words_are_plain(self, speech):
        """A language says each neutral notice in words of its own."""
        said = {a: ALL.notice(Judged(action=a, say="neutral", language=speech.language))
                for a in (Action.NUDGE, Action.LIMIT, Action.HOLD, Action.BLOCK)}  # fmt: skip

        assert 4 == len({*said.values()} - {None})


class TestLookup:
    """BCP 47 lookup."""

    @pytest.mark.parametrize(
        ("wanted", "offered", "found"),
        [
            ("de", ["de", "en"], "de"),
            ("de-AT", ["de", "en"], "de"),
            ("pt", ["pt-BR"], "pt-BR"),
            ("pt-PT", ["pt-BR", "pt"], "pt"),
            ("PT-br", ["pt", "pt-BR"], "pt-BR"),
            ("pt_BR", ["pt-BR"], "pt-BR"),
            ("zh-Hant-TW", ["zh-Hans"], None),
            ("zh-Hant-TW", ["zh-Hant"], "zh-Hant"),
            ("in", ["id"], "id"),
            ("no", ["nb"], "nb"),
            ("sw", ["de"], None),
            (None, ["de"], None),
            ("", ["de"], None),
        ],
    )
    def test_finds_the_nearest(self, wanted, offered, found):
        """The most exact tag wins; another script is another language."""
        assert found == lookup(wanted, offered)


class TestCatalogue:
    """Which language a notice is in."""

    def test_author_reads_their_own(self):
        """An Austrian author reads German."""
        said = ALL.notice(Judged(action=Action.BLOCK, language="de-AT"))

        assert "Das wurde nicht veröffentlicht." == said.splitlines()[0]

    @pytest.mark.parametrize("language", [None, "sw"])
    def test_first_language_is_for_the_rest(self, language):
        """Whoever speaks none of the languages in use reads the first of them."""
        catalogue = Catalogue(languages=["fr", "de"])

        said = catalogue.notice(Judged(action=Action.BLOCK, language=language))

        assert "Ceci n’a pas été publié." == said.splitlines()[0]

    def test_only_languages_in_use_are_spoken(self):
        """A language that comes along but is not named is not used."""
        said = Catalogue(languages=["fr"]).notice(Judged(action=Action.BLOCK, language="de"))

        assert "Ceci n’a pas été publié." == said.splitlines()[0]

    def test_languages_in_use_in_their_order(self):
        """The catalogue says which languages it speaks, each once."""
        assert ("fr", "pt") == Catalogue(languages=["fr", "pt-BR", "pt"]).languages

    def test_unknown_language_is_refused(self):
        """A language without a file is an error at the start, with the nearest names."""
        with pytest.raises(UnknownNameError, match="languages: unknown language 'xx'"):
            Catalogue(languages=["en", "xx"])


class TestMissing:
    """What a market would go without."""

    def test_language_not_spoken(self):
        """A language that is not in use lacks every notice asked for."""
        lacks = ALL.missing(["sw"], ["hate.*"], ["block"])

        assert {("sw", Action.BLOCK, ())} == {(x.language, x.action, x.messages) for x in lacks}

    def test_one_for_each_issue_and_action(self):
        """Each issue and action that lacks a notice is named."""
        lacks = ALL.missing(["sw"], ["hate.*"], ["block", "hold"])

        assert (8, 4) == (len(lacks), len({lack.issue for lack in lacks}))

    def test_language_of_a_host_that_is_half_done(self, tmp_path):
        """A language with some messages lacks the notices that need the others."""
        said = ["neutral-block = Hapana.", "appeal = Omba tena:", "revised = Imebadilishwa."]
        said += ["revised-allow = Imerudishwa."]
        (tmp_path / "sw.ftl").write_text("\n".join(said))

        catalogue = Catalogue(directory=tmp_path)

        assert () == catalogue.missing(["sw"], ["integrity.spam"], ["block"])
        assert Lack("sw", "integrity.spam", Action.HOLD, ("neutral-hold",)) in catalogue.missing(
            ["sw"], ["integrity.spam"]
        )

    def test_half_a_language_is_not_mixed(self, tmp_path):
        """A notice that a language cannot say whole is said in the first one."""
        (tmp_path / "sw.ftl").write_text("what-block = Haikuchapishwa.\n")

        said = Catalogue(directory=tmp_path).notice(Judged(action=Action.BLOCK, language="sw"))

        assert ("This was not posted." in said, "Haikuchapishwa" in said) == (True, False)
