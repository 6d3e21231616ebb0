"""What a classifier of anybody's is asked, and how its answers are read."""

from __future__ import annotations

import json

import pytest

from handrail import InvalidValueError, Item, Manifest
from handrail.testing import make_safety
from handrail_vendors import (
    VendorAnswerError,
    http_classifier,
)
from handrail_vendors.testing import Failing


def scores(found):
    """Score by issue."""
    return {finding.issue: finding.score for finding in found}


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

    @pytest.mark.parametrize("order", [[0.4, 0.8], [0.8, 0.4]])
    def test_strongest_of_an_issue(self, ask, order):
        """Where several labels are of one issue, the highest score stands."""
        rows = [{"label": name, "score": score} for name, score in zip("ab", order, strict=True)]

        found = ask(answer=rows, labels={"a": "hate.speech", "b": "hate.speech"})
        assert [0.8] == [finding.score for finding in found]

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

    def test_several_under_names_of_their_own(self, vendor):
        """With a manifest each, classifiers stand side by side and cover what theirs say."""
        server = vendor("plain", blorb="spam")
        names = ("first", "second")
        modules = [
            http_classifier.named(
                Manifest(name=n, version="1", issues={"integrity.spam"}, surfaces={"*"})
            )
            for n in names
        ]
        settings = {name: {"url": server.url, "scores": self.SPAM} for name in names}

        with make_safety(*modules, settings=settings, budget_ms=5_000) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1", "buy blorb"))
            sends = [m.manifest.sends for m in safety.modules]

        assert [*names] == [finding.module for finding in decision.findings]
        assert [{"text"}] * 2 == sends
