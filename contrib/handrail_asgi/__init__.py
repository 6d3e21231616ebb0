"""Handrail over HTTP: an ASGI app for services that are not Python, and for those that are.

Served by ``handrail serve``, or mounted in a Starlette or FastAPI app. Extra ``asgi``, which only
those names load that need it: keys are made without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from handrail import MissingExtraError
from handrail_asgi._decisions import Decisions
from handrail_asgi._key import Key, Keys, MemoryKeys, Scope, new_key
from handrail_asgi._keyfile import FileKeys
from handrail_asgi._ledger import Ledger
from handrail_asgi._limits import Limits
from handrail_asgi._openapi import document

if TYPE_CHECKING:
    from handrail_asgi._app import Handrail, Reason
    from handrail_asgi._caller import Caller, RequestFeature
    from handrail_asgi._embed import SafetyMiddleware, current_feature, feature, lifespan
    from handrail_asgi._keystore import StoreKeys
    from handrail_asgi._published import NotPublishedError, response_to
    from handrail_asgi._server import address, listen, serve

__all__ = [
    "Caller",
    "Decisions",
    "FileKeys",
    "Handrail",
    "Key",
    "Keys",
    "Ledger",
    "Limits",
    "MemoryKeys",
    "NotPublishedError",
    "Reason",
    "RequestFeature",
    "SafetyMiddleware",
    "Scope",
    "StoreKeys",
    "address",
    "current_feature",
    "document",
    "feature",
    "lifespan",
    "listen",
    "new_key",
    "response_to",
    "serve",
]

_HOMES = {
    "Handrail": "_app",
    "Reason": "_app",
    "Caller": "_caller",
    "NotPublishedError": "_published",
    "RequestFeature": "_caller",
    "SafetyMiddleware": "_embed",
    "address": "_server",
    "current_feature": "_embed",
    "feature": "_embed",
    "lifespan": "_embed",
    "StoreKeys": "_keystore",
    "listen": "_server",
    "response_to": "_published",
    "serve": "_server",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'handrail_asgi' has no attribute {name!r}")
    try:
        home = import_module(f"handrail_asgi.{_HOMES[name]}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn"}:
            raise
        raise MissingExtraError("asgi", "the HTTP face") from None
    value = globals()[name] = getattr(home, name)
    return value
