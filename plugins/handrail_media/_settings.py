"""What a host can set about media: banks, and what a picture may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from handrail import InvalidValueError, MissingExtraError, UnknownNameError
from handrail.settings import Seen, beside, flag, some_of, whole, words

from ._banks import BankSettings
from ._limits import Limits
from ._sniff import FORMATS, MALWARE

if TYPE_CHECKING:
    from ._bank import Bank


def _banks(value: object) -> tuple[BankSettings, ...]:
    if isinstance(value, tuple) and all(isinstance(bank, BankSettings) for bank in value):
        return value
    if not isinstance(value, Mapping):
        raise InvalidValueError("banks: expected settings of banks by their name")
    return tuple(_bank(str(name), given) for name, given in value.items())


def _bank(name: str, given: Any) -> BankSettings:
    known = {field.name for field in attrs.fields(BankSettings)} - {"name"}
    if not isinstance(given, Mapping):
        raise InvalidValueError(f"banks: {name}: expected path, issue, …")
    if unknown := set(map(str, given)) - known:
        raise InvalidValueError(
            f"banks: {name}: unknown key {min(unknown)!r}; known: {', '.join(sorted(known))}"
        )
    if missing := {"path", "issue"} - set(given):
        raise InvalidValueError(f"banks: {name}: {min(missing)} is missing")
    try:
        return BankSettings(name=name, **{**given, "path": _beside(given["path"])})
    except (InvalidValueError, UnknownNameError) as error:
        raise InvalidValueError(f"banks: {name}: {error}") from None


def _beside(path: object) -> object:
    return str(beside(path)) if isinstance(path, str) and path else path


def _upper(value: Iterable[str] | str) -> tuple[str, ...]:
    return tuple(name.upper() for name in words(value))


@attrs.frozen(kw_only=True)
class Settings:
    """Which banks media are compared with, and what a picture may be.

    Attributes:
        banks: Known hashes, by the bank's name: ``path``, ``issue``, and as BankSettings has.
        formats: What is opened: AVIF, BMP, GIF, JPEG, PNG, WEBP.
        max_bytes: Bytes a picture may have. max_frames: Its frames.
        max_pixels: Pixels of a JPEG; of other formats, which are decoded in full, two thirds.
        frames: How many frames of an animation are looked at, the first and last among them.
        exact_pixels: Pixels up to which a picture is hashed as it is; larger ones are shrunk by a
            whole factor first.
        turned: Whether pictures are also found turned by quarters and mirrored.
        ignored_types: MIME types, ``*`` allowed, of media that need not be pictures.
        files: The banks' files as they were read; not for setting.
        opened: The banks themselves; not for setting.
    """

    banks: tuple[BankSettings, ...] = attrs.field(default=(), converter=_banks)
    formats: tuple[str, ...] = attrs.field(
        default=FORMATS, converter=_upper, validator=some_of(FORMATS)
    )
    max_bytes: int = attrs.field(default=20_000_000, validator=whole(1))
    max_pixels: int = attrs.field(default=50_000_000, validator=whole(1, 80_000_000))
    max_frames: int = attrs.field(default=1_000, validator=whole(1))
    frames: int = attrs.field(default=8, validator=whole(1, 100))
    exact_pixels: int = attrs.field(default=4_000_000, validator=whole(4_096, 80_000_000))
    turned: bool = attrs.field(default=False, validator=flag)
    ignored_types: tuple[str, ...] = attrs.field(default=(), converter=words)
    files: tuple[Seen, ...] = attrs.field(init=False, repr=False)
    opened: Mapping[str, Bank] = attrs.field(init=False, repr=False, eq=False)

    @files.default
    def _see(self) -> tuple[Seen, ...]:
        return tuple(Seen.now(bank.path) for bank in self.banks)

    @opened.default
    def _open(self) -> Mapping[str, Bank]:
        try:
            import numpy as np  # noqa: F401  # A missing extra is said at start-up.
            import PIL.Image  # noqa: F401  # As above.
        except ImportError:
            raise MissingExtraError("media", "looking at pictures") from None
        pairs = zip(self.banks, self.files, strict=True)
        return {bank.name: self._named(bank, seen) for bank, seen in pairs}

    @staticmethod
    def _named(bank: BankSettings, seen: Seen) -> Bank:
        """Open a bank; an error says which."""
        from ._bank import opened

        try:
            return opened(bank, seen)
        except InvalidValueError as error:
            raise InvalidValueError(f"banks: {bank.name}: {error}") from None

    @property
    def limits(self) -> Limits:
        """What a picture may be."""
        return Limits(
            formats=self.formats,
            max_bytes=self.max_bytes,
            max_pixels=self.max_pixels,
            max_frames=self.max_frames,
            frames=self.frames,
            exact_pixels=self.exact_pixels,
        )

    @property
    def findable(self) -> frozenset[str]:
        """The issues there is a bank for, and what a file's bytes are a sign of."""
        return frozenset({MALWARE}).union(*(bank.issues for bank in self.opened.values()))
