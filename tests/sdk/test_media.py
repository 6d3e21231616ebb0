"""What is read off media is worked out when first read, once, whoever reads."""

from __future__ import annotations

import threading

import pytest

from handrail import MediaHash, MediaHashes, MediaPicture, MediaPictures, Picture

ONE, TWO = MediaHash(media="a", pdq="0" * 64), MediaHash(media="b", problem="truncated")


class TestMediaHashes:
    """A sequence that computes itself."""

    def test_is_a_sequence(self):
        """It has a length, items, slices, and can be gone through."""
        hashes = MediaHashes(lambda: [ONE, TWO])

        assert (2, TWO, (ONE,), [ONE, TWO]) == (len(hashes), hashes[1], hashes[:1], list(hashes))

    def test_computes_when_read(self):
        """Making it computes nothing."""
        MediaHashes(lambda: pytest.fail("too early"))

    def test_computes_once(self):
        """Many threads that read at once get one answer, computed once."""
        made, gate = [], threading.Barrier(8)

        def compute():
            made.append(1)
            return [ONE]

        hashes = MediaHashes(compute)

        def read():
            gate.wait()
            len(hashes)

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [1] == made

    def test_failure_is_tried_again(self):
        """What failed is no answer: the next reader tries."""
        answers = iter([ValueError(), [ONE]])

        def compute():
            answer = next(answers)
            if isinstance(answer, ValueError):
                raise answer
            return answer

        hashes = MediaHashes(compute)
        with pytest.raises(ValueError, match=r"^$"):
            len(hashes)

        assert [ONE] == list(hashes)

    def test_repr(self):
        """No repr shows a hash or an id, or computes one."""
        assert "MediaHash(pdq=True, problem=None) MediaHashes()" == f"{ONE!r} {MediaHashes(list)!r}"


def test_pictures_keep_to_themselves():
    """No repr shows what is in a picture, or whose it is."""
    picture = Picture(width=2, height=1, rgb=b"secret")
    media = MediaPictures(lambda: [MediaPicture(media="mine", pictures=(picture,))])

    assert "Picture(2 × 1)" == repr(picture)
    assert "mine" not in f"{media!r} {media[0]!r}"
