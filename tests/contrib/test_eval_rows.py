"""What ``handrail eval`` reads: rows, and the shapes that say what their fields mean."""

from __future__ import annotations

import gzip
import json

import pytest

from handrail import ConfigError, HandrailError
from handrail_eval import _rows, _shape
from handrail_eval._rows import LINE_LIMIT, name_of
from handrail_eval._shape import Shape, label, load, lookup

PLAIN = {"id": "a", "text": "hello"}


@pytest.fixture(name="rows")
def _rows_of(tmp_path):
    def rows(*data, shape=None):
        """The rows of a set with these lines."""
        path = tmp_path / "set.jsonl"
        lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in data]
        path.write_bytes(b"\n".join(lines))
        return list(_rows.read(path, shape or Shape()))

    return rows


@pytest.fixture(name="shapes")
def _shapes(tmp_path):
    def shapes(text, default=None):
        """What a file of shapes says."""
        path = tmp_path / "shapes.yaml"
        path.write_text(text)
        return load(path, default or Shape())

    return shapes


class TestRead:
    """Lines become rows, or say why not."""

    def test_gzip_is_known_by_its_content(self, tmp_path):
        """A set may be compressed, whatever its name."""
        path = tmp_path / "set.jsonl"
        path.write_bytes(gzip.compress(json.dumps(PLAIN).encode()))

        assert ["hello"] == [row.item.text for row in _rows.read(path, Shape())]

    def test_gzip_that_ends_too_soon_is_said(self, tmp_path):
        """A download that broke off is no shorter set."""
        path = tmp_path / "set.jsonl.gz"
        path.write_bytes(gzip.compress(json.dumps(PLAIN).encode())[:-9])

        with pytest.raises(OSError, match="ends too soon"):
            list(_rows.read(path, Shape()))

    def test_blank_lines_count(self, rows):
        """A row's number is the one an editor shows."""
        assert [1, 3] == [row.number for row in rows(PLAIN, b"", PLAIN)]

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            (b'{"text": "secret"', "not JSON"),
            (b'{"text": "secret", "n": NaN}', "NaN is not JSON"),
            (b'["secret"]', "expected a JSON object, got list"),
            (b'{"text": "secret \xff"}', "not UTF-8"),
            (b'{"body": "secret"}', "no text in the field 'text': name another with --text"),
            (b'{"text": ["secret"]}', "no text in the field 'text': name another with --text"),
            (b"[" * 100_000, "cannot be read (RecursionError)"),
        ],
    )
    def test_says_what_is_wrong(self, rows, line, why):
        """A line that cannot be read says why, and never what it says."""
        (row,) = rows(line)

        assert (None, why) == (row.item, row.error)

    def test_a_line_too_long_is_one_row(self, rows):
        """A huge line is one error, and the next is read."""
        huge, good = rows(b'{"text": "' + b"x" * (2 * LINE_LIMIT) + b'"}', PLAIN)

        assert (f"longer than {LINE_LIMIT} bytes", 2, "hello") == (
            huge.error, good.number, good.item.text,
        )  # fmt: skip

    def test_an_item_keeps_its_fields(self, rows):
        """What an item has beside its text is there for modules and policies."""
        (row,) = rows({**PLAIN, "author": {"id": "ada", "age": 15}, "links": ["https://a.example"]})

        assert (15, ("https://a.example",)) == (row.item.author.age.value, row.item.links)

    def test_a_field_of_another_meaning_costs_no_row(self, rows):
        """A set may use an item's name for something else; then it is said, without the value."""
        (row,) = rows({**PLAIN, "kind": "Secret Kind!"})

        assert ("hello", "text", True, False) == (
            row.item.text, row.item.kind, "kind" in row.bare, "Secret" in row.bare,
        )  # fmt: skip

    def test_a_field_that_no_item_has_is_left(self, rows):
        """A set may say more than an item holds."""
        (row,) = rows({**PLAIN, "meta": {"likes": 3}})

        assert row.error is None

    def test_a_row_without_an_id_goes_by_its_line(self, rows):
        """A line number is an id."""
        assert ["1", "2"] == [row.item.id for row in rows({"text": "a"}, {"text": "b"})]

    def test_the_first_group_field_counts(self, rows):
        """A row is grouped by the first field it has."""
        shape = Shape(group=("meta.thread", "meta.user"))
        both = {**PLAIN, "meta": {"thread": "t", "user": "u"}}

        assert ["t", "u", "a"] == [
            row.group for row in rows(both, {**PLAIN, "meta": {"user": "u"}}, PLAIN, shape=shape)
        ]

    def test_where_leaves_rows_out(self, rows):
        """A shape may take some rows of a file."""
        shape = Shape(where={"split": "test"})

        assert ["b"] == [
            row.item.text
            for row in rows(
                {"text": "a", "split": "train"}, {"text": "b", "split": "test"}, shape=shape
            )
        ]

    def test_other_names(self, rows):
        """Fields may stand anywhere."""
        shape = Shape(text="post.body", id="n", language="post.lang")
        (row,) = rows({"n": 7, "post": {"body": "hej", "lang": "sv"}}, shape=shape)

        assert ("7", "hej", "sv") == (row.item.id, row.item.text, row.item.language)

    def test_name_ends_at_the_first_dot(self, tmp_path):
        """A set is called like its file."""
        assert "tweets" == name_of(tmp_path / "tweets.v2.jsonl.gz")


class TestLookup:
    """Dots lead into objects."""

    @pytest.mark.parametrize(
        ("row", "path"),
        [
            ({"a": 1}, "a"),
            ({"a": {"b": {"c": 1}}}, "a.b.c"),
            ({"a.b": 1}, "a.b"),
            ({"labels": {"hate.speech": 1}}, "labels.hate.speech"),
            ({"x.y": {"z": 1}}, "x.y.z"),
        ],
    )
    def test_finds(self, row, path):
        """A key may have dots itself."""
        assert 1 == lookup(row, path)

    @pytest.mark.parametrize("row", [{}, {"a": 1}, {"a": None}, {"a": {"c": 1}}])
    def test_nothing_is_none(self, row):
        """What is not there is None, whatever stands on the way."""
        assert lookup(row, "a.b") is None


class TestLabel:
    """A label is a yes, a no, or not said."""

    @pytest.mark.parametrize("value", [1, True, "yes", "True", "1", 1.0])
    def test_yes(self, value):
        """There are many ways to say yes."""
        assert label("x", ["hate.*"]).read({"x": value}) is True

    @pytest.mark.parametrize("value", [0, False, "no", "FALSE", "0", 0.0])
    def test_no(self, value):
        """And to say no."""
        assert label("x", ["hate.*"]).read({"x": value}) is False

    @pytest.mark.parametrize("row", [{}, {"x": None}, {"x": 0.7}, {"x": "maybe"}])
    def test_neither(self, row):
        """What is neither is not taken for a no."""
        assert label("x", ["hate.*"]).read(row) is None

    def test_a_value_means_yes(self):
        """Where a field names one of several kinds, any other kind is a no."""
        spam = label("kind=Spam", ["integrity.spam"])

        assert ("Spam", True, False, None) == (
            spam.name, spam.read({"kind": "spam"}), spam.read({"kind": "ham"}), spam.read({}),
        )  # fmt: skip

    def test_an_unknown_issue_is_refused(self):
        """A typing mistake is no issue that nobody finds."""
        with pytest.raises(HandrailError, match=r"label 'x': unknown issue 'hate\.speach'"):
            label("x", ["hate.speach"])

    def test_issues_by_name(self):
        """Without a shape, labels that are issues mean themselves."""
        row = {"labels": {"hate.speech": 1, "toxic": 1}, "label": 1}

        assert ["hate.speech", "label"] == [each.name for each in _shape.by_name(row)]


class TestShapes:
    """A file says what the fields of sets mean."""

    def test_the_first_that_fits_counts(self, shapes):
        """A set has the shape of its name, or of the first pattern."""
        found = shapes("version: 1\nsets: {news_ko: {text: a}, 'news_*': {text: b}}")

        assert ["a", "b", "text"] == [found.of(n).text for n in ("news_ko", "news_de", "tweets")]

    def test_defaults_hold_for_all(self, shapes):
        """What is said once holds for every set, and what the set says holds first."""
        found = shapes("version: 1\ndefaults: {text: t, id: i}\nsets: {a: {text: x}}").of("a")

        assert ("x", "i") == (found.text, found.id)

    def test_labels(self, shapes):
        """A label names one issue, a pattern or several."""
        found = shapes(
            "version: 1\nsets: {a: {labels: {x: hate.speech, y: [hate.speech, hate.threat]}}}"
        )

        assert [("x", 1), ("y", 2)] == [(e.name, len(e.issues)) for e in found.of("a").labels]

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("sets: {a: {txt: x}}", r"shapes.yaml:1:12: .*unknown key 'txt'"),
            ("sets: {a: {labels: {x: hat}}}", r"shapes.yaml:1:\d+: .*unknown issue 'hat'"),
            ("sets: {a: {whole: 1}}", r"shapes.yaml:1:\d+: .*expected true or false"),
            ("set: {}", r"shapes.yaml:1:1: .*unknown key 'set'"),
        ],
    )
    def test_mistakes_have_a_place(self, shapes, text, why):
        """What is wrong is said with file, line and column."""
        with pytest.raises(ConfigError, match=why):
            shapes(text)
