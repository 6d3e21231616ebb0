"""What every command stands on, whichever package it is of: how it stops, and what it logs."""

from handrail_commands._log import LEVELS, logged
from handrail_commands._stop import Stop

__all__ = ["LEVELS", "Stop", "logged"]
