"""What is sent, and what is read, in the form that each vendor documents."""

from __future__ import annotations

import base64
import json

import pytest

from handrail import Actor, InvalidValueError, Item, Media, Report, UnknownNameError, issues
from handrail.testing import make_safety
from handrail_vendors import (
    VendorAnswerError,
    azure_content_safety,
    bedrock_guardrail,
    http_classifier,
    openai_moderation,
)
from handrail_vendors._categories import _rows, categories, levels
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


class TestBedrock:
    """https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html."""

    SETTINGS = {"region": "eu-central-1", "guardrail": "abc123"}  # noqa: RUF012

    @pytest.fixture(name="ask")
    def _ask(self, vendor, look):
        bedrock = vendor("bedrock", blorb="INSULTS")

        def ask(item="you blorb", answer=None, **settings):
            if answer is not None:
                bedrock.will_fail(Failing(body=json.dumps({"assessments": [answer]}).encode()))
            given = {**self.SETTINGS, "endpoint": bedrock.url, **settings}
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
        made = bedrock_guardrail.Settings(**self.SETTINGS)

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
            bedrock_guardrail.Settings(**{**self.SETTINGS, field: value})

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

    @pytest.mark.parametrize(
        "text", ["zqx", "[default]\naws_access_key_id = zqx\n", "[other]\na = zqx\n", ""]
    )
    def test_unusable_profile(self, tmp_path, text):
        """A file without the profile's keys is refused, and nothing of it is repeated."""
        file = tmp_path / "credentials"
        file.write_text(text)

        with pytest.raises(InvalidValueError, match="credentials_file") as refused:
            bedrock_guardrail.Settings(**self.SETTINGS, credentials_file=str(file))
        assert "zqx" not in str(refused.value)


class TestHttp:
    """Any service, as settings say."""

    @pytest.fixture(name="ask")
    def _ask(self, vendor, look):
        service = vendor("plain", blorb="spam")

        def ask(item="buy blorb", answer=None, **settings):
            if answer is not None:
                service.will_fail(Failing(body=json.dumps(answer).encode()))
            return look(http_classifier, item, **{"url": f"{service.url}/classify", **settings})

        ask.received = service.received
        return ask

    SPAM = {"/scores/spam": "integrity.spam"}  # noqa: RUF012

    def test_default_request(self, ask):
        """A text is sent under ``text``, without a key where none is set."""
        assert {"integrity.spam": 0.9} == scores(ask(scores=self.SPAM))
        (sent,) = ask.received
        assert ("/classify", {"text": "buy blorb"}) == (sent.path, sent.json)
        assert "authorization" not in sent.headers

    def test_body_of_its_own(self, ask):
        """The body is as settings have it, with the text and its language in their places."""
        body = {"inputs": ["{text}"], "options": {"lang": "{language}", "k": 3}}
        item = Item("i", 'say "{language}"', language="de")
        ask(item, scores={"/0": "integrity.spam"}, body=body, answer=[0.2])

        sent = {"inputs": ['say "{language}"'], "options": {"lang": "de", "k": 3}}
        assert sent == ask.received[0].json

    def test_key_header_of_its_own(self, ask, monkeypatch):
        """The key stands where the service wants it."""
        monkeypatch.setenv("ACME_KEY", "k1")
        ask(scores=self.SPAM, key_env="ACME_KEY", key_header="X-Api-Key", key_prefix="")

        assert "k1" == ask.received[0].headers["x-api-key"]

    def test_headers_of_its_own(self, ask):
        """Further headers are sent as they are."""
        ask(scores=self.SPAM, headers={"X-Tenant": "acme"})

        assert "acme" == ask.received[0].headers["x-tenant"]

    @pytest.mark.parametrize(
        ("answer", "pointer"),
        [
            ({"a": {"b": 0.7}}, "/a/b"), ([{"s": 0.7}], "/0/s"), ({"a/b": 0.7}, "/a~1b"),
            ({"~": 0.7}, "/~0"), ({"0": 0.7}, "/0"), ({"": 0.7}, "/"), (0.7, ""),
        ],
    )  # fmt: skip
    def test_pointers(self, ask, answer, pointer):
        """A score may stand anywhere (RFC 6901)."""
        assert {"integrity.spam": 0.7} == scores(
            ask(answer=answer, scores={pointer: "integrity.spam"})
        )

    def test_scale(self, ask):
        """A service that counts to 100 is divided by it."""
        assert {"integrity.spam": 0.7} == scores(
            ask(answer=70, scores={"": "integrity.spam"}, scale=100)
        )

    def test_labels(self, ask):
        """A list of labels with scores is read by label; one that is not named is a gap."""
        rows = [{"label": "toxic", "p": 0.8}, {"label": "ok", "p": 0.01}, {"label": "zqx", "p": 1}]
        found = ask(
            answer=[rows],
            labels={"toxic": "harassment.bullying"},
            labels_at="/0",
            score_key="p",
        )

        assert {"harassment.bullying": 0.8, "other.unknown": 1.0} == scores(found)
        assert "zqx" not in repr(found)

    @pytest.mark.parametrize(
        "answer", [{}, {"scores": {}}, {"scores": {"spam": None}}, {"scores": {"spam": 2}}, [], 1]
    )
    def test_missing_score_is_an_error(self, ask, answer):
        """A score that is not where it should be is no score of 0."""
        with pytest.raises(VendorAnswerError):
            ask(answer=answer, scores=self.SPAM)

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"url": ""}, "url"),
            ({"scores": {}}, "scores"),
            ({"scores": {"a": "integrity.spam"}}, "JSON pointer"),
            ({"scores": {"/a": "no.issue"}}, "unknown issue"),
            ({"labels_at": "a"}, "JSON pointer"),
            ({"body": {"text": "no place"}}, "body"),
            ({"body": {"text": "{text}", "x": "y" * 20_000}}, "body"),
            ({"headers": {"Authorization": "zqx"}}, "key_env"),
            ({"headers": {"X-Api-Key": "zqx"}}, "key_env"),
            ({"headers": {"Host": "evil.example"}}, "itself"),
            ({"headers": {"X-A": "zqx\r\nX-B: 1"}}, "headers"),
            ({"key_header": "Host"}, "key_header"),
            ({"scale": 0}, "scale"),
        ],
    )
    def test_wrong_settings(self, settings, words):
        """What cannot work, or would carry a secret in the open, is refused at start-up."""
        usual = {"url": "https://service.example/", "scores": self.SPAM}

        with pytest.raises(InvalidValueError, match=words) as refused:
            http_classifier.Settings(**{**usual, **settings})
        assert "zqx" not in str(refused.value)


class TestWhatIsSent:
    """Text and pictures, as far as settings say; never a person."""

    @pytest.mark.parametrize(
        ("form", "module", "settings"),
        [
            ("openai", openai_moderation, {"url": "{url}"}),
            ("azure", azure_content_safety, {"endpoint": "{url}"}),
            ("bedrock", bedrock_guardrail, {**TestBedrock.SETTINGS, "endpoint": "{url}"}),
            ("plain", http_classifier, {"url": "{url}", "scores": {"": "integrity.spam"}}),
        ],
    )
    def test_no_person_is_sent(self, vendor, form, module, settings):
        """Of who writes, reads and reports nothing leaves the host, nor does any id."""
        server = vendor(form)
        given = {k: server.url if v == "{url}" else v for k, v in settings.items()}
        somebody = Actor("zqx-1", age=15, region="DE", language="de", tags={"zqx"})
        item = Item(
            "zqx-2", "hello", author=somebody, participants=[somebody], recipients=[somebody],
            media=[picture(PNG, url="https://zqx.example/", hashes={"pdq": "zqx"})],
            links=["https://zqx.example/"], parent_id="zqx-3", thread_id="zqx-4",
            session_id="zqx-5", tags={"zqx"}, attributes={"zqx": "zqx"},
        )  # fmt: skip

        with make_safety(module, settings={module.MANIFEST.name: given}, budget_ms=5_000) as safety:
            comments = safety.feature("comments")
            comments.pre_publish(item)
            comments.post_publish(item)
            comments.report(Report(id="zqx-6", item=item, reporter=somebody, text="zqx"))

        sent = b"".join(r.body for r in server.received).decode()
        heads = " ".join(f"{r.path} {sorted(r.headers)}" for r in server.received)
        assert len(server.received) >= 3
        assert "zqx" not in sent + heads

    @pytest.mark.parametrize(
        ("data", "kept"),
        [
            (PNG, True), (JPEG, True), (b"GIF89a.", True), (b"RIFF\0\0\0\0WEBP", True),
            (b"<svg/>", False), (b"%PDF", False), (b"", False), (b"RIFF\0\0\0\0WAVE", False),
            (PNG + bytes(20_000_000), False),
        ],
    )  # fmt: skip
    def test_pictures_by_their_first_bytes(self, openai, ask, used, data, kept):
        """What is no picture, or too large a one, is not sent, and that is counted."""
        ask(Item("i", media=[picture(data)]))

        assert (int(kept), int(not kept)) == (len(openai.received), used().left_out)

    def test_no_more_pictures_than_allowed(self, openai, ask, used):
        """A host bounds what one item may cost."""
        ask(Item("i", media=[picture(PNG)] * 5), max_images=2)

        assert (2, 3) == (len(openai.received), used().left_out)

    def test_strange_text_is_sent_as_far_as_it_can_be(self, openai, ask):
        """A lone surrogate is no text; the rest arrives as it is."""
        ask("a\ud800b \x00 𝖍i")

        assert "a?b \x00 𝖍i" == openai.received[0].json["input"]

    def test_a_failed_picture_leaves_the_text(self, openai):
        """What the text gave is kept, although its picture could not be asked about."""
        openai.will_fail(*[Failing(status=400)])
        settings = {"openai_moderation": {"url": openai.url, "concurrency": 1}}
        with make_safety(openai_moderation, settings=settings, budget_ms=5_000) as safety:
            item = Item("c1", "you blorb", media=[picture(PNG), picture(PNG)])
            decision = safety.feature("comments").pre_publish(item)

        assert 1 == len(decision.faults)
        assert "openai_moderation" == decision.faults[0].source


class TestFindable:
    """A module finds what its settings make of it, and the SDK counts on no more."""

    @pytest.mark.parametrize(
        ("module", "settings", "there", "away"),
        [
            (http_classifier, {"url": "https://a.example", "scores": {"/a": "integrity.spam"}},
             {"integrity.spam"}, {"other.unknown", "child_safety.csam"}),
            (http_classifier, {"url": "https://a.example", "labels": {"a": "child_safety.csam"}},
             {"child_safety.csam", "other.unknown"}, {"integrity.spam"}),
            (azure_content_safety, {"endpoint": "https://a.example", "categories": ["Hate"],
             "blocklists": {"a": "goods.drugs"}},
             {"hate.speech", "goods.drugs", "other.unknown"}, {"sexual.explicit"}),
            (bedrock_guardrail, {**TestBedrock.SETTINGS, "topics": {"a": "goods.drugs"}},
             {"hate.speech", "goods.drugs", "other.unknown"}, {"goods.weapons"}),
        ],
    )  # fmt: skip
    def test_narrows(self, module, settings, there, away):
        """Only what categories, lists and labels stand for is findable."""
        with make_safety(module, settings={module.MANIFEST.name: settings}) as safety:
            found = safety.modules[0].manifest.findable

        assert there <= found
        assert set() == away & found


class TestTables:
    """The tables of categories and levels are whole."""

    def test_every_issue_is_known(self):
        """No row names an issue that the taxonomy does not have."""
        assert set() == {row["issue"] for row in _rows("categories.csv")} - set(issues())

    @pytest.mark.parametrize("vendor", ["azure_content_safety", "bedrock_guardrail"])
    def test_more_is_more(self, vendor):
        """A higher level never has a lower score."""
        listed = [*levels(vendor).values()]

        assert sorted(listed) == listed

    @pytest.mark.parametrize("module", [openai_moderation, azure_content_safety, bedrock_guardrail])
    def test_manifest_has_every_category(self, module):
        """Whatever a vendor says, its module may find."""
        name = module.MANIFEST.name
        named = {row["issue"] for row in _rows("categories.csv") if row["vendor"] == name}

        assert set() == named - module.MANIFEST.findable
