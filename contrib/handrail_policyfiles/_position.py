"""From a place within a condition to its place in the file, whatever style YAML wrote it in."""

from __future__ import annotations

_BLOCK = "|>"
_QUOTES = "'\""


def in_file(
    lines: list[str], key: tuple[int, int], name: str, value: str, offset: int
) -> tuple[int, int]:
    """Where the character at *offset* of a value stands in its file.

    Args:
        lines: The file's lines.
        key: Line and column of the value's key, from 1.
        name: The key's name.
        value: The value as YAML read it.
        offset: 0 is its first character.

    YAML folds and indents, but keeps every character that is no white space, in order: the value
    is followed through the file's text.
    """
    line, column = key[0] - 1, key[1] - 1
    if not 0 <= line < len(lines) or ":" not in lines[line][column + len(name) :]:
        return key
    column = lines[line].index(":", column + len(name)) + 1
    line, column = _begin(lines, line, column)
    place = line, column
    for char in value[: offset + 1]:
        if char.isspace():
            continue
        found = _next(lines, line, column, char)
        if found is None:
            break
        place = found
        line, column = place[0], place[1] + 1
    return place[0] + 1, place[1] + 1


def _begin(lines: list[str], line: int, column: int) -> tuple[int, int]:
    """Where a value's own characters begin: after a block's header, or an opening quote."""
    while line < len(lines):
        rest = lines[line][column:]
        text = rest.lstrip()
        if text and not text.startswith("#"):
            column += len(rest) - len(text)
            if text[0] in _BLOCK:
                return line + 1, 0
            return line, column + (text[0] in _QUOTES)
        line, column = line + 1, 0
    return line - 1, column


def _next(lines: list[str], line: int, column: int, char: str) -> tuple[int, int] | None:
    while line < len(lines):
        found = lines[line].find(char, column)
        if found >= 0:
            return line, found
        line, column = line + 1, 0
    return None


def offset_of(value: str, line: int, column: int) -> int:
    """The offset of a line and column, from 1, within a text."""
    before = value.split("\n")[: line - 1]
    return sum(len(each) + 1 for each in before) + column - 1


def picture(lines: list[str], line: int, column: int) -> str:
    """A line with a caret under one of its characters."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    cut = max(0, column - 80)
    shown = text[cut : cut + 160]
    pad = "".join("\t" if c == "\t" else " " for c in shown[: column - 1 - cut])
    return f"    {shown}\n    {pad}^"
