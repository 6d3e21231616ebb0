"""What authors are told: a catalogue of notices by language, and the help lines of a country.

Notices are plain text, safe to show: no HTML, nothing that somebody wrote, no score.
"""

from handrail_notices._catalogue import Catalogue, load, support_cards
from handrail_notices._lacks import Lack
from handrail_notices._support import SupportCard

__all__ = ["Catalogue", "Lack", "SupportCard", "load", "support_cards"]
