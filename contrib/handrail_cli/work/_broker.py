"""What the commands about brokers share."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from handrail import HandrailError
from handrail_cli.show import Stop


def stream_of(option: str) -> Any:
    """The package that speaks to brokers; raises Stop, naming *option*, without its extra."""
    try:
        return import_module("handrail_stream")
    except (ImportError, HandrailError) as error:
        raise Stop(f"{option}: {error}") from None


def without_password(url: str) -> str:
    """Its scheme and host; the scheme alone where a password may reach beyond its place."""
    scheme, parted, _ = url.partition("://")
    try:
        place = urlsplit(url).netloc
    except ValueError:
        place = ""
    if not parted:
        return "a broker"
    if not place or url.count("@") != place.count("@"):
        return scheme
    return f"{scheme}://{place.rpartition('@')[2]}"
