"""The first-party modules on comments of a hundred characters."""

from __future__ import annotations

from functools import partial
from time import perf_counter_ns

from calls import TEXT
from harness import Row, paired, quartiles

from handrail import Actor, Feature, Item, Safety, starting_policy

PIECES = (
    TEXT,
    "I do not agree with you at all, but thank you for taking the time to write this down here!",
    "See https://example.org/talks/2026 for the slides, and www.example.com for the recording ok?",
    "Das war wirklich ein sehr schönes Video, vielen Dank dafür und bis zum nächsten Mal, ja 🙂",
)
FEATURE = Feature(name="comments", surface="comments", budget_ms=5000)
"""With a budget that no busy machine uses up: modules are measured where they run, inline."""
ITEMS = [
    Item(f"c{n}", f"{PIECES[n % len(PIECES)]} {n:06d}"[:100], author=Actor("u"), language="en")
    for n in range(400)
]


KNOWN = {word for piece in PIECES for word in piece.split()}
REACHING = [
    Item(f"c{n}", f"{piece} {n:06d}", author=Actor("u"), language="en")
    for n, piece in enumerate(
        (
            "Her number is 212-555-0123 and her mail is jane dot doe at shop dot org, go and ask",
            "Add me on telegram: @cool_jane, or text me at +49 30 901820, we can talk there",
        )
        * 200
    )
]


def contact_rows() -> list[Row]:
    """CPU of the contact module alone: comments without contacts, and with two or three."""
    safety = Safety(
        [FEATURE],
        modules=["contact"],
        policy=starting_policy("comments"),
        trace_share=0.0,
    )
    ask = safety.feature("comments").pre_publish

    def asked(items: list[Item], times: int) -> None:
        for item in items[:times]:
            ask(item)

    def words(items: list[Item], times: int) -> None:
        for item in items[:times]:
            [w for w in item.text.split() if w in KNOWN]

    found = [
        paired(
            f"pre_publish, contact, 100 characters {what}", partial(asked, items),
            "str.split and a set lookup", partial(words, items), times=400,
        )
        for what, items in (("without contacts", ITEMS), ("with contacts", REACHING))
    ]  # fmt: skip
    safety.close()
    return found


def classifier_rows() -> list[Row]:
    """CPU of the classifier alone, its words known; and of a model that meets every word anew."""
    from handrail_classifier._score import Model
    from handrail_classifier._weights import shipped

    model, forgetful = Model(shipped()), Model(shipped())
    kept = (forgetful._cutter, forgetful._words)

    def scored(times: int) -> None:
        for item in ITEMS[:times]:
            model.sums(item.text)

    def anew(times: int) -> None:
        for item in ITEMS[:times]:
            for each in kept:
                each.clear()
            forgetful.sums(item.text)

    def words(times: int) -> None:
        for item in ITEMS[:times]:
            [w for w in item.text.split() if w in KNOWN]

    plain = "str.split and a set lookup"
    return [
        paired("classifier, 100 characters, words known", scored, plain, words, times=400),
        paired("classifier, 100 characters, all words new", anew, plain, words, times=400),
    ]


def rows() -> list[Row]:
    """All rows of the modules."""
    return [*together_rows(), *contact_rows(), *classifier_rows()]


def together_rows() -> list[Row]:
    """CPU per call beside splitting the text into words, and wall-clock percentiles."""
    safety = Safety(
        [FEATURE],
        modules=["comments", "links", "text"],
        policy=starting_policy("comments"),
        trace_share=0.0,
    )
    ask = safety.feature("comments").pre_publish

    def ours(times: int) -> None:
        for item in ITEMS[:times]:
            ask(item)

    def words(times: int) -> None:
        for item in ITEMS[:times]:
            [w for w in item.text.split() if w in KNOWN]

    row = paired(
        "pre_publish, text + links + comments, 100 characters", ours,
        "str.split and a set lookup", words, times=400,
    )  # fmt: skip
    took = []
    for item in ITEMS * 10:
        start = perf_counter_ns()
        ask(item)
        took.append((perf_counter_ns() - start) / 1e3)
    took.sort()
    low, middle, high = quartiles(took)
    p99 = took[int(len(took) * 0.99)]
    safety.close()
    return [
        row,
        Row(what="… p50, wall", value=middle, low=low, high=high),
        Row(what="… p99, wall", value=p99, low=p99, high=took[int(len(took) * 0.995)]),
    ]
