"""The page that the face shows in a browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx

from handrail_asgi import document
from handrail_asgi._page import page

VOID = {"meta", "link"}


class Outline(HTMLParser):
    """What a browser makes of it: open elements, anchors, links, text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.words = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.ids |= {said["id"]} if "id" in said else set()
        self.links += [said["href"]] if "href" in said else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert tag == self.open.pop()

    def handle_data(self, data):
        self.words.append(data)


def test_is_served_without_a_key(served):
    """Whoever reaches the service can read how to ask it."""
    answer = httpx.get(f"{served.url}/docs")

    assert (200, "text/html; charset=utf-8") == (
        answer.status_code, answer.headers["content-type"],
    )  # fmt: skip


def test_shows_every_path_and_schema():
    """Nothing of the document is left out, every link leads somewhere, every element is closed."""
    said = document()
    shown = Outline(page(said).body.decode())
    inner = {link.removeprefix("#") for link in shown.links if link.startswith("#")}

    assert [] == [path for path in said["paths"] if not any(path in w for w in shown.words)]
    assert set(said["components"]["schemas"]) <= shown.ids
    assert (set(), []) == (inner - shown.ids, shown.open)


def test_its_policy_allows_its_own_style_alone(client):
    """A browser runs nothing and fetches nothing; one header says so, for the style as it is."""
    answer = client.get("/docs")
    (policy,) = [v for k, v in answer.headers.multi_items() if k == "content-security-policy"]

    assert re.fullmatch(
        r"default-src 'none'; frame-ancestors 'none'; style-src 'sha256-\S+'", policy
    )
    assert "<script" not in answer.text
    assert "style=" not in answer.text


def test_text_is_no_markup():
    """What stands in the document is shown as it stands there."""
    said = document()
    said["components"]["schemas"]["Item"]["description"] = "<b>bold</b> & `x < y`"

    assert "&lt;b&gt;bold&lt;/b&gt; &amp; <code>x &lt; y</code>" in page(said).body.decode()
