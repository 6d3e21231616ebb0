"""Remote classifiers, each behind one safety module: OpenAI, Azure, AWS, and any by HTTP.

The modules are ``openai_moderation``, ``azure_content_safety``, ``bedrock_guardrail`` and
``http_classifier``. They send what people write off the host, and are loaded where settings name
them and nowhere else.
"""

from ._errors import (
    VendorAnswerError,
    VendorBusyError,
    VendorDownError,
    VendorError,
    VendorKeyError,
    VendorRefusedError,
    VendorTimeoutError,
    VendorTooLongError,
    VendorUnreachableError,
)
from ._usage import Usage, usage

__all__ = [
    "Usage",
    "VendorAnswerError",
    "VendorBusyError",
    "VendorDownError",
    "VendorError",
    "VendorKeyError",
    "VendorRefusedError",
    "VendorTimeoutError",
    "VendorTooLongError",
    "VendorUnreachableError",
    "usage",
]
