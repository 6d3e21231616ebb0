"""What OpenAI is asked, and how its answers are read."""

from __future__ import annotations

import base64
import json

from handrail import Item, Media, issues
from handrail_vendors._categories import categories
from handrail_vendors.testing import Failing

PNG, JPEG = b"\x89PNG\r\n\x1a\n" + bytes(8), b"\xff\xd8\xff\xe0" + bytes(8)


def picture(data, **more):
    """A picture with these bytes."""
    return Media(id="m1", type="image/png", data=data, **more)


def scores(found):
    """Score by issue."""
    return {finding.issue: finding.score for finding in found}


class TestOpenai:
    """https://developers.openai.com/api/reference/resources/moderations."""

    def test_text_request(self, openai, ask):
        """A text is sent as a string, with the model."""
        ask("you blorb")

        assert {"model": "omni-moderation-latest", "input": "you blorb"} == openai.received[0].json

    def test_image_request(self, openai, ask):
        """An image is sent as a data address, whatever it claims to be."""
        ask(Item("i", media=[picture(JPEG, url="https://zqx.example/")]))

        (part,) = openai.received[0].json["input"]
        url = f"data:image/jpeg;base64,{base64.b64encode(JPEG).decode()}"
        assert {"type": "image_url", "image_url": {"url": url}} == part

    def test_all_categories(self, openai, ask):
        """Each of the thirteen documented categories becomes its issue, with its score."""
        known = categories("openai_moderation", "text")
        given = {name: n / 100 + 0.5 for n, name in enumerate(known)}
        result = {"categories": dict.fromkeys(given, True), "category_scores": given}
        openai.will_fail(Failing(body=json.dumps({"results": [result]}).encode()))

        expected = {issue: given[name] for name, issue in known.items()}
        assert (13, expected) == (len(given), scores(ask()))

    def test_flags_are_evidence(self, ask):
        """Whether OpenAI itself would flag it is a count that conditions can read."""
        (finding,) = ask("you blorb")

        assert {"flagged": 1} == dict(finding.evidence.counts)

    def test_table_agrees_with_the_taxonomy(self):
        """Each issue of the table names the same category in the taxonomy."""
        wrong = {
            name
            for name, issue in categories("openai_moderation", "text").items()
            if issues()[issue].mappings["openai"] != name
        }

        assert set() == wrong
