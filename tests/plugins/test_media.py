"""The media module finds known pictures and files, and says when it could not look."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import numpy as np
import pytest

import handrail_media
from handrail import (
    ConfigError,
    Feature,
    FeatureError,
    InvalidValueError,
    Item,
    Media,
    MediaHashes,
    MissingExtraError,
    Safety,
    UnseenError,
)
from handrail.testing import ModuleContract, look, make_item, make_safety
from handrail_media._pdq import pdq
from handrail_media._settings import Settings

FILES = SimpleNamespace(**run_path(str(Path(__file__).with_name("media_files.py"))))
encoded, gif, photo, png = FILES.encoded, FILES.gif, FILES.photo, FILES.png

CSAM, NCII, MALWARE = "child_safety.csam", "sexual.ncii", "dangerous_knowledge.malware"
PHOTO = photo()
FILE = encoded(PHOTO)
HASH = pdq(np.asarray(PHOTO)).hex


def item(data=FILE, form="image/png", **fields):
    """An item with one medium."""
    return make_item("", media=[Media(id="m", type=form, data=data, **fields)])


class TestContract(ModuleContract):
    """The media module keeps its contract with the SDK."""

    module = handrail_media
    examples = {  # noqa: RUF012
        MALWARE: [item(FILE + b"PK\x03\x04" + b"\0" * 90)],
    }
    harmless = (
        item(),
        item(encoded(PHOTO, "JPEG"), "image/jpeg"),
        item(None, hashes={"pdq": HASH}),
        "no media at all",
    )


@pytest.fixture(name="bank")
def _bank(tmp_path):
    """Write a bank and return settings for it."""

    def write(text=HASH, name="known", suffix=".txt", **fields):
        path = tmp_path / f"{name}{suffix}"
        path.write_text(text)
        return {"banks": {name: {"path": str(path), "issue": CSAM, **fields}}}

    return write


@pytest.fixture(name="ask")
def _ask(bank):
    """Decide about an item where a bank is known."""
    opened = []

    def ask(item, settings=None):
        safety = make_safety(
            handrail_media, settings={"media": settings or bank()}, budget_ms=20_000
        )
        opened.append(safety)
        return safety.feature("comments").pre_publish(item)

    yield ask
    for safety in opened:
        safety.close()


def told(decision):
    """What was found: issue and score."""
    return [(finding.issue, finding.score) for finding in decision.findings]


class TestKnown:
    """A medium in a bank is a finding of the bank's issue."""

    def test_by_pdq(self, ask):
        """A picture is known by its perceptual hash, surely, and the reason says how near."""
        found = ask(item(encoded(PHOTO, "JPEG", quality=60), "image/jpeg")).findings[0]
        near = found.evidence.counts["distance"]

        assert (CSAM, 1.0) == (found.issue, found.score)
        assert (
            f"medium 1 matches bank 'known' by PDQ at distance {near}, quality 100" == found.reason
        )
        assert {"medium": 1, "distance": near, "quality": 100} == dict(found.evidence.counts)
        assert 0 < near <= 31

    @pytest.mark.parametrize("kind", ["md5", "sha1", "sha256"])
    def test_by_digest(self, ask, bank, kind):
        """A file of any sort is known by its digest."""
        data = b"%PDF-1.7 a document"
        settings = {
            **bank(hashlib.new(kind, data).hexdigest(), kind=kind),
            "ignored_types": ["application/*"],
        }
        decision = ask(item(data, "application/pdf"), settings)

        assert ([(CSAM, 1.0)], ()) == (told(decision), decision.faults)

    @pytest.mark.parametrize("kind", ["pdq", "md5", "sha1", "sha256"])
    def test_by_the_hosts_hash(self, ask, bank, kind):
        """Where the host sends a hash instead of the bytes, that is compared."""
        value = HASH if kind == "pdq" else hashlib.new(kind, FILE).hexdigest()
        decision = ask(item(None, hashes={kind: value.upper()}), bank(value, kind=kind))

        assert ([(CSAM, 1.0)], ()) == (told(decision), decision.faults)

    def test_bytes_beat_the_hosts_hash(self, ask):
        """Bytes are hashed here, whatever hash comes with them."""
        assert [(CSAM, 1.0)] == told(ask(item(hashes={"pdq": "0" * 64})))

    def test_says_where_it_is_from(self, ask, bank):
        """A reason names the source and the entry, and the score is the bank's."""
        settings = bank(
            f"id,pdq,issue\nA-17,{HASH},{NCII}", suffix=".csv", source="StopNCII", confidence=0.8
        )
        found = ask(item(), settings).findings[0]

        assert (NCII, 0.8) == (found.issue, found.score)
        assert (
            "bank 'known' of StopNCII by PDQ at distance 0, quality 100, entry A-17" in found.reason
        )

    def test_nearest_entry_counts(self, ask, bank):
        """A medium is found once an issue and bank, by the entry it is nearest to."""
        other = f"{int(HASH, 16) ^ 0b111:064x}"
        found = ask(item(), bank(f"{other}\n{HASH}\n{HASH}")).findings

        assert [0] == [f.evidence.counts["distance"] for f in found]

    def test_each_medium(self, ask):
        """Each medium is looked at."""
        both = make_item(
            "", media=[*item().media, *item(encoded(photo(seed=9))).media, *item().media]
        )

        assert [1, 3] == [f.evidence.counts["medium"] for f in ask(both).findings]

    @pytest.mark.parametrize(("distance", "expected"), [(2, 0), (3, 1)])
    def test_distance(self, ask, bank, distance, expected):
        """How near counts as the same is the bank's to say."""
        other = f"{int(HASH, 16) ^ 0b111:064x}"

        assert expected == len(ask(item(), bank(other, distance=distance)).findings)

    def test_quality(self, ask, bank):
        """A picture with too little in it matches nothing, for it would match too much."""
        flat = encoded(photo().point(lambda value: 120 + value // 32))
        value = pdq(np.asarray(photo().point(lambda value: 120 + value // 32))).hex

        assert [0, 1] == [
            len(ask(item(flat), bank(value, quality=least)).findings) for least in (50, 0)
        ]

    @pytest.mark.parametrize(("turned", "expected"), [(False, 0), (True, 1)])
    def test_turned(self, ask, bank, turned, expected):
        """A turned or mirrored picture is known if the settings ask for it."""
        mirrored = encoded(PHOTO.transpose(2).transpose(0))

        assert expected == len(ask(item(mirrored), {**bank(), "turned": turned}).findings)

    def test_no_bank(self, ask):
        """Without a bank nothing is known, and a feature cannot rely on it."""
        assert () == ask(item(), {"banks": {}}).findings


class TestUnseen:
    """What could not be looked at is a fault, not silence, and speaks not against the module."""

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (FILE[:-3_000], "truncated"),
            (b"", "unknown_format"),
            (b"not a picture", "unknown_format"),
            (png(10_000, 10_000), "too_many_pixels"),
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 9, "truncated"),
            (None, "no_bytes"),
        ],
    )
    def test_is_a_fault(self, ask, data, why):
        """The fault says which part and why, and nothing of the file."""
        decision = ask(item(data))

        assert [("media", "missing", f"media: {why}")] == [
            (fault.source, fault.cause, fault.place) for fault in decision.faults
        ]
        assert [("failed", "missing")] == [(c.status, c.reason) for c in decision.coverage]

    def test_keeps_what_was_found(self, ask, bank):
        """The first frame of a flood of frames is compared all the same."""
        more = [photo(seed=n) for n in range(4, 7)]
        known = encoded(PHOTO.convert("P"), "GIF", save_all=True, append_images=more)
        value = pdq(np.asarray(PHOTO.convert("P").convert("RGB"))).hex
        decision = ask(item(known, "image/gif"), {**bank(value), "max_frames": 3})

        assert [(CSAM, 1.0)] == told(decision)
        assert ["media: too_many_frames"] == [fault.place for fault in decision.faults]

    def test_bad_host_hash(self, ask):
        """A hash of the host's that is none is said, too."""
        assert "media: no_hash" == ask(item(None, hashes={"pdq": "xyz"})).faults[0].place

    def test_no_breaker(self, bank):
        """However many broken pictures come, the module goes on looking."""
        with make_safety(handrail_media, settings={"media": bank()}, budget_ms=20_000) as safety:
            ask = safety.feature("comments").pre_publish
            for _ in range(30):
                ask(item(FILE[:100]))

            assert [(CSAM, 1.0)] == told(ask(item()))

    def test_ignored_types(self, ask, bank):
        """Media that need no picture are let pass by type, a picture under that name is not."""
        settings = {**bank(), "ignored_types": ["video/*"]}

        assert () == ask(item(b"a video", "video/mp4"), settings).faults
        assert [(CSAM, 1.0)] == told(ask(item(FILE, "video/mp4"), settings))[:1]

    def test_too_many_media(self, ask):
        """Of a hundred and more media, those beyond are unseen."""
        many = make_item(
            "", media=[Media(id=f"{n}", type="x", hashes={"pdq": HASH}) for n in range(101)]
        )

        assert "media: too_many_media" == ask(many).faults[0].place


class TestStowaways:
    """A file that is a picture and something else is a sign of malware."""

    @pytest.mark.parametrize(
        ("data", "form", "score"),
        [
            (gif(2) + b"PK\x03\x04" + b"\0" * 60, "image/gif", 0.6),
            (encoded(PHOTO, "JPEG") + b"<html><script>", "image/jpeg", 0.6),
            (encoded(PHOTO, "JPEG", comment=b"<script>x</script>"), "image/jpeg", 0.6),
            (FILE + b"MZ\x90\0", "image/png", 0.6),
            (FILE + b"\n%PDF-1.4", "image/png", 0.4),
            (FILE + b"\x01" * 5_000, "image/png", 0.2),
            (FILE, "image/jpeg", 0.1),
            (FILE, "text/html", 0.1),
        ],
    )
    def test_score(self, ask, data, form, score):
        """What it is says how much it weighs; another type than declared is only noted."""
        assert [(MALWARE, score)] == told(ask(item(data, form), {"banks": {}}))

    @pytest.mark.parametrize(
        ("data", "form"),
        [
            (FILE + b"\0" * 9_000, "image/png"),
            (encoded(PHOTO, "JPEG"), "image/jpg"),
            (encoded(PHOTO, "WEBP"), "image/webp; q=1"),
            (FILE, "image/*"),
        ],
    )
    def test_harmless(self, ask, data, form):
        """Padding and common names of types are no sign of anything."""
        assert () == ask(item(data, form), {"banks": {}}).findings


class TestSettings:
    """Settings are checked at start-up, with the place of what is wrong."""

    @pytest.mark.parametrize(
        ("banks", "expected"),
        [
            ({"x": {"issue": CSAM}}, "banks: x: path is missing"),
            (
                {"x": {"path": "x.txt", "issue": "no.such"}},
                "issue: unknown issue 'no.such'",
            ),
            ({"x": {"path": "x.txt", "issue": CSAM, "distanc": 3}}, "unknown key 'distanc'"),
            ({"x": {"path": "x.bin", "issue": CSAM}}, "format: expected one of lines, csv"),
            ({"x": {"path": "x.txt", "issue": CSAM, "distance": 32}}, "distance: expected a whole"),
            ({"x": {"path": "/nowhere/x.txt", "issue": CSAM}}, "/nowhere/x.txt: cannot be read"),
            (["x"], "banks: expected settings of banks by their name"),
        ],
    )
    def test_refused(self, banks, expected):
        """What is wrong with a bank is said, with its name."""
        with pytest.raises(ConfigError) as error:
            make_safety(handrail_media, settings={"media": {"banks": banks}})

        assert expected in str(error.value)

    def test_wrong_line(self, bank):
        """A bank with a mistake is refused with file and line, and the hash is not repeated."""
        with pytest.raises(ConfigError, match=r"known\.txt:2: pdq: expected 64 hexadecimal digits"):
            make_safety(handrail_media, settings={"media": bank(f"{HASH}\nabc")})

    def test_missing_extra(self, monkeypatch):
        """Without the extra the error names it, at start-up."""
        monkeypatch.setitem(sys.modules, "PIL.Image", None)
        monkeypatch.setitem(sys.modules, "PIL", None)

        with pytest.raises(MissingExtraError, match=r"handrail\[media\]"):
            Settings()

    def test_covers_what_it_has_banks_for(self, bank):
        """A feature can rely on an issue only if there is a bank for it."""
        feature = Feature(name="wall", surface="wall", requires={"issues": [CSAM]})
        settings = {"media": bank()}
        with Safety([feature], modules=[handrail_media], settings=settings) as safety:
            safety.feature("wall")

        with (
            Safety([feature], modules=[handrail_media]) as safety,
            pytest.raises(FeatureError, match="which no loaded module covers"),
        ):
            safety.feature("wall")


class TestBank:
    """A running Safety's banks can be changed."""

    def test_changes_at_once(self, bank):
        """What is added is known from then on, and what is removed is not."""
        with make_safety(handrail_media, settings={"media": bank("")}, budget_ms=20_000) as safety:
            known, ask = (
                handrail_media.bank(safety, "known"),
                safety.feature("comments").pre_publish,
            )
            before = told(ask(item()))
            known.add(HASH, id="new")
            added = ask(item()).findings[0].reason
            gone = known.remove(HASH)

            assert ([], 1, []) == (before, gone, told(ask(item())))
            assert added.endswith("entry new")

    def test_follows_its_file(self, bank, tmp_path):
        """A changed file is read off the call, and swapped in with the issues it brings."""
        with make_safety(handrail_media, settings={"media": bank("")}, budget_ms=20_000) as safety:
            ask = safety.feature("comments").pre_publish
            (tmp_path / "known.txt").write_text(HASH)
            swapped = handrail_media.bank(safety, "known")
            while handrail_media.bank(safety, "known") is swapped:
                safety._core.files.look(safety._core)

            assert [(CSAM, 1.0)] == told(ask(item()))

    def test_keeps_what_it_had(self, bank, tmp_path):
        """A file with a mistake changes nothing, and the problem is said with its line."""
        with make_safety(handrail_media, settings={"media": bank()}, budget_ms=20_000) as safety:
            ask = safety.feature("comments").pre_publish
            (tmp_path / "known.txt").write_text(f"{HASH}\nwrong")
            while not any("known.txt:2" in problem.what for problem in safety.problems()):
                safety._core.files.look(safety._core)

            assert [(CSAM, 1.0)] == told(ask(item()))

    def test_unknown_name(self):
        """Asking for a bank that is not there says so."""
        with make_safety(handrail_media) as safety, pytest.raises(InvalidValueError, match="'x'"):
            handrail_media.bank(safety, "x")

    def test_shared(self, bank):
        """Two features' worth of settings that are the same share one bank in memory."""
        settings = bank()
        one, two = Settings(**settings), Settings(**settings)

        assert one.opened["known"] is two.opened["known"]


class TestDerivation:
    """Other modules read what media hash to."""

    def test_hashes(self):
        """A picture has its PDQ with quality, and the digests of its bytes."""
        found = handrail_media.media_hashes(item(), None, Settings())

        assert isinstance(found, MediaHashes)
        assert ("m", HASH, 100, None) == (
            found[0].media, found[0].pdq, found[0].quality, found[0].problem
        )  # fmt: skip
        assert hashlib.sha256(FILE).hexdigest() == found[0].sha256

    def test_reads_nothing_until_asked(self, monkeypatch):
        """Making the derivation opens nothing: it runs in the caller's thread."""
        monkeypatch.setattr("handrail_media._hashes._all", lambda *_: pytest.fail("too early"))

        handrail_media.media_hashes(item(), None, Settings())

    def test_pictures(self):
        """A picture is given small and upright, three bytes a pixel."""
        large = item(encoded(photo(1_600, 800)))
        (found,) = handrail_media.media_pictures(large, None, Settings())
        (picture,) = found.pictures

        assert ("m", 640, 320, None) == (found.media, picture.width, picture.height, found.problem)
        assert 640 * 320 * 3 == len(picture.rgb)

    @pytest.mark.parametrize(
        ("data", "problem"),
        [(None, "no_bytes"), (b"odd", "unknown_format"), (FILE[:900], "truncated")],
    )
    def test_pictures_with_a_problem(self, data, problem):
        """What cannot be opened has no picture, and says why."""
        (found,) = handrail_media.media_pictures(item(data), None, Settings())

        assert ((), problem) == (found.pictures, found.problem)

    def test_pictures_of_an_animation(self):
        """The frames that were seen before a problem are kept."""
        more = [photo(seed=n) for n in range(4, 7)]
        data = encoded(PHOTO, "WEBP", save_all=True, append_images=more)
        (found,) = handrail_media.media_pictures(item(data), None, Settings(max_frames=3))

        assert (1, "too_many_frames") == (len(found.pictures), found.problem)

    def test_unseen_by_itself(self):
        """The hook raises UnseenError last."""
        with pytest.raises(UnseenError, match="media: unknown_format"):
            look(handrail_media, item(b"odd"))


def test_one_item_without_media():
    """An item without media costs nothing and finds nothing."""
    assert () == look(handrail_media, Item("x", "words only"))
