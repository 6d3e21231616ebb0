"""Signatures are those that AWS publishes: vectors of its test suite for Signature Version 4.

https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite/v4
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from handrail_vendors._body import Body
from handrail_vendors._sigv4 import Credentials, Request, Scope, signed_headers

WHO = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SCOPE = Scope("us-east-1", "service")
NOW = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TOKEN = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"


def signature(method="GET", path="/", who=WHO, now=NOW, body=b"", **more):
    """The signature of a request to the suite's host."""
    hashed = Body(body).digest()
    request = Request(
        method=method, url=f"https://example.amazonaws.com{path}", digest=hashed, **more
    )
    return signed_headers(request, who, SCOPE, now)["Authorization"].rpartition("=")[2]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param({}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
                     id="get-vanilla"),
        pytest.param({"method": "POST"},
                     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
                     id="post-vanilla"),
        pytest.param({"path": "/?Param2=value2&Param1=value1"},
                     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
                     id="get-vanilla-query-order-key-case"),
        pytest.param({"method": "POST", "headers": FORM, "body": b"Param1=value1"},
                     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
                     id="post-x-www-form-urlencoded"),
        pytest.param({"who": Credentials(WHO.access, WHO.secret, TOKEN)},
                     "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
                     id="get-vanilla-with-session-token"),
        pytest.param({"path": "/\u1234"},
                     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
                     id="get-utf8"),
    ],
)  # fmt: skip
def test_published_vector(request_, expected):
    """A published request has its published signature."""
    assert expected == signature(**request_)


def test_encoded_path_is_encoded_again():
    """An ARN in the path is signed as botocore 1.44.8 signs it: percent-encoded twice."""
    arn = "arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Aguardrail%2Fabc"

    assert "386efab6b5d6bbe8fb746263db52ebc46a39a37a6eb6bd3be12caf31b65edd12" == signature(
        "POST",
        f"/guardrail/{arn}/version/DRAFT/apply",
        body=b'{"a":1}',
        headers={"Content-Type": "application/json"},
    )


def test_header_is_whole():
    """The header names the algorithm, who signs, for what, and which headers."""
    said = signed_headers(
        Request(method="GET", url="https://example.amazonaws.com/", digest=Body(b"").digest()),
        WHO,
        SCOPE,
        NOW,
    )

    assert "20150830T123600Z" == said["X-Amz-Date"]
    assert said["Authorization"].startswith(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature="
    )


def test_any_time_zone_will_do():
    """The stamp is in UTC, whatever the clock says."""
    there = NOW.astimezone(timezone(timedelta(hours=9)))

    assert signature() == signature(now=there)


def test_repr_shows_no_secret():
    """Credentials shown somewhere show nothing."""
    assert "Credentials()" == repr(WHO)
