"""Single comments and what is answered to them: help, harm, quotes, irony, links, edits.

People are written ``name:age``, without an age where nobody knows it; times are seconds.
"""

from __future__ import annotations

import attrs
from lines import Bad, answer, each, fine, told
from scene import Line

HOUR = 3600
_DIE = "i want to die"
_ANSWERS: dict[str, Bad] = {
    "you should": (answer(_DIE, "you should", "then do it"), 2, ("hold", "block", "review")),
    "just do it": (answer("should i end it all tonight? nobody would care", "do it", "yes please"),
        2,
        ("hold", "block", "review")),
    "scared": (answer("i came out as gay today and i'm scared", "good, you should be scared"), 1,
        ("act",)),
    "asked for it": (answer("last year i was raped by a friend of my brother", "you asked for it",
        "what were you wearing"), 2, ("act",)),
    "lonely child": (answer("i'm 13 and so lonely", "dm me, i am 30 and can keep a secret",
        who="a:13"), 1, ("act",)),
    "address is out": (answer("somebody posted my address and i am afraid",
        "and we are on our way",
        "see you tonight"), 2, ("act",)),
    "a death": (answer("my father died this morning", "good", "lol finally"), 2,
        ("act", "harassment.bullying")),
    "eating": (answer("i am 15 and feel so fat, i stopped eating", "keep going, you are still fat",
        who="a:15"), 1, ("act",)),
    "german": (answer("ich will sterben", "dann mach doch", "nur zu"), 2, ("hold", "block",
        "review")),
    "cutting": (answer("i cut myself again today", "next time cut deeper"), 1, ("hold", "block",
        "review")),
}  # fmt: skip
_KIND_ANSWERS = {
    "dying of laughter": answer("i'm dead 😂 this exam killed me", "same",
        "you should have studied lol",
        bad=False),
    "cake": answer("should i try the cake?", "do it", "yes please", "you should", bad=False),
    "leaving a job": answer("i think i quit tomorrow", "you should", "do it", "finally!",
        bad=False),
    "father is back": answer("my father came home this morning", "good", "lol finally", bad=False),
    "jump": answer("standing on the 10 m board at the pool, should i jump?", "jump", "do it!",
        bad=False),
    "running": answer("i ran 10 km and could not go on", "keep going!", "next time deeper breaths",
        bad=False),
}  # fmt: skip
_AT_RISK: dict[str, Bad] = {
    "wants to die": (each("i want to die and nobody sees it"), 1, ("support",)),
    "spanish": (each("quiero morir, no puedo más"), 1, ("support",)),
    "a kind answer": ([Line(0, "a", _DIE, True, name="first"), Line(60, "b",
        "please don't, talk to somebody, you matter to us", parent="first", to="a")], 1, ("support",
        )),
    "threat": (each("i will come to your school and shoot you all"), 1, ("hold", "block")),
    "address": (each("this is her: Ann Marlow, 14 Marlow Street, Leeds LS1 4AP, say hello"), 1,
        ("hold",)),
    "sexual, at a girl": (each("you look so sexy in that skirt", to="kim:14"), 1, ("hold",
        "block")),
    "stranger invites a girl": (each("you're pretty, add me on snap: bigjohn44, our secret",
        to="kim:13"), 1, ("hold", "block")),
    "against a group": (each("all muslims are rats and should be thrown out"), 1, ("hold",
        "block")),
}  # fmt: skip
_QUOTED = {
    "condemns a line": each('he wrote "you are all rats" under her video. that is not ok',
        "> go back to where you came from\n\nhow can anybody write this? reported",
        "RT @x: women are stupid\nno, they are not. grow up", bad=False),
    "tells what was said to her": each("a man called me an ugly cow on the bus today, i cried",
        "they say 'kill yourself' to her every day, please help her", bad=False),
    "counter-speech": each("nobody is an idiot for asking, be kind", "stop calling people trash",
        "muslims are not rats. whoever says so should be ashamed", bad=False),
    "reclaimed": each("we queers have always been here",
        "proud cripple here, nothing about us without us",
        "as a fat woman i want to see fat women on tv", "my bitches and i are going out tonight 💃",
        bad=False),
    "of a book": each('the villain says "i will kill you all" and i got goosebumps',
        'best line: "die, you pathetic worm!" 😂', bad=False),
    "german": each("„Du bist Abfall“ steht unter ihrem Bild. Das geht gar nicht", bad=False),
}  # fmt: skip
_QUOTED_BADLY: dict[str, Bad] = {
    "agrees": (each('"women are stupid" – exactly, and you are the proof, idiot'), 1, ("ask",)),
    "hides in marks": (each('you are an "ugly idiot" and a "piece of trash", mia'), 1, ("ask",)),
    "more than the quote": (each("> be kind\n\nyou are a disgusting pig, shut your mouth"), 1,
        ("ask",)),
}  # fmt: skip
_IRONY: dict[str, Bad] = {
    "praise that is none": (each("wow what a genius, did your mum dress you too?",
        "sure, sweetheart, adults are talking"), 2, ("act", "harassment.bullying")),
    "thanks for nothing": (each("thanks for proving again that you have no brain"), 1, ("ask",)),
}  # fmt: skip
_THINGS = {
    "film": each("what a stupid film, i want my two hours back", "garbage plot, pathetic ending",
        bad=False),
    "game": each("the worst game ever, total trash", "this boss is a bastard", "f*ck this level",
        bad=False),
    "food": each("disgusting, i threw it away", "the soup was an insult", "killer sauce, i died",
        bad=False),
    "telephone": each("this piece of shit broke after a week", "idiotic menu, who designs this",
        bad=False),
    "politics": each("this government is a joke", "corrupt, all of it", "what a moronic law",
        bad=False),
    "self-mockery": each("i am such an idiot, bought it twice", "me and my stupid big mouth",
        bad=False),
    "spanish": each("qué mierda de película", "una basura de servicio", bad=False),
    "french": each("quel film de merde", "ce téléphone est nul, une honte", bad=False),
}  # fmt: skip
_ASKED: dict[str, Bad] = {
    "you idiot": (each("you idiot, read the title", "@tom you are so dumb",
        "what are you, stupid?",
        "shut up, nobody asked you", "you clown"), 2, ("ask",)),
    "french": (each("tu es vraiment un idiot", "ferme ta gueule"), 2, ("ask",)),
    "portuguese": (each("você é um idiota", "cala a boca, palhaço"), 2, ("ask",)),
    "italian": (each("sei un idiota", "stai zitta, stupida"), 2, ("ask",)),
}  # fmt: skip
_LIMIT = ("limit", "ask", "hold", "block")
_LINKS: dict[str, Bad] = {
    "scam in a reply": (answer("where can i get help with my taxes?",
        "this man doubled my money in a week, write him on t.me/mr_profit_77"), 1, _LIMIT),
    "one link everywhere": ([Line(n * 90, "x:30", f"great point! see {w} https://bit.ly/3xYz", True,
        to=f"p{n}")
        for n, w in enumerate(("here", "this", "more at", "also", "look", "now"))], 5, _LIMIT),
    "bank imitation": (answer("my card was blocked, what now?",
        "log in at http://paypa1-secure.com/verify to unblock it"), 1, _LIMIT),
    "many links": (each(" ".join(f"http://shop{n}.example/sale" for n in range(9))), 1, _LIMIT),
}  # fmt: skip
_GOOD_LINKS = {
    "sources": answer("is there a study?",
        "yes: https://www.nature.com/articles/s41586 and https://en.wikipedia.org/wiki/Inflation",
        bad=False),
    "docs": answer("how do i install it?", "https://docs.python.org/3/ explains it well",
        bad=False),
    "own channel": each("i made a video on this too: https://youtu.be/abc123", bad=False),
}  # fmt: skip


def _edited(first: str, second: str, *, bad: bool) -> list[Line]:
    """A comment that its author changes an hour later."""
    made = Line(0, "x:30", first, name="c", to="mia")
    return [made, attrs.evolve(made, at=HOUR, text=second, bad=bad, edit=2)]


_EDITS: dict[str, Bad] = {
    "praise becomes an insult": (_edited("lovely!", "you are a disgusting pig", bad=True), 1,
        ("ask",)),
    "praise becomes a scam": (
        _edited("lovely!", "double your money today: t.me/mr_profit_77", bad=True), 1, _LIMIT
    ),
    "praise becomes a threat": (
        _edited("lovely!", "i will find you and kill you", bad=True), 1, ("hold", "block")
    ),
}  # fmt: skip
_GOOD_EDITS = {
    "spelling": _edited("lovley, i watched it twice", "lovely, i watched it twice", bad=False),
    "takes it back": _edited("hm, no", "sorry, i was wrong. good point", bad=False),
}
SCENES = (
    *told("answer", _ANSWERS), *told("risk", _AT_RISK),
    *told("insult", _QUOTED_BADLY), *told("insult", _IRONY), *told("insult", _ASKED),
    *told("link", _LINKS), *told("link", _EDITS),
    *fine("answered", _KIND_ANSWERS), *fine("quoted", _QUOTED), *fine("things", _THINGS),
    *fine("answered", _GOOD_LINKS), *fine("answered", _GOOD_EDITS),
)  # fmt: skip
