"""Requests and their answers over a real connection: what is taken, what is refused and how."""

from __future__ import annotations

import http.client
import json
import re

import httpx
import pytest

from handrail import Decision, HostEvent, Receipt
from handrail_asgi import Limits


def problem(response):
    """Status, kind, and where and what is wrong."""
    said = response.json()
    assert "application/problem+json" == response.headers["content-type"]
    assert response.status_code == said["status"]
    return said["status"], said["type"].rpartition(":")[2], [
        (e["pointer"], e["detail"]) for e in said.get("errors", ())
    ]  # fmt: skip


class TestPrePublish:
    """``POST /v1/pre_publish``."""

    def test_answers_with_the_decision(self, client, ask):
        """The answer is the decision, as the SDK would give it."""
        answer = client.post("/v1/pre_publish", json=ask(text="grumpf", id="c-block"))
        decision = Decision.from_json(answer.json())

        assert (200, "BLOCK", "c-block", "video_comments") == (
            answer.status_code, decision.action.name, decision.item, decision.feature,
        )  # fmt: skip

    def test_a_second_client_is_answered_alike(self, served, ask):
        """A client of another library gets the same answer."""
        body = json.dumps(ask(text="grumpf"))
        headers = {"Authorization": f"Bearer {served.key()}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        connection.request("POST", "/v1/pre_publish", body, headers)
        response = connection.getresponse()
        said = json.load(response)
        connection.close()

        assert (200, "block") == (response.status, said["action"])

    def test_the_module_sees_the_item(self, client, served, ask):
        """What was sent reaches the module: text, author and age."""
        client.post("/v1/pre_publish", json=ask(id="c-seen", author={"id": "u", "age": 17}))
        seen = next(item for item in served.module.seen if item.id == "c-seen")

        assert (17, "a friendly word") == (seen.author.age.value, seen.text)

    def test_a_chunked_body_is_read(self, client, ask):
        """A body that says no length is read to its end."""
        body = json.dumps(ask(text="grumpf")).encode()
        answer = client.post(
            "/v1/pre_publish",
            content=iter([body[:20], body[20:]]),
            headers={"content-type": "application/json; charset=UTF-8"},
        )

        assert "block" == answer.json()["action"]


class TestBatch:
    """``POST /v1/pre_publish/batch``."""

    def test_answers_in_order(self, client, ask):
        """Each item has its decision, in the order of the request."""
        items = [ask(text=text)["item"] for text in ("hello", "grumpf", "hello") * 20]
        answer = client.post(
            "/v1/pre_publish/batch", json={"feature": "video_comments", "items": items}
        )
        said = answer.json()["decisions"]

        assert ([i["id"] for i in items], ["allow", "block", "allow"] * 20) == (
            [d["item"] for d in said], [d["action"] for d in said],
        )  # fmt: skip

    def test_one_wrong_item_stops_all(self, client, served, ask):
        """A malformed item is told by its place, and none is looked at."""
        items = [{"id": "c-first"}, {"id": "c-second", "revision": -1}]
        answer = client.post(
            "/v1/pre_publish/batch", json={"feature": "video_comments", "items": items}
        )

        assert (422, "invalid", [("/items/1/revision", "expected 0 or more")]) == problem(answer)
        assert "c-first" not in {item.id for item in served.module.seen}


class TestAfterwards:
    """What is handed in or told back."""

    def test_post_publish_gives_a_receipt(self, client, ask):
        """What was published is taken in, with a receipt."""
        answer = client.post("/v1/post_publish", json=ask(id="c-out"))
        receipt = Receipt.from_json(answer.json())

        assert (202, "c-out", "post_publish") == (
            answer.status_code, receipt.item, receipt.stage.value,
        )  # fmt: skip

    def test_a_report_gives_a_receipt(self, client, ask):
        """A report is taken in, with a receipt."""
        report = {"id": "r-1", "item": ask(id="c-bad")["item"], "issue": "integrity.spam"}
        answer = client.post("/v1/reports", json={"feature": "video_comments", "report": report})
        receipt = Receipt.from_json(answer.json())

        assert (202, "c-bad", "report") == (answer.status_code, receipt.item, receipt.stage.value)

    def test_a_report_on_a_missing_item_is_visible_as_such(self, client):
        """A report that only names an item is taken in, and says that something was missing."""
        report = {"id": "r-2", "item_id": "c-gone"}
        answer = client.post("/v1/reports", json={"feature": "video_comments", "report": report})

        assert (202, "c-gone", True) == (
            answer.status_code, answer.json()["item"], answer.json()["degraded"],
        )  # fmt: skip

    def test_events_reach_the_record(self, client, served):
        """What the host tells back is recorded: carried out, viewed, withdrawn."""
        events = [
            {"name": "carried_out", "decision": "8f" * 12, "action": "block", "item": "c-told",
             "revision": 2, "published": False},
            {"name": "viewed", "item": "c-told", "revision": 2, "views": 7, "segment": "DE"},
            {"name": "withdrawn", "item": "c-told", "revision": 2},
        ]  # fmt: skip
        answer = client.post("/v1/events", json={"feature": "video_comments", "events": events})
        served.face.safety._core.flush()
        told = [e for e in served.sink.entries if isinstance(e, HostEvent) and e.item == "c-told"]

        assert (202, 3) == (answer.status_code, answer.json()["accepted"])
        assert [
            ("carried_out", 2, "8f" * 12, False, None), ("viewed", 2, None, None, 7),
            ("withdrawn", 2, None, False, None),
        ] == [(e.name, e.revision, e.decision, e.published, e.views) for e in told]  # fmt: skip


class TestRefusals:
    """What is refused, with which status, and what is said of it."""

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            pytest.param({"grumpf!": 1}, "/item/*", id="odd key"),
            pytest.param({"txet": "grumpf"}, "/item/txet", id="unknown field"),
            pytest.param({"id": ""}, "/item/id", id="empty id"),
            pytest.param({"text": 5}, "/item/text", id="wrong type"),
            pytest.param({"language": "grumpf!"}, "/item/language", id="pattern"),
            pytest.param({"created_at": "grumpf"}, "/item/created_at", id="time"),
            pytest.param({"created_at": "2026-12-01T00:00:00"}, "/item/created_at", id="no zone"),
            pytest.param({"author": {"id": "u", "age": 200}}, "/item/author/age", id="age"),
            pytest.param({"author": {"id": "u", "age": {"value": -1}}}, "/item/author/age/value",
                         id="age as object"),
            pytest.param({"participants": [{"id": "u"}, {}]}, "/item/participants/1/id",
                         id="missing in a list"),
            pytest.param({"amount": {"value": "grumpf", "currency": "EUR"}}, "/item/amount/value",
                         id="amount"),
            pytest.param({"id": "c-9", "parent_id": "c-9"}, "/item/parent_id", id="own parent"),
        ],
    )  # fmt: skip
    def test_points_to_the_field(self, client, ask, wrong, pointer):
        """What does not fit is told by its place, and never by what was sent."""
        answer = client.post("/v1/pre_publish", json=ask(**wrong))
        status, kind, errors = problem(answer)

        assert (422, "invalid", [pointer]) == (status, kind, [where for where, _ in errors])
        assert "grumpf" not in answer.text

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"territory": ["grumpf"]}, "/report/territory/0"),
            ({"issue": "grumpf"}, "/report/issue"),
            ({"order": "grumpf", "source": "authority"}, "/report/order"),
            ({"order": "act", "source": "user"}, "/report/source"),
            ({"item": {"id": "c-2"}, "item_id": "c-1"}, "/report"),
        ],
    )
    def test_points_to_the_field_of_a_report(self, client, wrong, pointer):
        """What is wrong with a report is told by its place as well, never by its words."""
        report = {"id": "r-9", "item_id": "c-1", **wrong}
        answer = client.post("/v1/reports", json={"feature": "video_comments", "report": report})

        assert (422, "invalid", [pointer]) == (
            *problem(answer)[:2], [where for where, _ in problem(answer)[2]],
        )  # fmt: skip
        assert "grumpf" not in answer.text

    def test_a_misspelt_issue_is_told_what_is_near(self, client):
        """Of the many issues the nearest is named, not the first dozen."""
        report = {"id": "r-9", "item_id": "c-1", "issue": "integrity.spamm"}
        answer = client.post("/v1/reports", json={"feature": "video_comments", "report": report})
        ((pointer, said),) = problem(answer)[2]

        assert "/report/issue" == pointer
        assert re.fullmatch(r"expected one of \d+ names; did you mean integrity\.spam\?", said)

    def test_of_few_names_all_are_told(self, client):
        """Where there are few names, all of them are told beside the nearest."""
        report = {"id": "r-9", "item_id": "c-1", "source": "autority"}
        answer = client.post("/v1/reports", json={"feature": "video_comments", "report": report})

        assert [(
            "/report/source",
            "expected one of user, trusted_flagger, authority, notice; did you mean authority?",
        )] == problem(answer)[2]  # fmt: skip

    def test_several_faults_are_told_at_once(self, client, ask):
        """All that is wrong with a body is told together."""
        answer = client.post("/v1/pre_publish", json=ask(id="", text=1, kind="No Name"))

        assert {"/item/id", "/item/text", "/item/kind"} == {p for p, _ in problem(answer)[2]}

    def test_not_json_is_400(self, client):
        """A body that is no JSON is malformed."""
        kind = {"content-type": "application/json"}
        answer = client.post("/v1/pre_publish", content=b'{"grumpf', headers=kind)

        assert (400, "malformed") == problem(answer)[:2]
        assert "grumpf" not in answer.text

    def test_an_unknown_feature_is_404(self, client, ask):
        """A feature that the settings do not declare is not there."""
        answer = client.post("/v1/pre_publish", json=ask("grumpf_comments"))

        assert (404, "not-found", ["/feature"]) == (
            *problem(answer)[:2], [where for where, _ in problem(answer)[2]],
        )  # fmt: skip
        assert "grumpf" not in answer.text

    def test_a_misspelt_feature_is_told_what_is_near(self, client, ask):
        """Who may ask every feature is told which one has nearly that name."""
        answer = client.post("/v1/pre_publish", json=ask("video_coments"))

        assert [("/feature", "is no feature of this service; did you mean video_comments?")] == (
            problem(answer)[2]
        )

    def test_an_unknown_path_is_404(self, client):
        """A path that is none is not there."""
        assert (404, "not-found", []) == problem(client.get("/v1/nothing"))

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [("GET", "/v1/pre_publish", "POST"), ("POST", "/healthz", "GET, HEAD"),
         ("OPTIONS", "/v1/reports", "POST"), ("DELETE", "/v1/decisions/1", "GET, HEAD")],
    )  # fmt: skip
    def test_another_method_is_405(self, client, method, path, allowed):
        """A path says which methods it has; OPTIONS is none, for there is no CORS."""
        answer = client.request(method, path)

        assert (405, allowed, False) == (
            answer.status_code, answer.headers["allow"],
            "access-control-allow-origin" in answer.headers,
        )  # fmt: skip

    @pytest.mark.parametrize(
        "headers",
        [{"content-type": "text/plain"}, {"content-type": "application/json; charset=latin-1"}, {},
         {"content-type": "application/json", "content-encoding": "gzip"}],
    )  # fmt: skip
    def test_another_media_type_is_415(self, client, headers):
        """Only JSON in UTF-8, as it is, is read."""
        answer = client.post("/v1/pre_publish", content=b"{}", headers=headers)

        assert (415, "unsupported-media-type", []) == problem(answer)


@pytest.fixture(name="small", scope="module")
def _small(serve):
    with serve(limits=Limits(body_bytes=2000, items=3, depth=6)) as served:
        yield served


class TestLimits:
    """What is too much is refused before it is worked."""

    def test_a_large_body_is_413(self, small, ask):
        """A body that says that it is too large is refused unread."""
        with small.client() as client:
            answer = client.post("/v1/pre_publish", json=ask(text="a" * 2000))

        assert (413, "too-large", []) == problem(answer)

    def test_a_body_that_grows_too_large_is_413(self, small):
        """A body that says no length is refused when it has become too large."""
        kind = {"content-type": "application/json"}
        with small.client() as client:
            answer = client.post("/v1/reports", content=iter([b" " * 1500] * 2), headers=kind)

        assert (413, "too-large", []) == problem(answer)

    def test_too_many_items_are_413(self, small, ask):
        """A batch with too many items is refused before any is read."""
        items = [ask()["item"] for _ in range(4)]
        with small.client() as client:
            answer = client.post(
                "/v1/pre_publish/batch", json={"feature": "video_comments", "items": items}
            )

        assert (413, "too-large", [("/items", "expected at most 3")]) == problem(answer)

    def test_too_many_values_are_400(self, client, ask):
        """A body of many small values is refused before any is read: each costs some work."""
        people = [{"id": "u"}] * 10_000
        answer = client.post("/v1/pre_publish", json=ask(participants=people))

        assert (400, "malformed", [("", "more than 10000 values")]) == problem(answer)

    def test_of_many_faults_the_first_is_told(self, client, ask):
        """A body with thousands of faults is answered as soon as one is found."""
        answer = client.post("/v1/pre_publish", json=ask(participants=[5] * 9_000))

        assert (422, "invalid", [("/item/participants/0", "expected object")]) == problem(answer)

    def test_commas_in_texts_are_no_values(self, client, ask):
        """A long text is one value, whatever is in it."""
        assert 200 == client.post("/v1/pre_publish", json=ask(text=',"' * 20_000)).status_code

    def test_too_deep_is_400(self, small, ask):
        """A body with too many levels is refused before it is parsed."""
        with small.client() as client:
            answer = client.post("/v1/pre_publish", json=ask(attributes={"a": [[[[[1]]]]]}))

        assert (400, "malformed", [("", "more than 6 levels deep")]) == problem(answer)


class TestTwice:
    """A header that comes twice is not one of the two."""

    @pytest.mark.parametrize(
        ("name", "value", "status"),
        [("authorization", "Bearer {key}", 401), ("content-type", "application/json", 415),
         ("idempotency-key", "k-1", 400)],
    )  # fmt: skip
    def test_is_refused(self, served, ask, name, value, status):
        """Two servers might each take another."""
        key = served.key()
        headers = [
            ("authorization", f"Bearer {key}"), ("content-type", "application/json"),
            ("idempotency-key", "k-1"), (name, value.format(key=key)),
        ]  # fmt: skip
        body = json.dumps(ask()).encode()
        answer = httpx.post(f"{served.url}/v1/pre_publish", content=body, headers=headers)

        assert status == answer.status_code

    def test_others_may_come_twice(self, served, client, ask):
        """What nobody reads may come as often as it likes."""
        headers = [*client.headers.items(), ("x-a", "1"), ("x-a", "2")]
        answer = httpx.post(f"{served.url}/v1/pre_publish", json=ask(), headers=headers)

        assert 200 == answer.status_code


class TestOpenPaths:
    """What needs no key."""

    def test_health(self, served, client):
        """The process answers."""
        del client.headers["authorization"]
        answer = client.get("/healthz")

        assert (200, {"status": "ok"}) == (answer.status_code, answer.json())

    def test_ready(self, client):
        """A service with keys and features is ready."""
        answer = client.get("/readyz")

        assert (200, {"status": "ok"}) == (answer.status_code, answer.json())

    def test_readiness_says_why_not(self, serve):
        """A service that is not ready says why."""
        reasons = (lambda: None, lambda: "The store is away.")
        with serve(reasons=reasons) as served, served.client("hr_none") as client:
            answer = client.get("/readyz")

        assert (503, ["There is no API key yet: handrail keys add.", "The store is away."]) == (
            answer.status_code, answer.json()["reasons"],
        )  # fmt: skip

    def test_security_headers(self, client):
        """Every answer tells browsers to keep, guess, frame and send nothing."""
        headers = client.get("/v1/nothing").headers

        assert ("no-store", "nosniff", "DENY", "no-referrer") == tuple(
            headers[name] for name in (
                "cache-control", "x-content-type-options", "x-frame-options", "referrer-policy",
            )
        )  # fmt: skip
        assert "server" not in headers


def test_our_own_mistake_is_500_without_its_text(serve, ask, monkeypatch, caplog):
    """An exception inside is answered and logged by its type and place alone."""
    with serve() as served, served.client() as client:

        async def fail(_):
            raise LookupError("grumpf")

        monkeypatch.setattr(served.face._handlers, "checked", lambda *_: fail)
        posts = {"/v1/events": ("Events", None, fail)}
        monkeypatch.setattr(served.face, "_posts", posts)
        answer = client.post("/v1/events", json=ask(text="grumpf"))

    assert (500, "failed") == problem(answer)[:2]
    assert "grumpf" not in answer.text + caplog.text
    assert "error=LookupError place=test_requests.py:" in caplog.text
