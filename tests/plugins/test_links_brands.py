"""Hosts that pass themselves off as somebody well known are told from those that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handrail_links
from handrail import InvalidValueError
from handrail_links._brands import Brands, shipped
from handrail_links._settings import Settings

PHISHING = "fraud.phishing"


@pytest.fixture(name="score", scope="module")
def _score():
    """How much a host imitates a built-in name."""
    imitation = Settings().protected.imitation
    return lambda host: (imitation(host) or (0,))[0]


class TestImitation:
    """What an imitation scores."""

    @pytest.mark.parametrize(
        ("host", "expected"),
        [
            pytest.param("paypa1.example", 0.8, id="digit for a letter"),
            pytest.param("paypai.example", 0.8, id="i for l"),
            pytest.param("rnicrosoft.example", 0.8, id="two letters for one"),
            pytest.param("xn--pypal-4ve.example", 0.8, id="letter of another script"),
            pytest.param("g00gle.example", 0.8, id="zeros"),
            pytest.param("paypl.example", 0.6, id="letter missing"),
            pytest.param("netfllix.example", 0.6, id="letter too many"),
            pytest.param("facebok.example", 0.6, id="one of a pair missing"),
            pytest.param("insatgram.example", 0.6, id="letters swapped"),
            pytest.param("paypal.login-check.example", 0.7, id="in front of a domain"),
            pytest.param("www.paypal.com.evil.example", 0.7, id="official host in front"),
            pytest.param("paypal-login.example", 0.7, id="with a word that lures"),
            pytest.param("secure-paypa1.example", 0.7, id="part in look-alikes"),
            pytest.param("metamask.example", 0.4, id="another domain"),
            pytest.param("netflix-fans.example", 0.3, id="part of a name"),
        ],
    )
    def test_imitation_is_scored(self, score, host, expected):
        """The more a host looks like somebody it is not, the more it scores."""
        assert expected == score(host)

    @pytest.mark.parametrize(
        "host",
        [
            "paypal.com",
            "www.paypal.com",
            "amazon.co.jp",
            "smile.amazon.com",
            "s3.amazonaws.com",
            "google.fr",
            "docs.google.com",
            "joe.github.io",
            "googlepay.com",
            "www.mastercardgiftcard.com",
            "finance.example",
            "cooking.example",
            "switch.example",
            "cloud.example",
            "pineapple.example",
            "example.com",
            "127.0.0.1",
            "[::1]",
            "localhost",
            "",
        ],
    )
    def test_honest_host_is_left_alone(self, score, host):
        """Official hosts, ordinary words and addresses imitate nobody."""
        assert 0 == score(host)

    @pytest.mark.parametrize("brand", shipped(), ids=lambda brand: brand.name)
    def test_official_domains_imitate_nobody(self, score, brand):
        """No brand's own domain is taken for another's imitation."""
        assert [] == [own for own in brand.official if score(own.replace("*", "com"))]

    @given(st.text(max_size=80))
    def test_any_host_is_read(self, host):
        """No string makes it raise."""
        found = Brands(shipped()).imitation(host)

        assert found is None or 0 < found[0] < 1


class TestSetting:
    """A host protects names of its own."""

    def test_own_name_is_protected(self, look):
        """The name of a listed domain may not be imitated, its own hosts are left alone."""
        settings = {"brands": ["flibberbank.example"]}
        imitated, own = (
            look(handrail_links, f"https://{host}/", **settings)
            for host in ("flibberb4nk.example", "www.flibberbank.example")
        )

        assert (0.8, {}) == (imitated[PHISHING].score, own)

    def test_name_may_have_several_domains(self, look):
        """Domains by name are all official."""
        settings = {"brands": {"flibberbank": ["flibberbank.*", "flibber.example"]}}

        assert {} == look(handrail_links, "flibberbank.com and flibberbank.de/x", **settings)

    def test_built_in_names_can_be_left_out(self, look):
        """Without them only the host's own are protected."""
        assert {} == look(handrail_links, "https://paypa1.example/", builtin_brands=False)

    @pytest.mark.parametrize(
        "brands", [5, {"abc": "abc.com"}, {"Flibber": "x.com"}, {"flibber": "(a+)+$"}, {"flib": []}]
    )
    def test_wrong_brand_is_refused(self, brands):
        """What is no name with its domains is refused by its field."""
        with pytest.raises(InvalidValueError, match=r"^brands: expected"):
            Settings(brands=brands)
