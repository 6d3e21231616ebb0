"""What Azure AI Content Safety is asked, and how its answers are read."""

from __future__ import annotations

import base64
import json

import pytest

from handrail import InvalidValueError, Item, Media, UnknownNameError
from handrail_vendors import (
    VendorAnswerError,
    azure_content_safety,
)
from handrail_vendors._categories import categories
from handrail_vendors.testing import Failing

PNG, JPEG = b"\x89PNG\r\n\x1a\n" + bytes(8), b"\xff\xd8\xff\xe0" + bytes(8)


def picture(data, **more):
    """A picture with these bytes."""
    return Media(id="m1", type="image/png", data=data, **more)


def scores(found):
    """Score by issue."""
    return {finding.issue: finding.score for finding in found}


class TestAzure:
    """https://learn.microsoft.com/en-us/rest/api/contentsafety/text-operations/analyze-text."""

    @pytest.fixture(name="azure")
    def _azure(self, vendor):
        return vendor("azure", blorb="Hate", snarf="drugs")

    def test_text_request(self, azure, look, key):
        """A text goes to its operation, with the version, the key and what is asked for."""
        look(azure_content_safety, "you blorb", endpoint=azure.url)

        (sent,) = azure.received
        assert "/contentsafety/text:analyze?api-version=2024-09-01" == sent.path
        assert key == sent.headers["ocp-apim-subscription-key"]
        assert {
            "text": "you blorb",
            "categories": ["Hate", "SelfHarm", "Sexual", "Violence"],
            "outputType": "EightSeverityLevels",
        } == sent.json

    def test_image_request(self, azure, look):
        """An image goes to its own operation, in base64."""
        look(azure_content_safety, Item("i", media=[picture(PNG)]), endpoint=azure.url)

        (sent,) = azure.received
        assert "/contentsafety/image:analyze?api-version=2024-09-01" == sent.path
        assert {"content": base64.b64encode(PNG).decode()} == sent.json["image"]
        assert "FourSeverityLevels" == sent.json["outputType"]

    def test_blocklists(self, azure, look):
        """Blocklists are asked for by name, and a match is the issue that settings give."""
        found = look(
            azure_content_safety,
            "fresh snarf",
            endpoint=azure.url,
            blocklists={"drugs": "goods.drugs"},
            halt_on_blocklist_hit=True,
        )

        sent = azure.received[0].json
        assert (["drugs"], True) == (sent["blocklistNames"], sent["haltOnBlocklistHit"])
        assert {"goods.drugs": 1.0} == scores(found)
        assert "snarf" not in repr(found)

    def test_a_list_nobody_asked_for(self, azure, look):
        """A match of a list that settings do not name is no answer to what was asked."""
        match = {"blocklistName": "zqx", "blocklistItemId": "1", "blocklistItemText": "zqx"}
        body = {"categoriesAnalysis": [], "blocklistsMatch": [match]}
        azure.will_fail(Failing(body=json.dumps(body).encode()))

        with pytest.raises(VendorAnswerError):
            look(azure_content_safety, "x", endpoint=azure.url)

    @pytest.mark.parametrize(
        ("severity", "score"),
        [(0, 0), (1, 0.15), (2, 0.3), (3, 0.45), (4, 0.6), (5, 0.75), (6, 0.9), (7, 1)],
    )
    def test_severities(self, azure, look, severity, score):
        """Each of eight severities has its score, the four of the short scale among them."""
        body = {"categoriesAnalysis": [{"category": "Violence", "severity": severity}]}
        azure.will_fail(Failing(body=json.dumps(body).encode()))

        found = look(azure_content_safety, "x", endpoint=azure.url)

        assert ({"violence.incitement": score} if score else {}) == scores(found)

    def test_four_levels(self, azure, look):
        """The short scale is asked for by name."""
        look(azure_content_safety, "x", endpoint=azure.url, levels="four")

        assert "FourSeverityLevels" == azure.received[0].json["outputType"]

    @pytest.mark.parametrize(
        "row",
        [
            {"category": "Hate"}, {"severity": 2}, {"category": "Hate", "severity": 8},
            {"category": 1, "severity": 2}, {"category": "Hate", "severity": None},
            {"category": "Hate", "severity": 2.5},
        ],
    )  # fmt: skip
    def test_wrong_form(self, azure, look, row):
        """A row of another form is refused."""
        azure.will_fail(Failing(body=json.dumps({"categoriesAnalysis": [row]}).encode()))

        with pytest.raises(VendorAnswerError):
            look(azure_content_safety, "x", endpoint=azure.url)

    def test_images_mean_something_else(self):
        """Violence in a picture is shown, violence in a text is said."""
        kinds = [categories("azure_content_safety", kind)["Violence"] for kind in ("text", "image")]

        assert ["violence.incitement", "violence.graphic"] == kinds

    @pytest.mark.parametrize(
        ("settings", "error", "words"),
        [
            ({}, InvalidValueError, "endpoint"),
            ({"blocklists": {"a": "no.issue"}}, UnknownNameError, "blocklists"),
            ({"blocklists": ["a"]}, InvalidValueError, "names by name"),
            ({"levels": "nine"}, InvalidValueError, "levels"),
            ({"categories": ["hate"]}, InvalidValueError, "categories"),
            ({"max_characters": 10_001}, InvalidValueError, "max_characters"),
        ],
    )
    def test_wrong_settings(self, settings, error, words):
        """What cannot work is refused at start-up."""
        where = {"endpoint": "https://one.cognitiveservices.azure.com"} if settings else {}

        with pytest.raises(error, match=words):
            azure_content_safety.Settings(**where, **settings)
