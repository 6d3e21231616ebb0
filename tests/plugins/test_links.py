"""The links module finds links however they are written, and what is odd about them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import handrail_links
from handrail import InvalidValueError, Item
from handrail.testing import ModuleContract
from handrail_links import find_links
from handrail_links._hosts import ascii_host, registrable

PHISHING, SPAM = "fraud.phishing", "integrity.spam"
PIECES = [
    "http",
    "hxxp",
    "://",
    "a.com",
    "[.]",
    " dot com",
    "@",
    "/",
    ".",
    "\u200b",
    "。",
    "(",
    " ",
]


class TestContract(ModuleContract):
    """The links module keeps its contract with the SDK."""

    module = handrail_links
    examples = {PHISHING: ["http://bank.com@evil.example/"]}  # noqa: RUF012
    harmless = ("See https://example.com/a for more.", "Version 1.2.3.4 is out.")


def found(text, **fields):
    """The links of a text."""
    return find_links(Item("item-1", text, **fields), None)


class TestExtraction:
    """A link is found as it is written, and given its normal form."""

    @pytest.mark.parametrize(
        ("text", "url"),
        [
            ("see https://Example.com/a?b=C.", "https://example.com/a?b=C"),
            ("(www.example.co.uk/x)", "http://www.example.co.uk/x"),
            ("example.com!", "http://example.com"),
            ("https://example.com🙂 hi", "https://example.com"),
            ("https://example.com/a👍👍!", "https://example.com/a"),
            ("go to example.com.Thanks", "http://example.com"),
            ("hxxps://example[.]com/p", "https://example.com/p"),
            ("example dot com", "http://example.com"),
            ("example(dot)org now", "http://example.org"),
            ("example . com", "http://example.com"),
            ("exa\u200bmple.com", "http://example.com"),
            ("ｅｘａｍｐｌｅ。com", "http://example.com"),
            ("https://münchen.example", "https://xn--mnchen-3ya.example"),
            ("http://en.example.org/wiki/A_(b)", "http://en.example.org/wiki/A_(b)"),
            ("http://0x7f.1/x", "http://127.0.0.1/x"),
            ("http://2130706433", "http://127.0.0.1"),
            ("https://[::1]:80/x", "https://[::1]:80/x"),
            ("http://user:pw@example.com", "http://user:pw@example.com"),
            ("http://%65xample.com", "http://example.com"),
            ("http:\\\\example.com\\a\\b?c\\d", "http://example.com/a/b?c\\d"),
            ("https://example.com/a/../b/./c", "https://example.com/b/c"),
            ("http://example.com/a/%2E%2e/", "http://example.com/"),
            ("http://example.com:80/a", "http://example.com/a"),
            ("https://example.com:8443/a", "https://example.com:8443/a"),
            ("https://faß.example", "https://xn--fa-hia.example"),
            ("http://017700000001/x", "http://127.0.0.1/x"),
            ("http://127.1/x", "http://127.0.0.1/x"),
            ("http%3A%2F%2Fexample.com", "http://example.com"),
            ("htxps://example.com", "https://example.com"),
            ("ttps://example.com", "https://example.com"),
            ("hxxps[:]//example[.]com", "https://example.com"),
            ("https:///example.com", "https://example.com"),
            ("example&#46;com", "http://example.com"),
            ("example{dot}com", "http://example.com"),
            ("example[.com", "http://example.com"),
            ("example • com", "http://example.com"),
            ("example punto com", "http://example.com"),
            ("beispiel punkt de", "http://beispiel.de"),
            ("www example com", "http://www.example.com"),
            ("https://example.com\\@evil.example/x", "https://example.com/@evil.example/x"),
            ("https://evil.example#@example.com", "https://evil.example#@example.com"),
        ],
    )
    def test_link_has_its_normal_form(self, text, url):
        """The URL is what a browser would open."""
        assert [url] == [link.url for link in found(text)]

    @pytest.mark.parametrize(
        "text",
        [
            "e.g. this, i.e. that",
            "version 1.2.3.4",
            "192.168.0.0/24",
            "8.8.8.0/24 is routed",
            "listens on 0.0.0.0:80",
            "127.0.0.1",
            "main.py and README.md",
            "I like it.So do I",
            "write to jane.doe@mail.example.com",
            "polka dot dress",
            "ao ponto de partida",
            "www is the web",
            "look at www.",
            "wait... what",
            "3.14",
            "http://",
        ],
    )
    def test_ordinary_text_has_no_link(self, text):
        """Dots alone make no link."""
        assert () == found(text)

    def test_span_covers_the_link(self):
        """A span covers the link as it stands in the text, without the punctuation after it."""
        text = "see \u200bexa\u200bmple.com/x, please"

        assert "exa\u200bmple.com/x" == text[slice(*found(text)[0].span)]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("example.com", False), ("example[.]com", True), ("hxxp://example.com", True)],
    )
    def test_obfuscation_is_told(self, text, expected):
        """A link written so as not to look like one says so."""
        assert expected is found(text)[0].obfuscated

    def test_named_links_come_last(self):
        """Links that the host names follow those in the text, and have no span."""
        links = found("a.example.com", links=("https://b.example.com/x",))

        assert [("a.example.com", True), ("b.example.com", False)] == [
            (link.host, link.span is not None) for link in links
        ]

    def test_links_are_capped(self):
        """A thousand links are read, not more."""
        assert 1_000 == len(found("ab.com " * 1_500, links=("https://c.example",)))

    @pytest.mark.parametrize(
        "text", ["a." * 300_000, "http://" * 100_000, "(" * 500_000, "a@" * 300_000, "\ud800.com"]
    )
    def test_odd_text_is_read(self, text):
        """Long chains, lone surrogates and open brackets are text like any other."""
        assert isinstance(found(text), tuple)

    @given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5))).map("".join))
    def test_spans_lie_inside_the_text(self, text):
        """A span is a range of the text, not empty, and begins after the one before."""
        spans = [link.span for link in found(text)]

        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert spans == sorted(spans)

    @given(st.text())
    def test_any_named_link_is_read(self, url):
        """No string that a host names makes it raise."""
        assert len(found("", links=(url,))) <= 1


class TestHosts:
    """A host has one form, and a part that somebody registered."""

    @pytest.mark.parametrize(
        ("host", "domain"),
        [
            ("a.b.example.com", "example.com"),
            ("www.example.co.uk", "example.co.uk"),
            ("shop.example.com.br", "example.com.br"),
            ("me.github.io", "me.github.io"),
            ("127.0.0.1", "127.0.0.1"),
            ("localhost", "localhost"),
        ],
    )
    def test_registrable_domain(self, host, domain):
        """The registrable domain is the part under a public suffix."""
        assert domain == registrable(host)

    @given(st.text())
    @example("²")
    def test_ascii_host_is_stable(self, host):
        """A host that has an ASCII form keeps it."""
        plain = ascii_host(host)

        assert plain is None or plain == ascii_host(plain)


class TestFinding:
    """What is odd about a link is one finding an issue."""

    @pytest.mark.parametrize(
        ("text", "score"),
        [
            pytest.param(
                "http://bank.com@evil.example/login", 0.9, id="user that looks like a host"
            ),
            pytest.param("https://exаmple.com", 0.8, id="mixed scripts"),
            pytest.param("https://xn--exmple-4nf.com", 0.8, id="mixed scripts, in ASCII"),
            pytest.param("https://аррӏе.com", 0.8, id="all letters look Latin"),
            pytest.param("http://203.0.113.7/x", 0.6, id="IP address"),
            pytest.param("https://joe@example.com/", 0.5, id="user"),
            pytest.param("https://bit.ly/abc", 0.3, id="shortener"),
        ],
    )
    def test_misleading_link_is_found(self, look, text, score):
        """A link that pretends is a phishing finding."""
        assert score == look(handrail_links, text)[PHISHING].score

    @pytest.mark.parametrize(
        "text",
        [
            "http://192.168.0.1/admin",
            "10.0.0.1/admin",
            "http://127.0.0.1:8000/",
            "http://169.254.1.1/x",
            "http://[::1]:80/x",
            "http://[::ffff:10.0.0.1]/x",
            "http://0x7f.1/x",
        ],
    )
    def test_private_address_is_no_finding(self, look, text):
        """An address that leads to no stranger cannot deceive."""
        assert {} == look(handrail_links, text)

    @pytest.mark.parametrize(
        "host", ["192.0.2.7", "198.51.100.7", "203.0.113.7", "8.8.8.8", "[2001:db8::1]"]
    )
    def test_documentation_address_counts_as_public(self, look, host):
        """Addresses made for examples stand for public ones."""
        assert 0.6 == look(handrail_links, f"http://{host}/now")[PHISHING].score

    def test_bare_address_with_a_path_is_meant_as_a_link(self, look):
        """A public address with a path is a link also without a scheme."""
        assert 0.6 == look(handrail_links, "8.8.8.8/login")[PHISHING].score

    @pytest.mark.parametrize(
        "text", ["https://example.com", "https://münchen.example", "пример.рф"]
    )
    def test_plain_link_is_no_finding(self, look, text):
        """A link, also one in another script, is nothing by itself."""
        assert {} == look(handrail_links, text)

    def test_blocked_domain_covers_subdomains(self, look):
        """A blocked domain is blocked with all under it."""
        found_ = look(handrail_links, "https://a.bad.example/", blocked_domains=["Bad.example"])

        assert 0.95 == found_[PHISHING].score

    def test_blocked_domain_is_no_suffix(self, look):
        """A domain that only ends in the same letters is another."""
        assert {} == look(handrail_links, "https://notbad.example/", blocked_domains="bad.example")

    def test_allowed_domain_is_never_a_finding(self, look):
        """A domain of the host's own passes, also shortened and many times."""
        text = " ".join(f"https://s{n}.bit.ly/x" for n in range(9))

        assert {} == look(handrail_links, text, allowed_domains=["bit.ly"])

    def test_flood_counts_different_links(self, look):
        """Many different links are spam, the more the worse."""
        text = " ".join(f"https://s{n}.example/" for n in range(5))

        assert (5, 0.6) == (
            look(handrail_links, text)[SPAM].evidence.counts["links"],
            look(handrail_links, text)[SPAM].score,
        )

    def test_flood_of_more_than_are_read_says_so(self, look):
        """Beyond the most links that are read, the reason claims no exact number."""
        text = " ".join(f"https://s{n}.example/" for n in range(1_100))

        assert look(handrail_links, text)[SPAM].reason.startswith("1000 or more different links")

    def test_same_link_is_no_flood(self, look):
        """One link many times is one link."""
        assert {} == look(handrail_links, "https://a.example/ " * 9)

    def test_obfuscated_link_is_spam(self, look):
        """A link written so as not to look like one is a sign of spam."""
        assert 0.5 == look(handrail_links, "example[.]com")[SPAM].score

    @pytest.mark.parametrize(
        "settings",
        [{"blocked_domains": ["http://x.com"]}, {"flood": 1}, {"shorteners": ["*.x.com"]}],
    )
    def test_wrong_setting_is_refused(self, settings):
        """A setting that cannot mean what it says is refused at start-up."""
        with pytest.raises(InvalidValueError, match=next(iter(settings))):
            handrail_links.Settings(**settings)

    def test_wrong_domains_are_refused(self):
        """What is no list of domains raises what the SDK reports with its place."""
        with pytest.raises(InvalidValueError, match="domains"):
            handrail_links.Settings(blocked_domains=5)

    def test_refusal_names_the_entry_not_its_text(self):
        """A wrong domain is named by its number: links may hold secrets."""
        with pytest.raises(InvalidValueError, match=r"blocked_domains\[1\]") as refused:
            handrail_links.Settings(blocked_domains=["a.example", "http://b.example/?key=x1y2"])
        assert "x1y2" not in str(refused.value)
