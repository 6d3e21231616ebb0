"""Workers on a broker: what was accepted is worked by as many processes as it needs.

NATS JetStream, the Kafka protocol, RabbitMQ, and streams of Redis or Valkey; the extra ``stream``.
"""

from handrail_stream._backlog import AwayError, backlog
from handrail_stream._engine import Backlog
from handrail_stream._receive import receive
from handrail_stream._run import check_broker, run
from handrail_stream._stream import Retries, Stream
from handrail_stream._topic import ENFORCEMENTS, NotSentError, Topic
from handrail_stream._work import Handler, Outbox, Work

__all__ = [
    "ENFORCEMENTS",
    "AwayError",
    "Backlog",
    "Handler",
    "NotSentError",
    "Outbox",
    "Retries",
    "Stream",
    "Topic",
    "Work",
    "backlog",
    "check_broker",
    "receive",
    "run",
]
