"""What leaves the host, and what modules can find: the same for all vendors."""

from __future__ import annotations

import pytest

from handrail import Actor, Item, Media, Report, issues
from handrail.testing import make_safety
from handrail_vendors import (
    azure_content_safety,
    bedrock_guardrail,
    http_classifier,
    openai_moderation,
)
from handrail_vendors._categories import _rows, levels
from handrail_vendors.testing import Failing

PNG, JPEG = b"\x89PNG\r\n\x1a\n" + bytes(8), b"\xff\xd8\xff\xe0" + bytes(8)
SETTINGS = {"region": "eu-central-1", "guardrail": "abc123"}


def picture(data, **more):
    """A picture with these bytes."""
    return Media(id="m1", type="image/png", data=data, **more)


class TestWhatIsSent:
    """Text and pictures, as far as settings say; never a person."""

    @pytest.mark.parametrize(
        ("form", "module", "settings"),
        [
            ("openai", openai_moderation, {"url": "{url}"}),
            ("azure", azure_content_safety, {"endpoint": "{url}"}),
            ("bedrock", bedrock_guardrail, {**SETTINGS, "endpoint": "{url}"}),
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
            (bedrock_guardrail, {**SETTINGS, "topics": {"a": "goods.drugs"}},
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
