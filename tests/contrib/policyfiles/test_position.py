"""A place within a value is found in its file, whatever style YAML wrote it in."""

from __future__ import annotations

import pytest

from handrail import load_yaml
from handrail_policyfiles._diagnostic import position
from handrail_policyfiles._position import in_file, offset_of, picture

STYLES = {
    "plain": "when: committee  ==   aabbaa",
    "quoted key": '"when": committee == aabbaa',
    "single quotes": "when: 'aa == ''bb'''",
    "double quotes": 'when: "aa == bb\\t&& cc"',
    "several plain lines": "when: aa ==\n  aa\n  && bb",
    "literal": "when: |\n  aa == aa\n\n    && aa\n",
    "folded, with a remark": "when: >- # aa == aa\n  aa == aa\n  && aa\n",
    "indented block": "when: |2\n    aa == aa\n",
    "next line": "when:\n  # aa\n  aa == aa",
}


@pytest.mark.parametrize("style", STYLES)
def test_every_character_is_found(tmp_path, style):
    """Each character stands where it is said to stand, one after the other."""
    path = tmp_path / "a.yaml"
    path.write_text("first: 1\n" + STYLES[style])
    node = load_yaml(path).keys()["when"]
    lines = path.read_text().split("\n")
    places = [
        in_file(lines, position(node), "when", node.value, offset)
        for offset, char in enumerate(node.value)
        if not char.isspace()
    ]

    assert "".join(node.value.split()) == "".join(lines[y - 1][x - 1] for y, x in places)
    assert sorted(set(places)) == places
    assert all("#" not in lines[y - 1][: x - 1] for y, x in places)


def test_offset():
    """A line and column within a text is the number of characters before it."""
    assert "cc".index("c") + 6 == offset_of("aa\nbb\ncc", 3, 1)


def test_picture_of_a_long_line():
    """Of a long line the part around the place is shown."""
    line, caret = picture(["a" * 500 + "b" + "a" * 500], 1, 501).split("\n")

    assert "b" == line[caret.index("^")]
    assert len(line) < 200
