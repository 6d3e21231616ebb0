"""What authors and reporters are told: what a notice may speak of, and who writes it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Protocol

import attrs

from handrail._effect import Effect, effect_specs
from handrail._finding import Action, Stage
from handrail._match import Hold
from handrail._values import FrozenMap


@attrs.frozen(kw_only=True)
class Judged:
    """What a notice may speak of: an outcome, without the item it is about.

    Attributes:
        action: What becomes of the item. effects: What else was asked for.
        issue: What the deciding rule is about, or None. issues: What all that matched are about.
        language, region: The author's; the language is the item's where the author has none.
        stage: When it was looked at. decision: The decision's id, for an appeal.
        clause: ``{"id": …, "url": …}`` of the deciding rule. law: The law it rests on, if any.
        hold: How a HOLD ends. automated: Whether no person took part.
        unseen: Whether it was decided because something that should have looked could not.
        say: ``usual``, ``neutral`` (tips nobody off) or ``none``.
        revised: Whether it takes the place of an earlier outcome that the author was told of.
    """

    action: Action
    effects: tuple[Effect, ...] = ()
    issue: str | None = None
    issues: tuple[str, ...] = ()
    language: str | None = None
    region: str | None = None
    stage: Stage = Stage.PRE_PUBLISH
    decision: str = attrs.field(default="", repr=False)
    clause: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap)
    law: str | None = None
    hold: Hold | None = None
    automated: bool = True
    unseen: bool = False
    say: str = "usual"
    revised: bool = False


class Notices(Protocol):
    """What the author is told; safe to show, in their language."""

    def notice(self, judged: Judged) -> str | None:
        """Return the text for this outcome, or None where nothing is to be said."""
        ...


class ReporterNotices(Protocol):
    """What Notices may have besides: what people who report are told, in their language."""

    def reply(self, kind: str, language: str | None, until: datetime | None = None) -> str | None:
        """Return a text, or None where there is none.

        Args:
            kind: ``receipt``, ``acted_on``, ``not_acted_on``, ``reversed`` (what was done about
                it is undone), ``won``, ``lost`` (a complaint or an appeal), ``warning`` or
                ``suspension``.
            language: The reader's, if known.
            until: When a suspension ends.
        """
        ...


class NeutralNotices:
    """One neutral English sentence per action: accuses nobody, teaches nobody, tips nobody off."""

    _TEXTS: ClassVar = {
        Action.NUDGE: "Before you post: do you want to send this as it is?",
        Action.HOLD: "Thank you. This will appear once it has been looked at.",
        Action.BLOCK: "This could not be posted.",
    }

    def notice(self, judged: Judged) -> str | None:
        """Return the sentence for the action; None for LIMIT, and for an ALLOW at first sight."""
        if judged.say == "none":
            return None
        if judged.revised and judged.action is Action.ALLOW:
            specs = effect_specs()
            if any(specs[effect.name].needs_statement for effect in judged.effects):
                return "This was looked at again, and what was decided has changed."
            return "This was looked at again: nothing restricts it any more."
        return self._TEXTS.get(judged.action)
