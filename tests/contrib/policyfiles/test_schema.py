"""The JSON Schemas for editors are made from the tables that the reader uses."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema_rs
import pytest

from handrail import Effect, effect_specs, load_yaml
from handrail_policyfiles._asks import EFFECTS
from handrail_policyfiles._bundle import case_files, policy_files
from handrail_policyfiles._schema import schema_text, schemas
from handrail_policyfiles._starting import DIRECTORY
from handrail_policyfiles._tables import EXCEPTION, FAULT, HOLDS, OVERRIDE, POLICY, RULE

HOME = files("handrail_policyfiles")
SHIPPED = {name: json.loads(HOME.joinpath(name).read_text()) for name in schemas()}
FILES = {
    "policy.schema.json": policy_files(DIRECTORY),
    "cases.schema.json": case_files(DIRECTORY),
}


def errors(name, value):
    """What a schema says about a value."""
    validator = jsonschema_rs.validator_for(SHIPPED[name])
    return [
        f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in validator.iter_errors(value)
    ]


@pytest.mark.parametrize("name", SHIPPED)
def test_is_what_the_tables_say(name):
    """What is shipped is what the tables make; PYTHON -m handrail_policyfiles writes it anew."""
    assert schema_text(schemas()[name]) == HOME.joinpath(name).read_text()


@pytest.mark.parametrize("name", SHIPPED)
def test_is_a_schema(name):
    """It is valid JSON Schema of the dialect it names."""
    assert "https://json-schema.org/draft/2020-12/schema" == SHIPPED[name]["$schema"]
    jsonschema_rs.meta.validate(SHIPPED[name])


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, paths in FILES.items() for path in paths],
    ids=lambda value: getattr(value, "name", value),
)
def test_everything_shipped_is_valid(name, path):
    """Each file of the starting bundle passes."""
    assert [] == errors(name, load_yaml(path).value)


def test_has_every_key_of_a_policy():
    """Its keys are the reader's."""
    assert list(POLICY) == list(SHIPPED["policy.schema.json"]["properties"])


@pytest.mark.parametrize(
    ("keys", "name", "only_in_code"),
    [
        (POLICY, "Policy", {"name", "bundle"}),
        (RULE, "Rule", set()),
        (OVERRIDE, "Override", set()),
        (EXCEPTION, "ExceptionRule", set()),
        (FAULT, "FaultRule", set()),
        (HOLDS, "Holds", set()),
    ],
)
def test_the_reader_has_every_field(keys, name, only_in_code):
    """Each field of the SDK's class is a key, and each key a field."""
    import attrs

    import handrail

    fields = {field.name for field in attrs.fields(getattr(handrail, name))}

    assert fields - only_in_code == set(keys) - {"policy"}


@pytest.mark.parametrize("effect", EFFECTS)
def test_knows_every_effect(effect):
    """Each effect of the SDK is a key, with a value that the schema takes as the SDK does."""
    spec = effect_specs()[effect]
    samples = {
        "names": ["crisis"], "regions": ["DE"], "share": 0.5, "ages": {"*": 18, "KR": 19},
        "choice": (spec.order or ("",))[0], "weights": {"hate.speech": 2},
        "queues": {"queue": "general", "within": "24h"}, "duration": "30d",
    }  # fmt: skip
    value = samples[spec.value]
    rule = {"id": "one", "issue": "hate.speech", "at": 0.5, "then": {effect: value}}

    assert Effect(effect, value)
    assert [] == errors("policy.schema.json", {"policy": "p", "rules": [rule]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"policy": "p", "rulez": []},
        {"owner": "nobody"},
        {"policy": "p", "issues": {"hate.speach": {"block": 0.5}}},
        {"policy": "p", "issues": {"hate.speech": {"block": 50}}},
        {"policy": "p", "rollout": 101},
        {"policy": "p", "mode": "on"},
        {"policy": "p", "holds": {"within": "tomorrow", "otherwise": "limit"}},
        {"policy": "p", "rules": [{"id": "one", "then": {"reach": 2}}]},
    ],
)
def test_refuses_what_the_reader_refuses(wrong):
    """An editor underlines what would not be read."""
    assert [] != errors("policy.schema.json", wrong)
