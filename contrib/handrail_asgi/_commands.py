"""``handrail serve`` and ``handrail keys``."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import click

from handrail import AsyncSafety, HandrailError, InvalidValueError, MissingExtraError
from handrail_asgi._held import CONFIG, KEYS, held, keys_in, strangers
from handrail_asgi._key import USUAL, Key, Keys, Scope, new_key
from handrail_asgi._ledger import Ledger
from handrail_commands import LEVELS, Stop, logged

_keys_option = click.option(
    "--keys",
    "keys_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"File of API keys; else those of the settings' store, else {KEYS}.",
)
_config_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=CONFIG,
    show_default=True,
    help="Settings file, whose store keeps the keys if it has one.",
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@click.command()
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=CONFIG,
    show_default=True,
    help="Settings file.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8700, show_default=True,
    help="Port to listen on; 0 takes a free one.",
)  # fmt: skip
@_keys_option
@click.option(
    "--ledger", envvar="HANDRAIL_LEDGER", show_envvar=True,
    help="Redis or Valkey that keeps rates and answers in place of the store: redis://…",
)  # fmt: skip
@click.option(
    "--log-level", type=click.Choice(LEVELS), default="warning",
    show_default=True, help="What is logged, to standard error.",
)  # fmt: skip
@_json_option
def serve(
    *, config: Path, host: str, port: int, keys_path: Path | None, ledger: str | None,
    log_level: str, as_json: bool,
) -> None:  # fmt: skip
    """Serve the features of the settings over HTTP.

    SIGTERM and Ctrl-C end it: nothing new is taken, what was begun is finished, the record is
    written.

    Exit code: 0 when it was told to stop, 2 if nothing could start.
    """
    try:
        from handrail_asgi import _server
        from handrail_asgi._app import Handrail

        listener = _server.listen(host, port)
    except ModuleNotFoundError:
        _stop(MissingExtraError("asgi", "handrail serve"))
    except OSError as error:
        _stop(error)
    try:
        safety = AsyncSafety.from_config(config)
        found = keys_in(safety.store, keys_path)
        face = Handrail(safety, found, ledger=_ledger(ledger, safety))
    except (HandrailError, OSError) as error:
        listener.close()
        _stop(error)
    _warn(host, found)
    names, url = sorted(f.name for f in face.safety.features), _server.address(listener)
    if as_json:
        click.echo(json.dumps({"url": url, "features": names}))
    else:
        click.echo(f"Serving {', '.join(names)} on {url}", err=True)
    with logged(log_level):
        _server.serve(face, listener)


def _ledger(url: str | None, safety: AsyncSafety) -> Ledger | None:
    """The ledger of the command line; what it keeps is sealed with the key of the store."""
    if not url:
        return None
    if not hasattr(safety.store, "seal"):
        raise InvalidValueError("--ledger needs a store in the settings: its key seals answers")
    from handrail_redis import RedisLedger

    store: Any = safety.store
    return RedisLedger(url, sealed_by=store)


def _warn(host: str, found: Keys) -> None:
    if not _loopback(host):
        click.echo(
            f"{host} can be reached from other machines, and keys travel unencrypted: "
            "put a proxy that speaks TLS in front.",
            err=True,
        )
    if not found.read():
        click.echo("There is no API key yet: handrail keys add NAME --feature …", err=True)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@click.group()
def keys() -> None:
    """Make, list and revoke API keys.

    Exit code: 0 if it was done, 1 if there is no such key, 2 if nothing could start.
    """


@keys.command("add")
@click.argument("name")
@click.option("--feature", "features", multiple=True, required=True,
              help="A feature it is for, or '*' for all; may be given again.")  # fmt: skip
@click.option("--scope", "scopes", multiple=True, type=click.Choice([s.value for s in Scope]),
              help="What it may do; may be given again. Usually all but identities.")  # fmt: skip
@click.option("--rate", type=float, help="Items a second that it may ask for, on average.")
@click.option("--burst", type=int, default=100, show_default=True, help="Items at once.")
@click.option("--days", type=click.IntRange(1, 36500), help="Days until it ends by itself.")
@_keys_option
@_config_option
@_json_option
def add(
    *, name: str, features: Sequence[str], scopes: Sequence[str], rate: float | None, burst: int,
    days: int | None, keys_path: Path | None, config: Path, as_json: bool,
) -> None:  # fmt: skip
    """Make the key NAME and print it: nobody can show it again.

    Exit code: 0 if it was made, 2 if not.
    """
    ends = None if days is None else datetime.now(UTC) + timedelta(days=days)
    try:
        text, key = new_key(
            name, features, scopes=scopes or USUAL, rate=rate, burst=burst, expires_at=ends
        )
        unknown = [*strangers(features, config)]  # What it raises must not lose a key that is made.
        with held(keys_path, config) as found:
            found.add(key)
        for stranger in unknown:
            click.echo(f"{stranger} The key is made all the same.", err=True)
    except (HandrailError, OSError) as error:
        _stop(error)
    if as_json:
        click.echo(json.dumps({"key": text, **_shown(key)}))
    else:
        click.echo(text)
        click.echo("Keep it now: it is not stored and cannot be shown again.", err=True)


@keys.command("list")
@_keys_option
@_config_option
@_json_option
def list_keys(*, keys_path: Path | None, config: Path, as_json: bool) -> None:
    """List the keys: what each may do, never what it is.

    Exit code: 0, or 2 if they cannot be read.
    """
    try:
        with held(keys_path, config) as keys_held:
            found = keys_held.read()
    except (HandrailError, OSError) as error:
        _stop(error)
    if as_json:
        click.echo(json.dumps({"keys": [_shown(key) for key in found]}))
        return
    for key in found:
        click.echo(_line(key))
    if not found:
        click.echo("There is no API key yet.", err=True)


@keys.command("revoke")
@click.argument("id")
@_keys_option
@_config_option
@_json_option
def revoke(*, id: str, keys_path: Path | None, config: Path, as_json: bool) -> None:  # noqa: A002 - the argument's name
    """Revoke the key of that ID; within a second no service takes it any more.

    Exit code: 0 if it was done, 1 if there is no such key, 2 if they cannot be read.
    """
    try:
        with held(keys_path, config) as found:
            done = found.revoke(id, datetime.now(UTC))
    except (HandrailError, OSError) as error:
        _stop(error)
    if as_json:
        click.echo(json.dumps({"revoked": done}))
    elif not done:
        click.echo("There is no API key of that id.", err=True)
    raise SystemExit(0 if done else 1)


def _stop(error: Exception) -> NoReturn:
    raise Stop(str(error)) from None


def _shown(key: Key) -> dict[str, object]:
    shown: dict[str, object] = dict(key.to_json())
    del shown["digest"]
    return {**shown, "state": _state(key)}


def _state(key: Key) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.ended(datetime.now(UTC)) else "valid"


def _line(key: Key) -> str:
    what = f"{', '.join(sorted(key.features))}: {', '.join(sorted(key.scopes))}"
    rate = "" if key.rate is None else f", {key.rate:g} items/s"
    return f"{key.id}  {_state(key):7}  {key.name}  {what}{rate}"
