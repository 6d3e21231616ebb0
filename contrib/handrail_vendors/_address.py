"""Where requests may go: https, no secrets in the address, no address of a cloud's metadata."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from handrail import InvalidValueError

_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{1,2000}")
_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")


def checked(url: str, field: str, *, allow_http: bool = False) -> str:
    """Return *url* without a slash at its end; raises InvalidValueError, which does not repeat it.

    Plain http is for loopback only, unless *allow_http*. A name and password, a fragment, and
    addresses of the link (where clouds hand out credentials) are refused.
    """
    parts, host = _split(url, field)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise InvalidValueError(f"{field}: expected an address without credentials or a fragment")
    if parts.scheme != "https" and not (
        parts.scheme == "http" and (allow_http or is_loopback(host))
    ):
        raise InvalidValueError(
            f"{field}: expected https; say allow_http: true to send in the open"
        )
    if _is_link_local(host):
        raise InvalidValueError(f"{field}: expected no link-local address")
    return url.rstrip("/")


def _split(url: str, field: str) -> tuple[SplitResult, str]:
    wrong = f"{field}: expected an address such as https://service.example/classify"
    if not _CHARACTERS.fullmatch(url):
        raise InvalidValueError(wrong)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidValueError(wrong) from None
    if not host or not _HOST.fullmatch(host) or _is_odd_number(host):
        raise InvalidValueError(wrong)
    return parts, host


def _is_odd_number(host: str) -> bool:
    """Whether it is an IPv4 address in a form that only some readers take for one."""
    last = host.rstrip(".").rpartition(".")[2]
    if not re.fullmatch(r"[0-9]+|0x[0-9a-f]*", last):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine, by name or number."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_link_local(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host.rstrip(".") in {"metadata.google.internal", "metadata"}
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_link_local or str(inner) in {"fd00:ec2::254", "100.100.100.200"}
