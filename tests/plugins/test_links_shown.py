"""Links that are shown as something else, or glued to words, are told from honest ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import Item
from handrail_links import find_links
from handrail_links._find import findings
from handrail_links._settings import Settings

PHISHING = "fraud.phishing"
SIGNS = (
    "[", "]", "(", "url=", "href=", "http://a.b.club", "点", "看", " . ", "a ", "dot", "-", "_",
    "javascript:", ":",
)  # fmt: skip


def hosts(text):
    """The hosts of a text."""
    return [link.host for link in find_links(Item("item-1", text), None)]


def score(text):
    """How much a text looks like phishing."""
    links = find_links(Item("item-1", text), None)
    return max(
        (f.score for f in findings(text, links, Settings()) if f.issue == PHISHING), default=0
    )


@pytest.mark.parametrize(
    "text",
    [
        "[https://bank.example](https://evil.example/a)",
        '<a href="http://evil.example">www.bank.example</a>',
        "[url=http://evil.example]bank.example/login[/url]",
        "<a href='https://evil.example/x'>http://bank.example</a> please",
        "[paypal.com](https://evil.example/paypal)",
        "[bank.example](https://bank.top)",
        "[bbc.com](https://bbc.tk/news)",
        "[twitter.com/bob](https://t.co/bob)",
        "[github.com/login](https://octo.github.io/login)",
        "[youtube.com](https://x.com/a)",
        "[paypal.com](https://bank.example)",
    ],
)
def test_link_shown_as_another_address_is_phishing(text):
    """A link that shows another domain than it leads to scores 0.7."""
    assert 0.7 == score(text.replace(".example", ".club"))


@pytest.mark.parametrize(
    "text",
    [
        "[bank.club/help](https://bank.club/help/1)",
        "[www.bank.club](https://m.bank.club)",
        "[read it](https://bank.club/a) and [this](https://other.club/b)",
        '<a href="https://bank.club">bank.club</a>',
        "[bank.club](https://archive.club/web/http://bank.club/a)",
        "see bank.club (or other.club)",
        "[youtube.com](https://youtu.be/abc)",
        "[twitter.com/bob](https://x.com/bob)",
        "[www.amazon.de](https://amzn.to/3xyz)",
        "[bbc.com](https://bbc.co.uk/news)",
        "[github.com/a/b](https://raw.githubusercontent.com/a/b)",
        "[ASP.NET](https://microsoft.com/aspnet)",
        "[gmail.com](https://mail.google.com/mail)",
    ],
)
def test_link_shown_as_what_it_is_is_none(text):
    """A link that shows its own domain, or words, is no phishing."""
    assert 0 == score(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[free](javascript:fetch(document.cookie))", 0.5),
        ('<a href="JaVaScRiPt:alert(1)">see</a>', 0.5),
        ("open data:text/html;base64,PHNj", 0.5),
        ("JavaScript: the good parts", 0),
        ("[see](JavaScript:void(0))", 0.5),
        ("paste javascript:document.forms[0].submit()", 0.5),
        ("vbscript:msgbox(1)", 0.5),
        ('Learning JavaScript: "The Good Parts" was great', 0),
        ("JavaScript: (and I hated it)", 0),
        ("javascript: (and i hated it)", 0),
        ("My favourite language is JavaScript:'nuff said", 0),
        ("coffeejavascript:(a)", 0),
        ("data: the numbers are in", 0),
        ("a script: one page", 0),
    ],
)
def test_address_that_runs_code(text, expected):
    """An address that runs code is phishing; the word for the language is not."""
    assert expected == score(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("看flibber.com吧", ["flibber.com"]),
        ("点击https://flibber.com/a", ["flibber.com"]),
        ("访问flibber点com领取", ["flibber.com"]),
        ("flibber.com에서 봐", ["flibber.com"]),
        ("例え.jp", ["xn--r8jz45g.jp"]),
        ("能接受。ps我处女座。", []),
        ("差一点com不来", []),
        ("f l i b b e r . c o m", ["flibber.com"]),
        ("a . b . c . d . e . f", []),
        ("flibber-dot-com", ["flibber.com"]),
        ("flibber_dot_com", ["flibber.com"]),
        ("flibber |dot| com", ["flibber.com"]),
        ("flibber dotcom slash win", ["flibber.com"]),
        ("i work in the dotcom world", []),
        ("flibber point com", ["flibber.com"]),
        ("заходи на flibber точка ru", ["flibber.ru"]),
        ("это точка зрения", []),
        ("flibber ponto com ponto br", ["flibber.com.br"]),
        ("the dot com boom", []),
        ("flibber .gg/abcd", ["flibber.gg"]),
        ("cat .config/nvim", []),
        ("open http%3A%2F%2Fflibber.com%2Fx", ["flibber.com"]),
        ("htt ps://flibber.com", ["flibber.com"]),
        ("[url=https://flibber.com]it[/url]", ["flibber.com"]),
        ("www flibber co uk", ["www.flibber.co.uk"]),
        ("www is short", []),
        ("package com.example.app;", []),
        ("import org.example.commons.io", []),
        ("call self.name or df.info()", []),
        ("v.2.app build", []),
    ],
)
def test_hosts_in_disguise_and_what_only_looks_like_one(text, expected):
    """Hosts are read through dots in words, glued and spaced letters; prose and code are not."""
    assert expected == hosts(text)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("paypalsecurelogin.club", 0.7),
        ("wwwpaypal.club", 0.7),
        ("mypaypal-verification.club", 0.7),
        ("amazonverify.club", 0.7),
        ("myamazon.club", 0),
        ("amazonwatch.club", 0),
        ("onlinebooking.club", 0),
        ("freetwitch.club", 0),
    ],
)
def test_well_known_name_run_on_with_words_that_lure(host, expected):
    """A name imitates with words that lure run on; with other words it does not."""
    assert expected == score(f"https://{host}/")


@given(st.lists(st.sampled_from(SIGNS), max_size=300).map("".join))
def test_any_arrangement_is_read(text):
    """Signs of links in any order raise nothing, and spans lie in the text in order."""
    links = find_links(Item("item-1", text), None)
    spans = [link.span for link in links]
    assert spans == sorted(spans)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert 0 <= score(text) <= 1
