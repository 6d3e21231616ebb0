"""``handrail demo --serve``: the demo's features over HTTP, with a worker to kill."""

from __future__ import annotations

import json
import secrets
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from handrail import AsyncSafety, HandrailError
from handrail_cli import show
from handrail_demo._run import FEATURES, PATIENT_MS
from handrail_demo._supervised import Supervised
from handrail_policyfiles import starting_policy

_TRY = """
Ask before publishing; then hand in what was published, and report it:

  export KEY={key}
  curl -w '\\n' {url}/v1/pre_publish -H "Authorization: Bearer $KEY" \\
    -H 'Content-Type: application/json' \\
    -d '{{"feature": "video_comments", "item": {{"id": "c-1", "text": "Win: http://192.0.2.7/now"}}}}'
  curl -w '\\n' {url}/v1/post_publish -H "Authorization: Bearer $KEY" \\
    -H 'Content-Type: application/json' \\
    -d '{{"feature": "video_comments", "item": {{"id": "c-2", "text": "Win: http://192.0.2.7/now"}}}}'
  curl -w '\\n' {url}/v1/reports -H "Authorization: Bearer $KEY" \\
    -H 'Content-Type: application/json' \\
    -d '{{"feature": "video_comments", "report": {{"id": "r-1", "issue": "integrity.spam",
         "item": {{"id": "c-3", "text": "What a lovely song"}}}}}}'
  curl {url}/openapi.json
  # All of it, to read in a browser: {url}/docs
"""


def serve(url: str | None, broker: str | None, port: int) -> None:
    """Serve until SIGTERM or SIGINT; raises Stop where nothing can start.

    Args:
        url: Of the store; None makes one that goes with the demo.
        broker: Of the broker that workers stand on; None lets them stand on the store.
        port: To listen on; 0 takes a free one.
    """
    try:
        if broker is not None:
            from handrail_stream import check_broker

            check_broker(broker)
        with tempfile.TemporaryDirectory(prefix="handrail-demo-") as folder:
            _serve(url or f"sqlite:///{Path(folder) / 'handrail.db'}", broker, port)
    except (HandrailError, OSError) as error:
        raise show.Stop(str(error)) from None


def _serve(url: str, broker: str | None, port: int) -> None:
    from handrail_asgi import Handrail, StoreKeys, address, listen, new_key
    from handrail_asgi import serve as serve_on
    from handrail_demo._worker import SERVED, SURFACES, open_store

    seals = _seals(url)
    with closing(open_store(url, seals)) as store, listen("127.0.0.1", port) as listener:
        keys = StoreKeys(store)
        text, key = new_key("demo", ["*"], expires_at=datetime.now(UTC) + timedelta(days=1))
        keys.add(key)
        safety = AsyncSafety(
            list(FEATURES.values()), modules=list(SERVED), store=store, budget_ms=PATIENT_MS,
            policy=[starting_policy(surface) for surface in SURFACES],
        )  # fmt: skip
        face, here = Handrail(safety, keys), address(listener)
        show.screen().print(f"{', '.join(f.name for f in safety.features)} on {here}")
        show.screen().print(_TRY.format(url=here, key=text), soft_wrap=True)
        told = json.dumps({"url": url, "seals": seals, "broker": broker})
        with Supervised(told, lambda: store.outbox.waiting().count, _say, _back(broker)):
            serve_on(face, listener)
        left = store.outbox.waiting().count
        _say(f"ended; {left} accepted wait in the store" if left else "ended; nothing is waiting")


def _seals(url: str) -> list[str]:
    """The keys that content is encrypted with, in hexadecimal; none where a file has its own."""
    from handrail_store import keys_given

    if given := keys_given():
        return [key.hex() for key in given]
    if url.startswith("sqlite:"):
        return []
    _say("set HANDRAIL_STORE_KEY to use this store again: content is sealed for this run alone")
    return [secrets.token_hex(32)]


def _back(broker: str | None) -> str:
    """When others get what a killed worker had in hand."""
    return "within half a minute" if broker else "within a minute"


def _say(line: str) -> None:
    click.echo(line, err=True)
