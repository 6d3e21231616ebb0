"""The OpenAPI document says what holds: written from the model, and tried against it."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import attrs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator, meta

from handrail import Actor, Decision, Item, Report, issues
from handrail_asgi import Limits, document
from handrail_asgi._schema import described

DOCUMENT = document()
SCHEMAS = DOCUMENT["components"]["schemas"]


def validator(name):
    """A validator of one schema of the document."""
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]},
        validate_formats=True,
    )


ZONES = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
IDS = st.text(min_size=1, max_size=9)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
TAGS = st.frozensets(st.text(max_size=5), max_size=3)
ACTORS = st.builds(
    Actor, IDS, age=st.none() | st.integers(0, 150), tenure_days=st.none() | st.floats(0, 1e6),
    region=st.none() | st.sampled_from(["DE", "US-CA"]), relation=st.none() | NAMES, tags=TAGS,
)  # fmt: skip
ITEMS = st.builds(
    Item, IDS, st.text(), kind=NAMES, revision=st.integers(0, 2**53 - 1), author=ACTORS,
    participants=st.lists(ACTORS, max_size=2), links=st.lists(st.text(), max_size=2), tags=TAGS,
    language=st.none() | st.sampled_from(["en", "pt-BR"]), attributes=st.dictionaries(NAMES, IDS),
    created_at=st.none() | st.datetimes(timezones=ZONES),
    media=st.lists(
        st.builds(lambda i, d: {"id": i, "type": "image/png", "data": d}, IDS, st.binary()),
        max_size=2,
    ),
    amount=st.none() | st.builds(
        lambda v: {"value": v, "currency": "EUR"}, st.integers(0, 10**9).map(str)
    ),
)  # fmt: skip


@pytest.fixture(name="bearer", scope="module")
def _bearer(served):
    return {"Authorization": f"Bearer {served.key()}"}


class TestModel:
    """Schemas and classes agree."""

    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
    @given(ITEMS)
    def test_what_the_model_writes_fits(self, item):
        """The JSON form of any item fits the schema that requests are checked by."""
        assert validator("Item").is_valid(item.to_json())

    @pytest.mark.parametrize("name", SCHEMAS)
    def test_every_field_is_described(self, name):
        """Every schema and every field of it says what it is."""
        schema = SCHEMAS[name]
        quiet = [n for n, p in schema["properties"].items() if not p["description"]]

        assert ([], True) == (quiet, bool(schema["description"]))

    @pytest.mark.parametrize("name", SCHEMAS)
    def test_every_example_fits(self, name):
        """Each example is what its schema says."""
        wrong = [
            list(error.instance_path)
            for example in SCHEMAS[name].get("examples", ())
            for error in validator(name).iter_errors(example)
        ]

        assert [] == wrong

    def test_examples_are_read_by_the_model(self):
        """The item and the report of the examples are items and reports."""
        ask, report = (SCHEMAS[n]["examples"][0] for n in ("PrePublish", "NewReport"))

        assert ("c-1", "r-1") == (
            Item.from_json(ask["item"]).id, Report.from_json(report["report"]).id,
        )  # fmt: skip

    def test_every_example_is_about_the_running_case(self):
        """Each request's example asks for video_comments."""
        names = ("PrePublish", "PrePublishBatch", "PostPublish", "NewReport", "Events")

        assert {"video_comments"} == {SCHEMAS[n]["examples"][0]["feature"] for n in names}

    def test_a_decision_has_every_field(self):
        """An answer's schema requires every field of a decision."""
        assert [f.name for f in attrs.fields(Decision)] == SCHEMAS["Decision"]["required"]

    def test_every_issue_may_be_reported(self):
        """A report names an issue of the taxonomy."""
        assert [*issues(), None] == SCHEMAS["Report"]["properties"]["issue"]["enum"]

    def test_attributes_that_share_a_line_are_told_apart(self):
        """``a: This. b, c: That.`` describes three fields."""
        meanings = described(Decision)

        assert (meanings["feature"], meanings["final"]) == (
            meanings["stage"], "Whether no later answer is to come.",
        )  # fmt: skip


class TestDocument:
    """The document as a whole."""

    def test_every_schema_is_one(self):
        """Each schema is a schema of the dialect that OpenAPI 3.1 speaks."""
        assert [] == [n for n, s in SCHEMAS.items() if not meta.is_valid(s)]

    def test_limits_are_said(self):
        """How many items a batch may have stands in the document."""
        schemas = document(Limits(items=7))["components"]["schemas"]

        assert (7, 7) == (
            schemas["PrePublishBatch"]["properties"]["items"]["maxItems"],
            schemas["Events"]["properties"]["events"]["maxItems"],
        )

    def test_is_what_is_served(self, client):
        """The service serves this document."""
        assert DOCUMENT == client.get("/openapi.json").json()


# Too many items are 413, which schemathesis does not count as a refusal by itself.
REFUSED = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429]
CONFIG = schemathesis.Config.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}}
)
contract = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)


@contract.parametrize()
@settings(max_examples=20, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_service_keeps_the_document(case, served, bearer):
    """Requests made from the document, right and wrong, are answered as it says."""
    case.call_and_validate(base_url=served.url, headers=bearer)
