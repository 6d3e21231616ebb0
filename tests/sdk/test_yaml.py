"""YAML 1.2 with positions: no word turns into another, nothing a file does not need is read."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import ConfigError, MissingExtraError
from handrail._config import read


class TestYaml:
    """YAML 1.2, core rules: no word turns into something else."""

    @pytest.mark.parametrize(
        ("word", "expected"),
        [
            pytest.param("NO", "NO", id="Norway"),
            pytest.param("on", "on", id="on"),
            pytest.param("yes", "yes", id="yes"),
            pytest.param("1:30", "1:30", id="no sexagesimals"),
            pytest.param("2026-01-01", "2026-01-01", id="no dates"),
            pytest.param("1_000", "1_000", id="no underscores in numbers"),
            pytest.param("'1'", "1", id="quoted"),
            pytest.param("~x", "~x", id="tilde"),
        ],
    )
    def test_is_text(self, write, word, expected):
        """What YAML 1.1 would have turned into something else stays text."""
        text = f"version: 1\nfeatures: {{chat: {{surface: live, owner: {word}}}}}"

        assert expected == read(write(text))["features"][0].owner

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("version: 1\nstrict: true\nstrict: false",
                         "3:1: the key 'strict' is already at 2:1", id="duplicate key"),
            pytest.param("version: 1\nfeatures: &x {}",
                         "2:11: anchors and aliases are not read; write it out", id="anchor"),
            pytest.param("version: *x",
                         "1:10: anchors and aliases are not read; write it out", id="alias"),
            pytest.param("version: !!int 1", ("1:10: tags are not read; leave it out, or put a "
                         "text with ! in quotes"), id="tag"),
            pytest.param("version: !!python/object/apply:os.getcwd []", ("1:10: tags are not read; "
                         "leave it out, or put a text with ! in quotes"), id="code"),
            pytest.param("version: 1\n---\nversion: 1",
                         "2:1: a second document; a file has one", id="two documents"),
            pytest.param("version: 1\nfeatures:\n\tchat: 1",
                         ("3:1: indent with spaces, not with tabs; put a text that begins with @, "
                          "` or % in quotes, or below its key after >-"), id="tab"),
            pytest.param("version: [1", "2:1: ',' or ']' was expected; is a list closed?",
                         id="open"),
            pytest.param("a: {b: 1", "2:1: ',' or '}' was expected; is a pair of { } closed?",
                         id="open pair"),
            pytest.param("when: a < {'b': 1}", ("1:15: ': ' would begin a value here; put a text "
                         "with it in quotes, or below its key after >-"), id="colon in a text"),
            pytest.param("when: 'a' == b", ("1:11: a key was expected; is the line indented like "
                         "its neighbours, and is a text that begins with a quotation mark or a "
                         "bracket in quotes, or below its key after >-?"), id="quotes in a text"),
            pytest.param("when: !a.b && c.d", ("1:13: put a text that begins with !, & or * in "
                         "quotes, or below its key after >-"), id="a text with !"),
            pytest.param("a:\n  - b: 1\n   c: d", "3:4: '- ' was expected, as before in the list; "
                         "is the line indented like its neighbours?", id="list"),
            pytest.param("a: - b", "1:4: a list begins on a line of its own, below its key",
                         id="a list on a line"),
            pytest.param("a: 1\nb\nc: 2", "3:1: ': ' was expected after a key; is the line "
                         "indented like its neighbours?", id="no colon"),
            pytest.param("a: 'b", "1:6: a quotation mark is not closed", id="quotation mark"),
            pytest.param("version: 1\n7: 8", "2:1: a key is text: put it in quotes", id="number"),
            pytest.param("version: 1\ntrue: 8", "2:1: a key is text: put it in quotes", id="true"),
            pytest.param("version: 1\n? {a: b}\n: 8",
                         "2:3: a key is text: put it in quotes", id="mapping as key"),
            pytest.param("version: 1\nbudget_ms: .nan", "2:12: not a finite number", id="NaN"),
            pytest.param("version: 1\nbudget_ms: -.inf", "2:12: not a finite number",
            id="infinity"),
            pytest.param("version: 1\nbudget_ms: 1e999", "2:12: not a finite number",
            id="overflow"),
            pytest.param("version: " + "9" * 5000, "1:10: not a number that can be read",
            id="digits"),
            pytest.param("version: 1\nfeatures:\n  ü\0: 1",
                         "3:4: control characters are not allowed", id="NUL"),
            pytest.param(b"version: 1\nx: \xff", "2:1: not UTF-8", id="not UTF-8"),
        ],
    )  # fmt: skip
    def test_refuses(self, fails, text, expected):
        """What a settings file never needs is refused where it stands."""
        assert expected == fails(text)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("a: " + "[" * 200_000, id="lists"),
            pytest.param("a: " + "{a: " * 100_000, id="mappings"),
            pytest.param("\n".join(" " * n + "a:" for n in range(500)), id="lines"),
        ],
    )
    def test_refuses_endless_depth(self, fails, text):
        """A file that is nested without end is refused, not followed."""
        assert "nested more than 32 levels deep" in fails(text)

    def test_refuses_a_file_that_is_too_large(self, write):
        """More than a megabyte is no settings file."""
        with pytest.raises(ConfigError, match="more than 1000000 bytes"):
            read(write("version: 1\n#" + "x" * 1_000_000))

    def test_refuses_a_billion_laughs(self, fails):
        """A file that would grow without end when read is refused at its first anchor."""
        lines = ["a0: &a0 lol", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]

        assert fails("\n".join(lines)).startswith("1:5: anchors")

    @given(st.binary(max_size=60) | st.text("ab:{}[]-&*!|>'\"%@`#?,\n\t 01", max_size=60))
    def test_raises_nothing_else(self, tmp_path_factory, text):
        """Whatever is in a file, it is read or refused with a ConfigError."""
        path = tmp_path_factory.mktemp("yaml") / "handrail.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

        with pytest.raises(ConfigError):
            read(path)

    def test_missing_extra_is_named(self, write, monkeypatch):
        """Without PyYAML the error names the extra that brings it."""
        monkeypatch.setitem(sys.modules, "yamlcore", None)

        with pytest.raises(MissingExtraError, match=r"needs the extra 'yaml': pip install"):
            read(write("version: 1"))

    def test_a_mapping_needs_no_yaml(self, monkeypatch):
        """Settings as a mapping are read without PyYAML."""
        monkeypatch.setitem(sys.modules, "yaml", None)

        assert {"features": ()} == read({"version": 1})

    @pytest.mark.parametrize("name", ["missing.yaml", "."])
    def test_what_cannot_be_read_is_said(self, tmp_path, name):
        """A file that is not there, or no file, is a ConfigError."""
        with pytest.raises(ConfigError, match="cannot be read"):
            read(tmp_path / name)
