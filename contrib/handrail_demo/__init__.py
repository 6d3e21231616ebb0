"""``handrail demo``: real comments, live chat and messages through three declared features.

The sample in ``data`` is real; ``NOTICE.md`` says where it is from and what was changed.
"""

from __future__ import annotations

import click

from handrail_cli import show
from handrail_demo import _scenes
from handrail_demo._run import MODULES, SAMPLES, lines, run
from handrail_demo._serve import serve
from handrail_demo._story import document, tell

__all__ = ["demo"]

_FILES = (*SAMPLES, *(scene.name for scene in _scenes.SCENES))


@click.command()
@click.option("--show-text", is_flag=True, help="Show the texts, abuse included, unmasked.")
@click.option(
    "--sample",
    type=click.Choice(_FILES),
    metavar="NAME",
    help=f"Print these items, and do no more: {', '.join(_FILES)}.",
)
@click.option("--serve", "served", is_flag=True, help="Serve the features over HTTP instead.")
@click.option("--store", help="With --serve: URL of the store; by default one that is thrown away.")
@click.option("--broker", help="With --serve: URL of a broker for the worker, such as nats://….")
@click.option("--port", type=click.IntRange(0, 65535), default=8700, show_default=True,
              help="With --serve: port to listen on; 0 takes a free one.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@show.apart()
def demo(
    *, show_text: bool, sample: str | None, served: bool, store: str | None, broker: str | None,
    port: int, as_json: bool,
) -> None:  # fmt: skip
    """Run 400 real texts through three features, play nine scenes.

    Comments, live chat and messages, most of them harmless as in life, meet the starting
    policies and the modules that come with Handrail. The scenes are made up, and show what one
    item alone does not. Nothing is sent anywhere.

    --sample prints items instead, one JSON object a line: of the demo, of a scene, or of wave, a
    made-up wave of spam to try other commands on.

    --serve serves the features over HTTP, with an API key to try them with and a worker beside;
    it ends with Ctrl-C.

    Exit code: 0, or 2 if nothing could start.
    """
    if served:
        serve(store, broker, port)
        return
    if sample is not None:
        printed = lines(sample) if sample in SAMPLES else _scenes.lines(sample)
        click.echo(printed, file=show.output(), nl=False)
        return
    guarded = run(MODULES)
    scenes = [(scene, _scenes.play(scene)) for scene in _scenes.SCENES]
    if as_json:
        show.emit(document(guarded, scenes))
    else:
        tell(guarded, scenes, text=show.printable if show_text else show.masked)
