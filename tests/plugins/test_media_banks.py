"""Banks are read from lists and from what exchanges give out, or refused with file and line."""

from __future__ import annotations

import csv
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import InvalidValueError
from handrail._inspect import read_settings
from handrail._values import Placed
from handrail_media._bank import Bank
from handrail_media._banks import BankSettings
from handrail_media._entry import Entry, Lines
from handrail_media._lists import FORMATS, read
from handrail_media._settings import Settings

CSAM, NCII = "child_safety.csam", "sexual.ncii"
PDQ, MD5, SHA1, SHA256 = "a1" * 32, "b2" * 16, "c3" * 20, "d4" * 32


@pytest.fixture(name="entries")
def _entries(tmp_path):
    """Write a file, and read its entries."""

    def entries(text, form="lines", kind="pdq"):
        path = tmp_path / "bank"
        path.write_text(text, encoding="utf-8")
        return list(read(str(path), form, kind))

    return entries


def entry(kind, value, *about):
    """An entry by its hexadecimal form."""
    return Entry(kind, bytes.fromhex(value), *about)


def refused(entries, text, form="lines"):
    """How a file is refused, behind its name."""
    with pytest.raises(InvalidValueError) as error:
        entries(text, form)
    return str(error.value).rpartition("/bank:")[2]


class TestLines:
    """A hash a line."""

    def test_reads(self, entries):
        """Comments and empty lines are passed over; case does not matter."""
        assert [entry("pdq", PDQ)] * 2 == entries(f"# known\n\n{PDQ}\r\n  {PDQ.upper()}  \n")

    def test_other_kind(self, entries):
        """What a bare hash is, the settings say."""
        assert [entry("sha256", SHA256)] == entries(SHA256, kind="sha256")

    def test_kind_before_the_hash(self, entries):
        """As in python-threatexchange's local files; its other signals are passed over."""
        text = f"pdq {PDQ}\nvideo_md5 {MD5}\nsha1 {SHA1}\nurl https://example.org/\nraw_text a b c"

        assert [entry("pdq", PDQ), entry("md5", MD5), entry("sha1", SHA1)] == entries(text)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (f"{PDQ}\nabc", "2: pdq: expected 64 hexadecimal digits"),
            (f"{PDQ}\n{PDQ[:-1]}g", "2: pdq: expected 64 hexadecimal digits"),
            (f"{PDQ}\n{MD5}", "2: pdq: expected 64 hexadecimal digits"),
            (f"# x\nmd6 {MD5}", "2: expected a kind of hash, one of pdq, md5, sha1, sha256"),
        ],
    )
    def test_refused(self, entries, text, expected):
        """A wrong line is named, and what stands there is not repeated."""
        assert expected == refused(entries, text)

    def test_line_90000(self, entries):
        """A mistake far down is found with its line."""
        assert "90000: pdq: expected 64 hexadecimal digits" == refused(
            entries, f"{PDQ}\n" * 89_999 + "x"
        )

    def test_not_text(self, tmp_path):
        """A file that is no text is refused."""
        (tmp_path / "bank").write_bytes(b"\xff\xfe\x00")

        with pytest.raises(InvalidValueError, match=r"bank:1: not UTF-8"):
            list(read(str(tmp_path / "bank"), "lines", "pdq"))

    def test_too_large(self, tmp_path, monkeypatch):
        """A file beyond the limit is refused before it is read."""
        monkeypatch.setattr("handrail_media._lists.FILE_MOST", 10)
        (tmp_path / "bank").write_text(PDQ)

        with pytest.raises(InvalidValueError, match="larger than 10 bytes"):
            list(read(str(tmp_path / "bank"), "lines", "pdq"))


class TestColumns:
    """CSV with a header."""

    def test_one_hash(self, entries):
        """Columns may come in any order, and most may be missing."""
        text = f"ID,hash,issue,tags\n7,{PDQ},{NCII},a b;c\n\n,{PDQ},,\n"

        assert [entry("pdq", PDQ, "7", NCII, ("a", "b", "c")), entry("pdq", PDQ)] == entries(
            text, "csv"
        )

    def test_kind_in_a_column(self, entries):
        """A column may say what each hash is."""
        assert [entry("md5", MD5)] == entries(f"kind,hash\nmd5,{MD5}", "csv")

    def test_several_hashes(self, entries):
        """A row may have several hashes of one thing."""
        assert [entry("pdq", PDQ, "7"), entry("md5", MD5, "7"), entry("sha256", SHA256, "8")] == (
            entries(f"id,pdq,md5,sha256\n7,{PDQ},{MD5},\n8,,,{SHA256}", "csv")
        )

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "1: expected a header with 'hash', or with kinds of hash"),
            ("id,issue\n", "1: expected a header with 'hash', or with kinds of hash"),
            ("hash,hash\n", "1: expected a header with 'hash', or with kinds of hash"),
            (
                "hash,colour\n",
                "1: unknown column 'colour'; known: hash, id, issue,",
            ),
            (f"hash,id\n{PDQ},1\n{PDQ},2,3", "3: more values than the header has columns"),
            (f"hash,id\n{PDQ},1\n,2", "3: no hash"),
            (f"hash,issue\n{PDQ},no.such", "2: unknown issue 'no.such'"),
            (f'hash,id\n{PDQ},"a"b', "2: "),
            (f"hash,id\n{PDQ},a b", "2: id: expected up to 64 letters, digits and"),
            (f"hash,kind\n{PDQ},md5", "2: md5: expected 32 hexadecimal digits"),
        ],
    )
    def test_refused(self, entries, text, expected):
        """What is wrong is said with its line."""
        assert refused(entries, text, "csv").startswith(expected)


def record(**fields):
    """An answer of ThreatExchange about one indicator."""
    opinions = {"data": [{"status": "MALICIOUS", "tags": {"data": [{"text": "terror"}]}}]}
    return {
        "id": "11", "indicator": PDQ, "type": "HASH_PDQ", "should_delete": False,
        "descriptors": opinions, **fields,
    }  # fmt: skip


class TestThreatExchange:
    """Meta's ThreatExchange."""

    def read(self, entries, *records):
        """The entries of these records."""
        return entries(json.dumps({"data": records}), "threatexchange")

    def test_updates(self, entries):
        """An indicator has its id, and the tags of all opinions about it."""
        assert [entry("pdq", PDQ, "11", None, ("terror",))] == self.read(entries, record())

    def test_descriptors(self, entries):
        """A descriptor by itself is read, too."""
        alone = {
            "id": "12", "raw_indicator": MD5, "type": "HASH_MD5", "status": "UNKNOWN",
            "tags": ["x"], "owner": {"id": "1"},
        }  # fmt: skip

        assert [entry("md5", MD5, "12", None, ("x",))] == self.read(entries, alone)

    @pytest.mark.parametrize(
        "fields",
        [
            {"should_delete": True},
            {"descriptors": {"data": []}},
            {"descriptors": {"data": [{"status": "NON_MALICIOUS"}]}},
        ],
    )
    def test_deleted(self, entries, fields):
        """What is deleted, or harmless to all who have an opinion, goes."""
        assert [] == self.read(entries, record(), record(**fields))

    def test_passes_over(self, entries):
        """Addresses, texts and other hashes are passed over."""
        assert [] == self.read(entries, record(type="URI", indicator="https://example.org/"))

    def test_lines(self, entries):
        """A file may hold a record a line."""
        text = "\n".join(json.dumps(record(id=str(n))) for n in range(3))

        assert ["0", "1", "2"] == [e.id for e in entries(text, "threatexchange")]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('{"data": [', "1: no JSON: Expecting value, column 11"),
            ('{"data":\n[}', "2: no JSON: Expecting value, column 2"),
            ('{"data": [1]}', "1: expected a list of objects"),
            (f"{json.dumps(record())}\n{{oops", "2: no JSON: Expecting property name"),
            ("[" * 100_000, "1: no JSON that can be read: nested too deeply"),
            (json.dumps({"data": [record(indicator="x")]}), "1: record 1: pdq: expected 64"),
        ],
    )
    def test_refused(self, entries, text, expected):
        """What is wrong is said with its line, or the number of the record."""
        assert refused(entries, text, "threatexchange").startswith(expected)


class TestStopNcii:
    """StopNCII's answers."""

    def test_reads(self, entries):
        """Hashes that are withdrawn go; what is no hash of ours is passed over."""
        kinds = ("ImagePDQ", PDQ, "Active"), ("VideoMD5", MD5, "Received"), ("Text", "x", "Active")
        gone = ("ImagePDQ", SHA256, "Active"), ("ImagePDQ", SHA256, "Withdrawn")
        records = [
            {"signalType": kind, "hashValue": value, "hashStatus": status, "caseNumbers": {}}
            for kind, value, status in (*kinds, *gone)
        ]
        text = json.dumps({"count": 5, "hasMoreRecords": False, "hashRecords": records})

        assert [entry("pdq", PDQ), entry("md5", MD5)] == entries(text, "stopncii")


def image(id_, *prints, what="image", member="42"):
    """An entry of NCMEC's."""
    listed = "".join(f"<{kind}>{value}</{kind}>" for kind, value in prints)
    return (
        f'<{what}><member id="{member}">Example</member><id>{id_}</id>'
        f"<classification>A1</classification><fingerprints>{listed}</fingerprints></{what}>"
    )


def result(*images):
    """A query result of NCMEC's Hash Sharing API."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">\n'
        f'<images count="1" maxTimestamp="2017-10-24T15:10:00Z">\n{"".join(images)}</images>\n'
        "</queryResult>"
    )


class TestNcmec:
    """NCMEC's Hash Sharing API."""

    def test_reads(self, entries):
        """Each fingerprint is an entry; PhotoDNA is passed over; the classification is a tag."""
        prints = ("md5", MD5.upper()), ("sha1", SHA1), ("pdna", "12,34"), ("pdq", PDQ)
        expected = [
            entry(kind, value, "image1", None, ("A1",))
            for kind, value in (("md5", MD5), ("sha1", SHA1), ("pdq", PDQ))
        ]

        assert expected == entries(result(image("image1", *prints)), "ncmec")

    @pytest.mark.parametrize(
        ("last", "expected"),
        [
            (image("a", what="deletedImage"), []),
            (image("a", ("md5", "e5" * 16)), ["e5" * 16]),
            (image("a", what="deletedImage", member="43"), [MD5]),
        ],
    )
    def test_later_entries_count(self, entries, last, expected):
        """A later entry of the same member and id replaces or deletes an earlier one."""
        found = entries(result(image("a", ("md5", MD5)), last), "ncmec")

        assert expected == [e.digest.hex() for e in found]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("<queryResult>\n<images>", "2: no XML: no element found"),
            ("{}", "1: no XML: not well-formed"),
            (result(image("a", ("md5", "x"))), "4: md5: expected 32 hexadecimal digits"),
            ('<!DOCTYPE x [<!ENTITY a "b">]>\n<x/>', "1: a document type has no place here"),
        ],
    )
    def test_refused(self, entries, text, expected):
        """What is wrong is said with its line; entities are not even begun with."""
        assert refused(entries, text, "ncmec").startswith(expected)


KEYS = st.sampled_from(
    (
        "id", "type", "indicator", "descriptors", "data", "tags", "status", "should_delete",
        "text", "signalType", "hashValue", "hashStatus", "HASH_PDQ", "ImagePDQ", "Active",
    )
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | KEYS | st.just(PDQ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


class TestAnything:
    """Whatever a file says, it is read, or refused in words for the bank's owner."""

    def read(self, form, text):
        """Read a text, and pass over what a reader may raise."""
        with suppress(InvalidValueError, csv.Error):
            found = list(FORMATS[form](Lines(text.splitlines(keepends=True)), "pdq"))
            assert all(isinstance(each, Entry) for each in found)

    @pytest.mark.parametrize("form", FORMATS)
    @given(text=st.text(max_size=200))
    def test_any_text(self, form, text):
        """No text makes a reader fail."""
        self.read(form, text)

    @pytest.mark.parametrize("form", ["threatexchange", "stopncii"])
    @given(value=VALUES)
    def test_any_json(self, form, value):
        """Nor does any JSON."""
        self.read(form, json.dumps(value))
        self.read(form, json.dumps({"data": [value], "hashRecords": [value]}))

    @given(st.text("<>/image id=md5&;!DOCTYPE[]\n", max_size=80))
    def test_any_xml(self, text):
        """Nor does anything like XML."""
        self.read("ncmec", text)
        self.read("ncmec", result(text))


class TestBank:
    """What is made of the entries."""

    def bank(self, tmp_path, text, **fields):
        """A bank of CSV rows."""
        (tmp_path / "bank.csv").write_text(text)
        return Bank(BankSettings(name="b", path=str(tmp_path / "bank.csv"), issue=CSAM, **fields))

    def test_issues(self, tmp_path):
        """Its issues are its own and those of its entries."""
        assert {CSAM, NCII} == self.bank(tmp_path, f"hash,issue\n{PDQ},{NCII}").issues

    @pytest.mark.parametrize(("tags", "expected"), [((), 3), ("x", 2), (["x", "y"], 3)])
    def test_tags(self, tmp_path, tags, expected):
        """Only entries with one of the wanted tags are taken."""
        text = f"hash,tags\n{PDQ},x\n{SHA256},x z\n{PDQ},y"

        assert expected == len(self.bank(tmp_path, text, tags=tags))

    def test_too_many(self, tmp_path, monkeypatch):
        """A bank beyond the limit is refused."""
        monkeypatch.setattr("handrail_media._bank.ENTRIES_MOST", 2)

        with pytest.raises(InvalidValueError, match="more than 2 hashes"):
            self.bank(tmp_path, f"hash\n{PDQ}\n{PDQ}\n{PDQ}")

    def test_adds_and_removes_digests(self, tmp_path):
        """Digests come and go like perceptual hashes, all equal ones at once."""
        bank = self.bank(tmp_path, f"md5\n{MD5}\n{MD5}")
        bank.add(SHA256, "sha256", id="x")

        assert (2, 1, 0) == (bank.remove(MD5, "md5"), len(bank), bank.remove(MD5, "md5"))

    def test_size_is_counted(self, tmp_path):
        """A bank says how much memory it takes."""
        few = self.bank(tmp_path, f"hash,id\n{PDQ},a").size
        many = self.bank(tmp_path, "hash,id\n" + f"{PDQ},a\n" * 100).size

        assert 40 < (many - few) / 99 < 400

    def test_path_is_seen_from_the_settings_file(self, tmp_path):
        """Wherever a service runs, a bank lies, and is watched, beside its settings."""
        (tmp_path / "bank.txt").write_text(PDQ)
        given = {"banks": {"ours": {"path": "bank.txt", "issue": CSAM}}}
        placed = Placed(given, lambda *key: "handrail.yaml:1:1", tmp_path)
        made = read_settings(Settings, placed, "settings")

        assert [str(tmp_path / "bank.txt")] == [seen.path for seen in made.files]

    def test_known_by_ending(self, tmp_path):
        """The format follows from the file's name, or is asked for."""
        ends = {".txt": "lines", ".csv": "csv", ".xml": "ncmec"}
        found = {end: BankSettings(name="b", path=f"x{end}", issue=CSAM).format for end in ends}

        assert ends == found
