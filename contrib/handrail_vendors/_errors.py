"""What asking a vendor fails with: a type that says why, and no word of what was sent.

VendorError
├── VendorTimeoutError      no answer within the time there was
├── VendorUnreachableError  no connection, or it was lost
├── VendorBusyError         refused for now: their rate limit, or ours
├── VendorDownError         the vendor failed (5xx)
├── VendorKeyError          the key was not accepted (401, 403)
├── VendorRefusedError      the request was not accepted (another 4xx), or was sent elsewhere (3xx)
├── VendorAnswerError       an answer that is not what the vendor documents
└── VendorTooLongError      more text than the vendor takes, where that is a fault
"""

from __future__ import annotations

from handrail import HandrailError


class VendorError(HandrailError):
    """A vendor gave no usable answer; the fault it becomes bears this type."""


class VendorTimeoutError(VendorError):
    """No answer came within the time there was."""


class VendorUnreachableError(VendorError):
    """No connection could be made, or it was lost."""


class VendorBusyError(VendorError):
    """A rate limit was reached, the vendor's or the one that is set here."""


class VendorDownError(VendorError):
    """The vendor says that it failed."""


class VendorKeyError(VendorError):
    """The vendor does not accept the key; it is read anew for the next call."""


class VendorRefusedError(VendorError):
    """The vendor does not accept the request, or redirects it."""


class VendorAnswerError(VendorError):
    """The answer is too large, no JSON, or not of the documented form."""


class VendorTooLongError(VendorError):
    """The text is longer than the vendor takes, and settings say that this is a fault."""
