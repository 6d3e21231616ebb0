"""Lists of hosts in files: up to a million, with their subdomains, taken in anew when changed."""

from __future__ import annotations

import threading

import pytest

import handrail_links
from handrail import Feature, InvalidValueError, Item, Policy, Safety
from handrail_links._lists import under
from handrail_links._settings import Settings

PHISHING = "fraud.phishing"


@pytest.fixture(name="path")
def _path(tmp_path):
    """Where a list may be written."""
    return tmp_path / "blocked.txt"


class TestBlocked:
    """A listed domain is blocked or allowed, with all below it."""

    @pytest.mark.parametrize(
        ("text", "blocked"),
        [
            ("https://evil.example/x", True),
            ("https://a.b.evil.example/x", True),
            ("https://notevil.example/x", False),
            ("https://example/x", False),
            ("http://203.0.113.7/x", True),
            ("https://münchen.example", True),
        ],
    )
    def test_subdomains_go_with_it(self, look, path, text, blocked):
        """A domain counts with what is below it, and nothing beside it."""
        path.write_text("# ours\nevil.example\n\n203.0.113.7  # bad\nmünchen.example\r\n")
        found = look(handrail_links, text, blocked_lists=str(path))

        assert blocked is (PHISHING in found and found[PHISHING].score == 0.95)

    def test_allowed_list_is_no_finding(self, look, path):
        """What an allowed list names is left alone."""
        path.write_text("bit.ly\n")

        assert {} == look(handrail_links, "https://bit.ly/abc", allowed_lists=[str(path)])

    def test_list_and_setting_add_up(self, look, path):
        """Domains of a list and of a setting are both blocked."""
        path.write_text("one.example\n")
        settings = {"blocked_lists": str(path), "blocked_domains": ["two.example"]}
        scores = [
            look(handrail_links, f"https://{host}.example", **settings)[PHISHING].score
            for host in ("one", "two")
        ]

        assert [0.95, 0.95] == scores

    def test_long_host_costs_its_labels(self):
        """A host of many labels is looked up label by label."""
        assert under("a." * 100 + "evil.example", frozenset({"evil.example"}))


class TestMistakes:
    """A mistake is named by its line."""

    @pytest.mark.parametrize(
        "line",
        [
            "*.evil.example",
            r".*\.evil\.example",
            "(a+)+$",
            "https://evil.example/",
            "evil example",
            "evil..example",
            "x" * 5_000,
            "\x00",
        ],
    )
    def test_error_names_the_line(self, path, line):
        """What is no domain is refused at line 90,000, patterns too; none is run."""
        path.write_text("".join(f"a{n}.example\n" for n in range(89_999)) + f"{line}\nb.example\n")

        with pytest.raises(
            InvalidValueError, match=r"^blocked_lists: .*blocked\.txt:90000: expected a domain"
        ):
            Settings(blocked_lists=str(path))

    def test_bytes_that_are_no_text_are_placed(self, path):
        """A file that is not UTF-8 is refused at the line."""
        path.write_bytes(b"a.example\n\xff.example\n")

        with pytest.raises(InvalidValueError, match=r"blocked\.txt:2: not in UTF-8"):
            Settings(blocked_lists=str(path))

    def test_too_many_are_refused(self, path, monkeypatch):
        """There is a most, and the error names it."""
        monkeypatch.setattr("handrail_links._lists.MOST", 2)
        path.write_text("a.example\n# b\nb.example\nc.example\n")

        with pytest.raises(InvalidValueError, match=r"blocked\.txt:4: expected at most 2 domains"):
            Settings(blocked_lists=str(path))

    def test_missing_file_is_refused(self):
        """A list that is not there is refused by name."""
        with pytest.raises(InvalidValueError, match=r"^allowed_lists: nowhere\.txt:1: cannot be"):
            Settings(allowed_lists="nowhere.txt")


class TestSwap:
    """A list that changes is in force without a restart."""

    def test_changed_list_is_taken_in(self, path):
        """A domain that is added is blocked by the next call."""
        path.write_text("one.example\n")
        with Safety(
            [Feature(name="wall", surface="comments")], modules=[handrail_links],
            settings={"links": {"blocked_lists": [str(path)]}}, policy=Policy(name="p"),
        ) as safety:  # fmt: skip
            wall = safety.feature("wall")
            before = wall.pre_publish(Item("1", "https://two.example/")).findings
            path.write_text("one.example\ntwo.example\n")
            safety._core.tick()
            for thread in threading.enumerate():
                if thread.name == "handrail-files":
                    thread.join(30)
            after = wall.pre_publish(Item("1", "https://two.example/")).findings

        assert ((), [0.95]) == (before, [f.score for f in after])
