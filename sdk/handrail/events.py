"""Log events of whoever extends Handrail, where its own go: see ``log``."""

from __future__ import annotations

from handrail._log import log

__all__ = ["log"]
