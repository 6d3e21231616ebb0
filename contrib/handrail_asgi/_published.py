"""What a client is told of a decision that is not published: one response for each action."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from handrail import Action, Decision, Json
from handrail_asgi._wire import PROBLEM

_REFUSED = {
    Action.BLOCK: (403, "blocked", "This is not published"),
    Action.HOLD: (403, "blocked", "This is not published"),
    Action.NUDGE: (409, "unconfirmed", "This waits for its author to confirm it"),
}


class NotPublishedError(Exception):
    """Ends a request whose item is not to be published; SafetyMiddleware answers it.

    Attributes:
        decision: What was decided: NUDGE, HOLD or BLOCK.
        pending: Whether the host has kept a draft that is held.
    """

    def __init__(self, decision: Decision, *, pending: bool = False) -> None:
        super().__init__(f"not published: {decision.action.name}")
        self.decision, self.pending = decision, pending


def response_to(error: NotPublishedError) -> Response:
    """Return what a client is told: problem details (RFC 9457), or 202 for a draft that waits.

    A BLOCK is 403. A NUDGE is 409; its ``confirms`` is sent again by an author who confirms. A
    HOLD is 202 where the draft is kept, else 403. ``notice`` is safe to show, and None where
    nothing is to be said.
    """
    decision = error.decision
    told: dict[str, Json] = {
        "action": decision.action.name.lower(),
        "decision": decision.id,
        "notice": decision.notice,
    }
    if error.pending:
        return JSONResponse(told, 202)
    status, kind, title = _REFUSED[decision.action]
    if decision.action is Action.NUDGE:
        told["confirms"] = decision.id
    problem = {"type": f"urn:handrail:problem:{kind}", "title": title, "status": status}
    return JSONResponse({**problem, **told}, status, media_type=PROBLEM.decode())
