"""Requests go by https to where settings say, and nowhere a cloud hands out credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail import InvalidValueError
from handrail._inspect import read_settings
from handrail._values import Placed
from handrail_vendors import VendorUnreachableError, http_classifier
from handrail_vendors._address import checked

HERE = Path(__file__).parent
TLS = (str(HERE / "cert.pem"), str(HERE / "key.pem"))
"""A certificate for 127.0.0.1 that nobody has signed, and its key, made for these tests."""


@pytest.mark.parametrize(
    "url",
    [
        "https://service.example",
        "https://service.example:8443/a/b?c=d",
        "https://10.0.0.7/",
        "https://[2001:db8::1]/",
        "http://127.0.0.1:8080/",
        "http://[::1]/",
        "http://localhost/",
    ],
)
def test_taken(url):
    """Https anywhere, and plain http on this machine."""
    assert url.rstrip("/") == checked(url, "url")


@pytest.mark.parametrize(
    "url",
    [
        "http://service.example/",
        "http://10.0.0.7/",
        "http://127.0.0.1.zqx.example/",
        "http://localhost.zqx.example/",
        "ftp://service.example/",
        "file:///etc/zqx",
        "//service.example/",
        "service.example",
        "https://",
        "https:///zqx",
        "https://user:zqx@service.example/",
        "https://user@service.example/",
        "https://service.example/#zqx",
        "https://service.example:port/",
        "https://service.example:99999/",
        "https://ser vice.example/",
        "https://service.example/\r\nzqx: 1",
        "https://ſervice.example/",
        "https://[zqx]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://metadata.google.internal/",
        "https://100.100.100.200/",
        "https://[::ffff:169.254.169.254]/",
        "https://metadata.google.internal./",
        "https://2852039166/",
        "https://0xa9fea9fe/",
        "https://169.254.43518/",
        "https://0251.0376.0251.0376/",
    ],
)
def test_refused(url):
    """In the open, with credentials, or to a cloud's metadata: no, and it is not repeated."""
    with pytest.raises(InvalidValueError, match="url: expected") as refused:
        checked(url, "url")
    assert "zqx" not in str(refused.value)


def test_the_open_may_be_asked_for():
    """Who says so may send in the open, to a service in its own network."""
    assert "http://10.0.0.7" == checked("http://10.0.0.7/", "url", allow_http=True)


def test_a_proxy_is_asked_instead(vendor, look):
    """With a proxy, requests go to it, and name where they are meant to go."""
    proxy = vendor("plain", blorb="spam")

    found = look(
        http_classifier,
        "blorb",
        url="http://service.example/classify",
        allow_http=True,
        proxy=proxy.url,
        scores={"/scores/spam": "integrity.spam"},
    )
    assert 1 == len(found)
    assert "http://service.example/classify" == proxy.received[0].path


class TestTls:
    """Certificates are verified, always."""

    SCORES = {"/scores/spam": "integrity.spam"}  # noqa: RUF012

    def test_unknown_certificate(self, vendor, look):
        """A service whose certificate nobody vouches for is sent nothing."""
        service = vendor("plain", tls=TLS, blorb="spam")

        with pytest.raises(VendorUnreachableError):
            look(http_classifier, "blorb", url=service.url, scores=self.SCORES, retries=0)
        assert [] == service.received

    def test_own_certificates(self, vendor, look):
        """A host may name the certificates it trusts."""
        service = vendor("plain", tls=TLS, blorb="spam")

        found = look(http_classifier, "blorb", url=service.url, scores=self.SCORES, ca_file=TLS[0])
        assert 1 == len(found)

    def test_certificates_are_seen_from_the_settings_file(self):
        """Wherever a service runs, what it trusts lies beside its settings."""
        file = Path(TLS[0])
        given = {"url": "https://service.example/", "scores": self.SCORES, "ca_file": file.name}
        placed = Placed(given, lambda *key: "handrail.yaml:1:1", file.parent)

        assert file.name == read_settings(http_classifier.Settings, placed, "settings").ca_file

    def test_no_such_certificates(self):
        """Certificates that cannot be read are an error at start-up."""
        with pytest.raises(InvalidValueError, match="ca_file"):
            http_classifier.Settings(
                url="https://service.example/", scores=self.SCORES, ca_file="/nowhere"
            )
