"""The how-to page: its curl lines and its JavaScript run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "docs/how-to/http.md").read_text(encoding="utf-8")
CURLS = re.findall(r"^```sh\n(curl .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(SCRIPT,) = re.findall(r"^```js\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(name="shell")
def _shell(served, tmp_path):
    """Run a command against the face, as a reader of the page would."""
    environment = {**os.environ, "HANDRAIL_URL": served.url, "HANDRAIL_KEY": served.key()}

    def shell(command, **more):
        return subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
            timeout=60, **more,
        )  # fmt: skip

    return shell


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("line", CURLS, ids=lambda line: re.search(r"/v1/[\w/]+", line)[0])
def test_every_curl_line_is_answered(shell, line):
    """Each curl line of the page is answered with success and JSON."""
    done = shell(["sh", "-c", line])

    assert (0, dict) == (done.returncode, type(json.loads(done.stdout)))


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize(
    ("script", "said"),
    [(SCRIPT, "allow\n"), (SCRIPT.replace("HANDRAIL_KEY", "NO_KEY"), "hold\n")],
    ids=["with a key", "without one"],
)
def test_the_script_runs(shell, script, said):
    """The JavaScript of the page prints an action, and waits where it gets no answer."""
    done = shell(["node", "--input-type=module"], input=script)

    assert said == done.stdout
