"""What a guardrail of AWS Bedrock is asked, and how its answers are read."""

from __future__ import annotations

import base64
import json

import pytest

from handrail import InvalidValueError, Item, Media
from handrail._inspect import read_settings
from handrail._values import Placed
from handrail_vendors import (
    VendorAnswerError,
    bedrock_guardrail,
)
from handrail_vendors.testing import Failing

PNG, JPEG = b"\x89PNG\r\n\x1a\n" + bytes(8), b"\xff\xd8\xff\xe0" + bytes(8)
SETTINGS = {"region": "eu-central-1", "guardrail": "abc123"}


def picture(data, **more):
    """A picture with these bytes."""
    return Media(id="m1", type="image/png", data=data, **more)


def scores(found):
    """Score by issue."""
    return {finding.issue: finding.score for finding in found}


class TestBedrock:
    """https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html."""

    @pytest.fixture(name="ask")
    def _ask(self, vendor, look):
        bedrock = vendor("bedrock", blorb="INSULTS")

        def ask(item="you blorb", answer=None, **settings):
            if answer is not None:
                bedrock.will_fail(Failing(body=json.dumps({"assessments": [answer]}).encode()))
            given = {**SETTINGS, "endpoint": bedrock.url, **settings}
            return look(bedrock_guardrail, item, **given)

        ask.received = bedrock.received
        return ask

    def test_text_request(self, ask):
        """A text goes to the guardrail's version, as one block of content."""
        ask("you blorb", guardrail_version="3")

        (sent,) = ask.received
        assert "/guardrail/abc123/version/3/apply" == sent.path
        assert {
            "source": "INPUT",
            "content": [{"text": {"text": "you blorb"}}],
            "outputScope": "FULL",
        } == sent.json

    def test_image_request(self, ask):
        """An image is a block with its format."""
        ask(Item("i", media=[picture(JPEG)]))

        bytes_ = base64.b64encode(JPEG).decode()
        image = {"format": "jpeg", "source": {"bytes": bytes_}}
        assert [{"image": image}] == ask.received[0].json["content"]

    def test_arn_is_one_part_of_the_path(self, ask):
        """An ARN is percent-encoded, so that its slash parts nothing."""
        ask(guardrail="arn:aws:bedrock:eu-central-1:123456789012:guardrail/abc")

        arn = "arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Aguardrail%2Fabc"
        assert f"/guardrail/{arn}/version/DRAFT/apply" == ask.received[0].path

    def test_is_signed(self, ask):
        """Each request is signed for the service ``bedrock`` in its region."""
        ask()

        said = ask.received[0].headers["authorization"]
        assert said.startswith("AWS4-HMAC-SHA256 Credential=zqx-a-key/")
        assert "/eu-central-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz" in said

    def test_usual_address(self):
        """Without an endpoint of its own, a region's runtime is asked."""
        made = bedrock_guardrail.Settings(**SETTINGS)

        assert "https://bedrock-runtime.eu-central-1.amazonaws.com" == made.base

    @pytest.mark.parametrize(
        ("confidence", "score"), [("NONE", 0), ("LOW", 0.3), ("MEDIUM", 0.6), ("HIGH", 0.9)]
    )
    def test_confidences(self, ask, confidence, score):
        """Each confidence has its score, whether or not the guardrail would act on it."""
        row = {"type": "HATE", "confidence": confidence, "action": "NONE", "detected": False}

        found = ask(answer={"contentPolicy": {"filters": [row]}})

        assert ({"hate.speech": score} if score else {}) == scores(found)

    def test_topics(self, ask):
        """A denied topic is the issue that settings give; one they do not name is a gap."""
        rows = [{"name": n, "type": "DENY", "action": "BLOCKED"} for n in ("Drugs", "zqx")]

        found = ask(answer={"topicPolicy": {"topics": rows}}, topics={"Drugs": "goods.drugs"})

        assert {"goods.drugs": 0.9, "other.unknown": 0.9} == scores(found)
        assert "zqx" not in repr(found)

    def test_words_and_personal_data(self, ask):
        """Matches are counted by policy; what matched is left unread."""
        match = {"match": "zqx", "action": "BLOCKED"}
        answer = {
            "wordPolicy": {
                "customWords": [match, match],
                "managedWordLists": [{**match, "type": "PROFANITY"}],
            },
            "sensitiveInformationPolicy": {
                "piiEntities": [{**match, "type": "EMAIL", "action": "ANONYMIZED"}],
                "regexes": [{"name": "zqx", "regex": "zqx", "action": "NONE"}],
            },
        }

        found = ask(answer=answer, words={"custom": "integrity.spam"})

        expected = {"integrity.spam": 2, "harassment.bullying": 1, "privacy.doxxing": 1}
        assert expected == {f.issue: f.evidence.counts["matches"] for f in found}
        assert "zqx" not in repr(found)

    def test_what_was_not_detected_is_no_match(self, ask):
        """With the scope FULL, personal data that is passed is listed too."""
        row = {"match": "x", "type": "EMAIL", "action": "NONE", "detected": False}

        policy = {"piiEntities": [row], "regexes": []}
        assert [] == ask(answer={"sensitiveInformationPolicy": policy})

    @pytest.mark.parametrize(
        "answer",
        [
            {"contentPolicy": {"filters": [{"type": "HATE", "confidence": "SURE"}]}},
            {"contentPolicy": {"filters": [{"type": "HATE"}]}},
            {"contentPolicy": {"filters": {}}},
            {"contentPolicy": []},
            {"topicPolicy": {"topics": [{"name": "x"}]}},
        ],
    )
    def test_wrong_form(self, ask, answer):
        """What is not of the documented form is refused."""
        with pytest.raises(VendorAnswerError):
            ask(answer=answer)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("region", ""), ("region", "evil.example/x"), ("guardrail", ""),
            ("guardrail", "../x"), ("guardrail", "ABC"), ("guardrail_version", "0"),
            ("guardrail_version", "latest"), ("source", "BOTH"), ("output_scope", "full"),
        ],
    )  # fmt: skip
    def test_wrong_settings(self, field, value):
        """What cannot work, or would lead elsewhere, is refused at start-up."""
        with pytest.raises(InvalidValueError, match=field):
            bedrock_guardrail.Settings(**{**SETTINGS, field: value})

    def test_credentials_from_a_profile(self, ask, tmp_path):
        """AWS's shared file is read, with a session's token if it has one."""
        file = tmp_path / "credentials"
        file.write_text(
            "[default]\naws_access_key_id = A\naws_secret_access_key = S\n"
            "[safety]\naws_access_key_id = AKID\naws_secret_access_key = SECRET%\n"
            "aws_session_token = TOKEN\n"
        )
        ask(credentials_file=str(file), profile="safety")

        sent = ask.received[0].headers
        assert "TOKEN" == sent["x-amz-security-token"]
        assert "Credential=AKID/" in sent["authorization"]

    def test_profile_is_seen_from_the_settings_file(self, tmp_path):
        """Wherever a service runs, AWS's file is found beside its settings."""
        (tmp_path / "aws").write_text(
            "[default]\naws_access_key_id = A\naws_secret_access_key = S\n"
        )
        given = Placed(
            {**SETTINGS, "credentials_file": "aws"}, lambda *key: "handrail.yaml:1:1", tmp_path
        )

        assert "A" == read_settings(bedrock_guardrail.Settings, given, "settings").key.get().access

    @pytest.mark.parametrize(
        "text", ["zqx", "[default]\naws_access_key_id = zqx\n", "[other]\na = zqx\n", ""]
    )
    def test_unusable_profile(self, tmp_path, text):
        """A file without the profile's keys is refused, and nothing of it is repeated."""
        file = tmp_path / "credentials"
        file.write_text(text)

        with pytest.raises(InvalidValueError, match="credentials_file") as refused:
            bedrock_guardrail.Settings(**SETTINGS, credentials_file=str(file))
        assert "zqx" not in str(refused.value)
