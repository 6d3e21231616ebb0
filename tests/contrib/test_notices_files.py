"""A host's own messages and settings: what they replace, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import Action, ConfigError, Effect, Judged, Safety
from handrail_notices import Catalogue, _read

BLOCK = Judged(action=Action.BLOCK, issue="hate.speech", issues=("hate.speech",))


@pytest.fixture(name="write")
def _write(tmp_path):
    """Write a file of messages, and make a catalogue with it."""

    def write(text, name="en.ftl"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return Catalogue(directory=tmp_path)

    return write


@pytest.fixture(name="refused")
def _refused(write, tmp_path):
    """What is said about a file, without its directory."""

    def refused(text, name="en.ftl"):
        with pytest.raises(ConfigError) as caught:
            write(text, name)
        return str(caught.value).removeprefix(f"{tmp_path}/").removeprefix(f"{tmp_path}: ")

    return refused


class TestReplaces:
    """What a host writes takes the place of what comes along."""

    def test_one_message(self, write):
        """A message is replaced, and the others stay."""
        said = write("what-block = We kept this back.\n").notice(BLOCK).splitlines()

        assert ["We kept this back.", "It appears to attack people for who they are."] == said[:2]

    def test_reason_of_one_issue(self, write):
        """A message for one issue beats that for its family."""
        said = write("because-hate-speech = It reads as an attack.\n").notice(BLOCK)

        assert "It reads as an attack." == said.splitlines()[1]

    def test_effect_with_one_value(self, write):
        """A message for one value of an effect beats that for the effect."""
        catalogue = write("effect-deny-comments = You cannot comment.\n")

        said = catalogue.notice(Judged(action=Action.BLOCK, effects=(Effect("deny", "comments"),)))

        assert "You cannot comment." == said.splitlines()[1]

    def test_effect_with_several_values_keeps_the_general_one(self, write):
        """Two values have no message that speaks of one."""
        catalogue = write("effect-deny-comments = You cannot comment.\n")
        effects = (Effect("deny", ["comments", "live"]),)

        assert "comment" not in catalogue.notice(Judged(action=Action.BLOCK, effects=effects))

    def test_dialect_stands_on_its_language(self, write):
        """pt-BR says what it says itself, and the rest as pt does."""
        catalogue = write("what-block = Não rolou.\n", "pt-BR.ftl")

        said = catalogue.notice(Judged(action=Action.BLOCK, language="pt-BR")).splitlines()

        assert ["Não rolou.", "Esta decisão foi automática."] == said

    def test_terms_can_be_used(self, write):
        """A host names itself once."""
        catalogue = write("-brand = Quipu\nwhat-block = Not posted on { -brand }.\n")

        assert "Not posted on \u2068Quipu\u2069." == catalogue.notice(BLOCK).splitlines()[0]

    def test_windows_line_ends_are_read(self, write):
        """A file from Windows reads the same, without a stray character."""
        catalogue = write("what-block =\r\n    One\r\n    two.\r\n")

        assert ["One", "two."] == catalogue.notice(BLOCK).splitlines()[:2]


class TestRefuses:
    """A file that would embarrass somebody later is refused at the start, with its place."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("a = b\nwaht-block = X\n", "en.ftl:1:1: unknown message 'a'."),
            ("\nwaht-block = X\n", "en.ftl:2:1: unknown message 'waht-block'. Did you mean"),
            ("because-hate-speach = X\n", "en.ftl:1:1: unknown message 'because-hate-speach'. Did"),
            ("what-block = { $text }\n", "en.ftl:1:1: what-block: $text is not given to it; it is"),
            ("effect-deny-live = { $until }\n", "en.ftl:1:1: effect-deny-live: $until is not"),
            ("what-block = A\nwhat-block = B\n", "en.ftl:2:1: what-block is written twice"),
            ("what-block = a <b>b</b>\n", "en.ftl:1:1: what-block: a notice is plain text"),
            ("what-block = a &amp; b\n", "en.ftl:1:1: what-block: a notice is plain text"),
            ("what-block = a\u202eb\n", "en.ftl:1:1: what-block: a control character"),
            ('what-block = { "\\u202e" }\n', "en.ftl:1:1: what-block: a control character"),
            ('what-block = { "\\u003cb>" }\n', "en.ftl:1:1: what-block: a notice is plain text"),
            ("what-block = { 99999999999999999999999999999.1 }\n", "en.ftl:1:1: what-block cannot"),
            ("what-block = { nothing }\n", "en.ftl:1:1: what-block cannot be said"),
            ("what-block = { UNKNOWN(1) }\n", "en.ftl:1:1: what-block cannot be said"),
            ("what-block = { what-hold }\nwhat-hold = { what-block }\n", "en.ftl:1:1: what-block"),
            ("what-block =\n    .title = A\n", "en.ftl:1:1: what-block: a message has one text"),
            ("what-block = A\nthis is no message\n", "en.ftl:2:"),
            (b"what-block = A\nwhat-hold = \xff\n", "en.ftl:2:1: not UTF-8"),
            ("what-block = " + "{" * 5000, "en.ftl:1:1: braces nested too deeply"),
            ("# " + "x" * _read.BYTES_MOST, "en.ftl: more than 262144 bytes"),
        ],
    )  # fmt: skip
    def test_with_its_place(self, refused, text, said):
        """The error says which line, what is wrong, and what was meant."""
        assert refused(text).startswith(said)

    def test_text_of_the_file_stays_out_of_the_error(self, refused):
        """What is refused is not repeated."""
        assert "canary" not in refused("what-block = canary <b>\n")

    def test_name_that_is_no_language(self, refused):
        """A file is named after its language."""
        assert refused("", "english_.ftl").endswith(
            "name the file after its language, such as pt-BR.ftl"
        )

    def test_too_many_files(self, tmp_path, monkeypatch):
        """A directory has a bounded number of languages."""
        monkeypatch.setattr(_read, "FILES_MOST", 1)
        for name in ("de", "fr"):
            (tmp_path / f"{name}.ftl").write_text("")

        with pytest.raises(ConfigError, match="more than 1 files of messages"):
            Catalogue(directory=tmp_path)

    def test_directory_that_is_not_there(self, tmp_path):
        """A missing directory is named."""
        with pytest.raises(ConfigError, match="no such directory"):
            Catalogue(directory=tmp_path / "none")


PIECES = [
    "what-block", "what-hold", "appeal", " = ", "\n", "    ", "{ ", " }", "$until", "$text",
    '"', "\\u003c", "-a", "NUMBER(", ")", ", ", "1", " ->", "[one] ", "*[other] ", "# ", ".a = x",
]  # fmt: skip

SETTINGS = """
version: 1
strict: false
features:
  wall: {surface: comments}
notices:
"""


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join))
def test_any_file_is_read_or_refused(tmp_path_factory, text):
    """No file makes a catalogue that fails later, or raises anything else."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "en.ftl").write_text(text, encoding="utf-8", newline="")

    try:
        said = Catalogue(directory=folder).notice(BLOCK)
    except ConfigError:
        return

    assert "It appears to attack people for who they are." in said


class TestSettings:
    """The key ``notices`` of ``handrail.yaml``."""

    @pytest.fixture(name="read")
    def _read(self, tmp_path):
        """The catalogue that settings ask for."""

        def read(keys):
            (tmp_path / "handrail.yaml").write_text(SETTINGS + keys)
            with Safety.from_config(tmp_path / "handrail.yaml") as safety:
                return safety._core.planner.notices

        return read

    def test_makes_a_catalogue(self, read, tmp_path):
        """Languages, directory and address are read; paths are seen from the file."""
        (tmp_path / "texts").mkdir()
        (tmp_path / "texts" / "de.ftl").write_text("what-block = Nein.\n")

        made = read("  {languages: [de], directory: texts, appeal_url: 'https://a.example'}")

        assert (("de",), ["Nein.", "https://a.example"]) == (
            made.languages,
            [made.notice(BLOCK).splitlines()[n] for n in (0, -1)],
        )

    def test_help_lines_can_be_left_to_the_product(self, read):
        """cards: false keeps help lines out of notices."""
        said = read("  {cards: false}").notice(
            Judged(action=Action.HOLD, issues=("self_harm.at_risk",))
        )

        assert "emergency" not in said

    @pytest.mark.parametrize(
        ("keys", "said"),
        [
            (
                "  {langauges: [de]}",
                ":7:4: notices.langauges: unknown key 'langauges'. Did you mean",
            ),
            ("  {languages: [xx]}", ":7:4: notices.languages: languages: unknown language 'xx'"),
            (
                "  {appeal_url: nowhere}",
                ":7:4: notices.appeal_url: appeal_url: expected an address",
            ),
            ("  {directory: none}", ":7:4: notices.directory: no such directory"),
            ("  [de]", ":6:1: notices: expected keys and values, got a list"),
        ],
    )
    def test_refuses_with_the_place(self, read, keys, said):
        """What cannot be used is named, with file, line and column."""
        with pytest.raises(ConfigError) as caught:
            read(keys)

        assert said in str(caught.value)
