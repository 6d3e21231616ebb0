"""AWS credentials: two or three environment variables, or a profile of a shared file."""

from __future__ import annotations

import configparser
from collections.abc import Callable

from handrail import InvalidValueError
from handrail.settings import beside

from ._key import checked, from_file, from_variable
from ._sigv4 import Credentials

_KEYS = ("aws_access_key_id", "aws_secret_access_key")


def from_environment(access: str, secret: str, token: str) -> Callable[[], Credentials]:
    """Return what reads credentials from the variables of these names; *token* may be ""."""

    def read() -> Credentials:
        return Credentials(
            from_variable(access, "access_key_env"),
            from_variable(secret, "secret_key_env"),
            from_variable(token, "session_token_env") if token else "",
        )

    return read


def from_profile(path: str, profile: str) -> Callable[[], Credentials]:
    """Return what reads credentials from a profile of AWS's shared credentials file."""
    place = beside(path)

    def read() -> Credentials:
        values = _section(from_file(place, "credentials_file"), profile)
        access, secret = (
            checked(values.get(key, ""), f"credentials_file: {key} of the profile") for key in _KEYS
        )
        token = values.get("aws_session_token", "").strip()
        return Credentials(access, secret, token and checked(token, "credentials_file: the token"))

    return read


def _section(text: str, profile: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
        found = dict(parser[profile])
    except (configparser.Error, KeyError):
        found = {}
    if not found:  # Out of the except: its error may have a line of the file.
        raise InvalidValueError("credentials_file: expected a file with that profile")
    return found
