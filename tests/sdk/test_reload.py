"""Other policies in a running process: all at once, or not at all."""

from __future__ import annotations

import asyncio
import sys
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from handrail import (
    Action,
    AsyncSafety,
    Condition,
    Feature,
    FeatureError,
    HandrailError,
    Item,
    Manifest,
    Policy,
    PolicyError,
    Safety,
    hookimpl,
)
from handrail import testing as fakes
from handrail._reload import Source

SPAM = "integrity.spam"
ITEM = Item("1", "words", language="en")
HOLDS = {"within": "24h", "otherwise": "block"}
LOADS = "handrail.policy.loads"
WALL = Feature(name="wall", surface="comments")
ALLOW, NUDGE, LIMIT, HOLD, BLOCK = Action


def does(action, **more):
    """A policy that does this with spam."""
    return Policy(name="p", issues={SPAM: {action: 0.5}}, holds=HOLDS, limits={"reach": 0.1},
                  **more)  # fmt: skip


class Files:
    """A source of policies whose content a test decides."""

    def __init__(self, *policies) -> None:
        self.now = policies

    def __call__(self):
        """Read them, or raise what is there instead."""
        if isinstance(self.now, Exception):
            raise self.now
        return self.now, ()


@pytest.fixture(name="make")
def _make():
    """Make a Safety that finds spam; it is closed when the test is over."""
    made = []

    def make(*policies, features=(WALL,), found=0.9, **options):
        modules = options.pop("modules", [fakes.finding(SPAM, found)])
        options = {"budget_ms": 30_000, "complete_share": 0.0, **options}
        made.append(Safety(features, modules=modules, policy=policies, **options))
        return made[-1]

    yield make
    for safety in made:
        safety.close()


def asked(safety, name="wall"):
    """The action for the same item as ever."""
    return safety.feature(name).pre_publish(ITEM).action


class TestGiven:
    """Policies given in code."""

    @pytest.mark.parametrize("opened", [True, False])
    def test_hold_from_the_next_call_on(self, make, opened):
        """A feature decides by the new policies, whether it was open or not."""
        safety = make(does("block"))
        if opened:
            safety.feature("wall")
        safety.reload(does("nudge"))

        assert NUDGE is asked(safety)

    def test_a_guarded_feature_stays(self, make):
        """What a feature was handed before goes on working, under the new policies."""
        safety = make(does("block"))
        guarded = safety.feature("wall")
        safety.reload(does("nudge"))

        assert NUDGE is guarded.pre_publish(ITEM).action

    def test_safety_says_which(self, make):
        """The policies in force are those that were given last."""
        safety = make(does("block"))
        after = does("nudge")
        safety.reload([after])

        assert (after,) == safety.policies

    def test_decision_says_which(self, make):
        """A decision names the revision it was made under."""
        safety, after = make(does("block")), does("nudge")
        safety.feature("wall")
        safety.reload(after)

        assert after.revision == safety.feature("wall").pre_publish(ITEM).policy.revision

    def test_all_features_at_once(self, make):
        """No feature runs under the old ones once another runs under the new ones."""
        door = Feature(name="door", surface="comments")
        safety = make(does("block"), features=[WALL, door])
        before = [asked(safety, name) for name in ("wall", "door")]
        safety.reload(does("nudge"))

        assert ([BLOCK, BLOCK], [NUDGE, NUDGE]) == (
            before,
            [asked(safety, name) for name in ("wall", "door")],
        )

    def test_a_call_in_flight_keeps_its_plan(self, make):
        """A call that has begun is decided by what it began with."""
        entered, go = threading.Event(), threading.Event()

        class Waits:
            MANIFEST = Manifest(name="waits", version="1", issues={SPAM}, surfaces="*")

            @hookimpl
            def pre_publish(self, item):
                """Wait in the middle of the call."""
                entered.set()
                go.wait(30)

        safety = make(does("block"), modules=[Waits(), fakes.finding(SPAM, 0.9)])
        guarded, got = safety.feature("wall"), []
        thread = threading.Thread(target=lambda: got.append(guarded.pre_publish(ITEM)))
        thread.start()
        entered.wait(30)
        safety.reload(does("nudge"))
        go.set()
        thread.join(30)

        assert [(BLOCK, does("block").revision)] == [(d.action, d.policy.revision) for d in got]

    def test_no_call_fails_meanwhile(self, make):
        """While policies come and go, every call is answered by the one or the other, whole."""
        safety = make(does("block"))
        guarded, got, over = safety.feature("wall"), [], threading.Event()

        def ask():
            while not over.is_set():
                decision = guarded.pre_publish(ITEM)
                got.append((decision.action, decision.policy.revision, decision.degraded))

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        policies = [does("nudge"), does("block")]
        for number in range(10):
            safety.reload(policies[number % 2])
        over.set()
        for thread in threads:
            thread.join(30)
        whole = {(action, does(action.name.lower()).revision, False) for action in (NUDGE, BLOCK)}

        assert (True, set()) == (len(got) > 0, {*got} - whole)

    def test_what_is_opened_meanwhile_is_kept(self, make, monkeypatch):
        """A feature that is opened while plans are being made has a plan afterwards."""
        door = Feature(name="door", surface="comments")
        safety = make(does("block"), features=[WALL, door])
        safety.feature("wall")
        planner, opened = safety._core.planner, []
        plan = type(planner).plan

        def opens(self, feature, stage, now=None):
            if self is not planner and not opened:
                opened.append(safety.feature("door"))
            return plan(self, feature, stage, now)

        monkeypatch.setattr(type(planner), "plan", opens)
        safety.reload(does("nudge"))

        assert NUDGE is opened[0].pre_publish(ITEM).action


class TestRefused:
    """Policies that cannot work change nothing."""

    NARROW = Feature(name="wall", surface="comments", carries_out=["block"])

    @pytest.mark.parametrize("opened", [True, False])
    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            pytest.param(does("hold"), FeatureError, id="a feature cannot do it"),
            pytest.param([does("block"), does("block")], HandrailError, id="one name twice"),
            pytest.param({"name": "p"}, PolicyError, id="a mapping"),
            pytest.param([None], PolicyError, id="no policy"),
        ],
    )
    def test_raise_and_change_nothing(self, make, opened, wrong, error):
        """They raise what opening would, and what ran before runs on."""
        safety = make(does("block"), features=[self.NARROW])
        if opened:
            safety.feature("wall")
        before = safety.policies
        with pytest.raises(error):
            safety.reload(wrong)

        assert (before, BLOCK) == (safety.policies, asked(safety))

    def test_without_a_source(self, make):
        """What came from code cannot be read again, and the error says what to do."""
        with pytest.raises(HandrailError, match="give the new ones"):
            make(does("block")).reload()


class TestSource:
    """Policies that are read again."""

    @pytest.fixture(name="files")
    def _files(self):
        return Files(does("block"))

    @pytest.fixture(name="safety")
    def _safety(self, make, files):
        return make(*files.now, source=Source(files, more=(Policy(name="code"),)))

    def test_are_read(self, safety, files):
        """Without policies, reload takes what the source says now."""
        safety.feature("wall")
        files.now = [does("nudge")]
        safety.reload()

        assert NUDGE is asked(safety)

    def test_those_in_code_stay(self, safety):
        """Policies given in code beside the files are in force afterwards, too."""
        safety.reload()

        assert ["p", "code"] == [p.name for p in safety.policies]

    def test_revisions_are_logged(self, safety, files):
        """Each policy in force is logged with its revision and its bundle's."""
        files.now = [does("nudge", bundle="b1")]
        with capture_logs() as entries:
            safety.reload()
        said = [(e["policy"], e["revision"], e["bundle"]) for e in entries
                if e["event"] == "handrail.policy_loaded"]  # fmt: skip

        assert ("p", does("nudge").revision, "b1") in said

    def test_loads_are_counted(self, safety):
        """The first load and each later one are counted."""
        safety.reload()

        assert {("loaded",): 2} == safety.counts(LOADS)

    BAD = (
        pytest.param(PolicyError("p.yaml:3:1: no"), "p.yaml:3:1: no", id="refused by the loader"),
        pytest.param(OSError("canary"), "raised OSError", id="a loader that raises"),
    )

    @pytest.mark.parametrize(("bad", "said"), BAD)
    def test_bad_ones_keep_the_last_good(self, safety, files, bad, said):
        """What cannot be read raises, and the last good policies decide on."""
        safety.feature("wall")
        files.now = bad
        with pytest.raises(HandrailError, match=said):
            safety.reload()

        assert BLOCK is asked(safety)

    @pytest.mark.parametrize(("bad", "said"), BAD)
    def test_bad_ones_are_shouted(self, safety, files, bad, said):
        """It is logged as an error, counted as refused, and a problem until it is mended."""
        files.now = bad
        with capture_logs() as entries, pytest.raises(HandrailError):
            safety.reload()
        logged = [e["log_level"] for e in entries
                  if e["event"] == "handrail.policy_refused" and said in e["what"]]  # fmt: skip
        problems = [p.level for p in safety.problems() if said in p.what and "runs on" in p.what]

        assert (["error"], 1, ["error"]) == (
            logged, safety.counts(LOADS)[("refused",)], problems,
        )  # fmt: skip

    def test_text_of_an_error_is_not_repeated(self, safety, files):
        """What a loader raised may hold anything: only its type is said."""
        files.now = OSError("canary")
        with capture_logs() as entries, pytest.raises(HandrailError):
            safety.reload()

        assert "canary" not in f"{entries} {safety.problems()}"

    def test_what_no_feature_can_do_is_refused_too(self, make, files):
        """Files that can be read and cannot work are refused as a whole."""
        safety = make(*files.now, features=[TestRefused.NARROW], source=Source(files))
        safety.feature("wall")
        files.now = [does("hold")]
        with pytest.raises(FeatureError):
            safety.reload()

        assert (BLOCK, 1) == (asked(safety), safety.counts(LOADS)[("refused",)])

    @pytest.mark.parametrize("how", ["files", "code"])
    def test_mended_is_no_problem(self, safety, files, how):
        """Once policies are in force again, nothing is left of the refusal."""
        files.now, good = PolicyError("no"), [does("nudge")]
        with pytest.raises(HandrailError):
            safety.reload()
        if how == "files":
            files.now = good
        safety.reload(*([good] if how == "code" else []))

        assert [] == [p for p in safety.problems() if "refused" in p.what]


LOADER = """
from handrail import Policy, PolicyError

def load(directory):
    made = []
    for path in sorted(directory.glob("*.txt")):
        action = path.read_text()
        if action == "broken":
            raise PolicyError(f"{path.name}:1:1: broken")
        made.append(Policy(name=path.stem, issues={"integrity.spam": {action: 0.5}},
                           limits={"reach": 0.1}))
    return made
"""

LATE = LOADER.replace(
    "    return made",
    """
    directory.joinpath("q.txt").write_text("limit")
    return made
""",
)
"""While it reads, somebody adds a policy."""


class TestWatch:
    """A directory that is watched, as handrail.yaml asks for it."""

    @pytest.fixture(name="safety")
    def _safety(self, request, tmp_path, monkeypatch):
        """A Safety with a policy in a watched directory and a loader of its own."""
        (tmp_path / "loader_watch.py").write_text(getattr(request, "param", LOADER))
        info = tmp_path / "loader_watch-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Name: loader-watch\nVersion: 1\n")
        (info / "entry_points.txt").write_text("[handrail.loaders]\nw = loader_watch:load\n")
        monkeypatch.syspath_prepend(tmp_path)
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules/p.txt").write_text("block")
        policies = {"directory": str(tmp_path / "rules"), "watch": True}
        features = {"wall": {"surface": "comments"}}
        with Safety.from_config(
            {"version": 1, "features": features, "policies": policies, "strict": False}
        ) as safety:
            yield safety
        sys.modules.pop("loader_watch", None)

    def tick(self, safety):
        """Do the housekeeping, and wait for what it started."""
        safety._core.tick()
        for thread in threading.enumerate():
            if thread.name == "handrail-reload":
                thread.join(30)

    def actions(self, safety):
        """By policy, what is done with spam."""
        return {p.name: p.issues[SPAM][0].action for p in safety.policies}

    @pytest.mark.parametrize(
        ("name", "text", "expected"),
        [
            pytest.param("p", "nudge", {"p": NUDGE}, id="written"),
            pytest.param("q", "limit", {"p": BLOCK, "q": LIMIT}, id="added"),
            pytest.param("p", None, {}, id="removed"),
        ],
    )
    def test_change_is_taken_in(self, safety, tmp_path, name, text, expected):
        """A file that is written, added or removed is in force after the next look."""
        path = tmp_path / f"rules/{name}.txt"
        path.unlink() if text is None else path.write_text(text)
        self.tick(safety)

        assert expected == self.actions(safety)

    def test_link_that_leads_nowhere_hides_nothing(self, safety, tmp_path):
        """A change is seen beside a dangling link, as an editor's lock is one."""
        tmp_path.joinpath("rules/.#p").symlink_to("nobody@nowhere:1")
        self.tick(safety)
        (tmp_path / "rules/p.txt").write_text("nudge")
        self.tick(safety)

        assert {"p": NUDGE} == self.actions(safety)

    def test_many_files_below_hide_nothing(self, safety, tmp_path, monkeypatch):
        """However many files lie in folders below, those of the directory itself are looked at."""
        monkeypatch.setattr("handrail._reload.FILES_MOST", 5)
        (tmp_path / "rules/archive").mkdir()
        for n in range(9):
            (tmp_path / f"rules/archive/{n}").touch()
        self.tick(safety)
        (tmp_path / "rules/p.txt").write_text("nudge")
        self.tick(safety)

        assert {"p": NUDGE} == self.actions(safety)

    @pytest.mark.parametrize("safety", [LATE], indirect=True, ids=["late"])
    def test_change_during_the_first_read_is_taken_in(self, safety):
        """What is written while the files are first read is seen at the next look."""
        self.tick(safety)

        assert {"p": BLOCK, "q": LIMIT} == self.actions(safety)

    def test_nothing_new_is_not_read(self, safety):
        """Where nothing changed, nothing is read again."""
        self.tick(safety)

        assert {("loaded",): 1} == safety.counts(LOADS)

    def test_bad_file_keeps_the_last_good(self, safety, tmp_path):
        """A bad file is refused and shouted, and what ran before runs on."""
        (tmp_path / "rules/q.txt").write_text("broken")
        with capture_logs() as entries:
            self.tick(safety)
        refused = [e["what"] for e in entries if e["event"] == "handrail.policy_refused"]

        assert (True, {"p": BLOCK}, 1) == (
            "q.txt:1:1: broken" in refused[0],
            self.actions(safety),
            safety.counts(LOADS)[("refused",)],
        )

    def test_bad_file_is_read_once(self, safety, tmp_path):
        """It is not read again before it changes: one shout is enough."""
        (tmp_path / "rules/q.txt").write_text("broken")
        for _ in range(3):
            self.tick(safety)

        assert 1 == safety.counts(LOADS)[("refused",)]

    def test_mended_file_is_taken_in(self, safety, tmp_path):
        """Once the file is mended, it is in force."""
        for text in ("broken", "nudge"):
            (tmp_path / "rules/q.txt").write_text(text)
            self.tick(safety)

        assert {"p": BLOCK, "q": NUDGE} == self.actions(safety)


class TestTime:
    """What begins and ends while a process runs."""

    @pytest.mark.parametrize("part", ["starts", "ends"])
    def test_exception(self, make, part):
        """An exception is taken up when it starts, and let go when it ends."""
        soon = datetime.now(UTC) + timedelta(milliseconds=300)
        exception = {
            "id": "e", "when": Condition(["now"], lambda now: True), "issues": [SPAM],
            "at_most": "nudge", "owner": "o", "review_by": "2999-01-01", part: soon,
        }  # fmt: skip
        safety = make(does("block", exceptions=[exception]))
        guarded = safety.feature("wall")
        first, deadline = guarded.pre_publish(ITEM).action, soon + timedelta(seconds=20)
        while guarded.pre_publish(ITEM).action is first and datetime.now(UTC) < deadline:
            safety._core.tick()
        both = [first, guarded.pre_publish(ITEM).action]

        assert ([BLOCK, NUDGE] if part == "starts" else [NUDGE, BLOCK]) == both


class TestPins:
    """Module versions that a policy was written for."""

    def pinned(self, version="1.0", **more):
        """A policy for one version of the module that finds."""
        return does("block", modules={"finding": version}, **more)

    @pytest.fixture(name="loaded")
    def _loaded(self):
        """Make the module in a version."""

        def loaded(version="1.0"):
            class Finds:
                MANIFEST = Manifest(name="finding", version=version, issues={SPAM}, surfaces="*")

                @hookimpl
                def pre_publish(self, item):
                    """Find nothing."""

            return Finds()

        return loaded

    def test_right_version(self, make, loaded):
        """With that version loaded the feature opens."""
        safety = make(self.pinned(), modules=[loaded()])

        assert safety.feature("wall")

    @pytest.mark.parametrize(
        ("version", "said"), [("2.0", "finding 1.0, and 2.0 is loaded"), (None, "and none is")]
    )
    def test_wrong_or_missing(self, make, loaded, version, said):
        """Another version, or none, is an error when the feature opens, with both named."""
        modules = [loaded(version)] if version else [fakes.finding(SPAM, name="other")]
        safety = make(self.pinned(), modules=modules)

        with pytest.raises(FeatureError, match=said):
            safety.feature("wall")

    def test_next_version_may_be_in_shadow(self, make, loaded):
        """A newer version in shadow beside it does not matter."""
        shadow = {"finding@2.0": {"mode": "shadow", "expires": "2999-01-01"}}
        safety = make(self.pinned(), modules=[loaded(), loaded("2.0")], modes=shadow)

        assert safety.feature("wall")

    def test_version_in_shadow_is_not_enough(self, make, loaded):
        """What is only in shadow does not find for a policy in force."""
        shadow = {"finding@1.0": {"mode": "shadow", "expires": "2999-01-01"}}
        safety = make(self.pinned(), modules=[loaded(), loaded("2.0")], modes=shadow)

        with pytest.raises(FeatureError, match=r"finding 1\.0, and 2\.0"):
            safety.feature("wall")

    def test_policy_in_shadow_may_be_for_a_version_in_shadow(self, make, loaded):
        """A policy in shadow is tried with the version that is in shadow."""
        shadow = {"mode": "shadow", "expires": "2999-01-01"}
        safety = make(
            self.pinned("2.0", **shadow), modules=[loaded(), loaded("2.0")],
            modes={"finding@2.0": shadow},
        )  # fmt: skip

        assert safety.feature("wall")

    @pytest.mark.parametrize(
        "more", [{"mode": "off"}, {"applies": {"surfaces": ["live"]}}], ids=["off", "elsewhere"]
    )
    def test_only_where_it_counts(self, make, loaded, more):
        """A policy that is off, or for another feature, asks for no version."""
        safety = make(self.pinned("9", **more), modules=[loaded()])

        assert safety.feature("wall")

    def test_reload_is_refused(self, make, loaded):
        """Policies for another version are not taken in by an open feature."""
        safety = make(self.pinned(), modules=[loaded()])
        safety.feature("wall")

        with pytest.raises(FeatureError, match=r"finding 2\.0"):
            safety.reload(self.pinned("2.0"))


def test_new_day_is_a_change(tmp_path):
    """Legal deadlines have dates: what is watched is read again when a day begins."""
    days = iter([date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1)])
    source = Source(lambda: ((), ()), (tmp_path,), watch=True, today=lambda: next(days))

    assert [False, True] == [source.changed(), source.changed()]


def test_async_reload_is_awaited():
    """AsyncSafety compiles off its event loop, and then decides by the new policies."""

    async def ask() -> str:
        async with AsyncSafety([Feature(name="wall", surface="comments")], strict=False) as safety:
            wall = safety.feature("wall")
            await safety.reload(Policy(name="other", issues={SPAM: {"block": 0.5}}))
            return (await wall.pre_publish(Item("i"))).policy.name

    assert "other" == asyncio.run(ask())
