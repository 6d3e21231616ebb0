"""What the links module finds of links that hide, and mistakes in real texts: its README's figures.

    python tests/bench/links.py FOLDER

FOLDER holds the sets as gzipped JSONL. Obfuscations and imitations come from a seeded generator.
Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from contacts import interval, rows

from handrail_links._brands import shipped
from handrail_links._extract import in_text, read
from handrail_links._hosts import registrable
from handrail_links._settings import Settings

BENIGN = (
    "wiki_talk_context", "stream_irc", "reddit_threads", "davidson_tweets", "wiki_toxicity",
    "edos_sexism", "germeval_de", "told_br_pt", "mlma_fr", "youtube_spam", "sms_spam",
)  # fmt: skip
LUCK = random.Random(6)
SYLLABLES = ("ba", "ko", "ri", "ten", "mu", "sal", "vo", "zer", "lin", "dor", "fe", "gus")
ENDS = ("com", "net", "org", "info", "io", "xyz", "shop", "co.uk", "de", "com.br")
TWINS = str.maketrans("aeopcx", "аеорсх")
WIDE = {n: n + 0xFEE0 for n in range(0x21, 0x7F)}

Write = Callable[[str, str], str]


def spaced(host: str, path: str) -> str:
    """Letters with spaces between them."""
    return " ".join(f"{host}{path}")


HIDES: dict[str, Write] = {
    "plain, with a scheme": lambda h, p: f"https://{h}{p}",
    "plain, without": lambda h, p: f"{h}{p}",
    "hxxp": lambda h, p: f"hxxps://{h}{p}",
    "h**p, htxp, ttp": lambda h, p: f"{LUCK.choice(('h**p', 'htxp', 'ttp'))}://{h}{p}",
    "[.]": lambda h, p: f"{h.replace('.', '[.]')}{p}",
    "(dot), [dot], {dot}": lambda h, p: (
        h.replace(".", LUCK.choice(("(dot)", "[dot]", "{dot}"))) + p
    ),
    "spaced (dot)": lambda h, p: h.replace(".", " (dot) ") + p,
    "name dot com": lambda h, p: h.replace(".", " dot ") + p,
    "name . com": lambda h, p: h.replace(".", " . ") + p,
    "name .com": lambda h, p: h.replace(".", " .") + p,
    "www name com": lambda h, p: f"www {h.replace('.', ' ')}",
    "zero-width": lambda h, p: f"{h[:2]}\u200b{h[2:5]}\u2060{h[5:]}{p}",
    "wide letters": lambda h, p: f"{h}{p}".translate(WIDE),
    "ideographic dot": lambda h, p: h.replace(".", "。") + p,
    "Cyrillic letters": lambda h, p: f"https://{h.translate(TWINS)}{p}",
    "percent-encoded": lambda h, p: (
        "http://" + "".join(f"%{ord(c):02x}" for c in h[:4]) + h[4:] + p
    ),
    "percent-encoded scheme": lambda h, p: f"https%3A%2F%2F{h}{p}",
    "backslashes": lambda h, p: f"https:\\\\{h}{p.replace('/', chr(92))}",
    "user before the host": lambda h, p: f"https://example.com@{h}{p}",
    "HTML entity": lambda h, p: h.replace(".", "&#46;") + p,
    "bullet": lambda h, p: h.replace(".", " • ") + p,
    "spaced letters": spaced,
    "comma for a dot": lambda h, p: h.replace(".", ",") + p,
}
FRAMES = ("look at {} now", "{}", "new: {}!", "I found it ({}) today", "go to {}, really")


def host() -> str:
    """A made-up host."""
    name = "".join(LUCK.choices(SYLLABLES, k=LUCK.randint(3, 5)))
    return f"{LUCK.choice(('', '', 'www.', 'm.'))}{name}.{LUCK.choice(ENDS)}"


def recall() -> None:
    """By way of hiding, how often the host is read as it is."""
    for way, write in HIDES.items():
        found = 0
        for _ in range(400):
            name = host()
            text = LUCK.choice(FRAMES).format(write(name, LUCK.choice(("", "/a/b", "/x?y=1"))))
            wanted = {name, f"www.{name}"}
            if way == "Cyrillic letters":
                found += any("xn--" in k.host or k.host in wanted for k in in_text(text))
            else:
                found += any(k.host in wanted for k in in_text(text))
        print(f"{way:24} {interval(found, 400)}")


def wrong(name: str) -> dict[str, str]:
    """A name in disguises, by what was done."""
    n = LUCK.randrange(1, len(name) - 1)
    twin = {"a": "4", "e": "3", "i": "1", "l": "1", "o": "0", "s": "5", "m": "rn", "w": "vv"}
    alike = [k for k, c in enumerate(name) if c in twin]
    k = LUCK.choice(alike) if alike else 0
    other = LUCK.choice("bdfghjkmnpqrtuvxyz")
    return {
        "look-alike": name[:k] + twin.get(name[k], name[k]) + name[k + 1 :],
        "letter missing": name[:n] + name[n + 1 :],
        "letter doubled": name[:n] + name[n] + name[n:],
        "letters swapped": name[: n - 1] + name[n] + name[n - 1] + name[n + 1 :],
        "letter wrong": name[:n] + other + name[n + 1 :],
        "with a lure": f"{name}-login",
        "in front of a domain": f"{name}.com.{host().rpartition('.')[0].replace('.', '-')}",
    }


def imitations() -> None:
    """By kind of imitation, how often it scores 0.5 or more."""
    imitation = Settings().protected.imitation
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for brand in shipped():
        for _ in range(3):
            for way, name in wrong(brand.name).items():
                if name != brand.name:
                    total[way] += 1
                    found[way] += (imitation(f"{name}.xyz") or (0,))[0] >= 0.5
    for way, n in total.items():
        print(f"{way:24} {interval(found[way], n)}")


def alarms(folder: Path) -> None:
    """Links in real texts: how many, how many taken for hidden, how many for imitations."""
    imitation = Settings().protected.imitation
    for name in BENIGN:
        texts = links = hidden = imitated = strongly = 0
        for row in rows(folder, name):
            texts += 1
            for link in in_text(row["text"]):
                links += 1
                hidden += link.obfuscated
                score = (imitation(link.host) or (0,))[0]
                imitated += score > 0
                strongly += score >= 0.5
        print(f"{name}: {texts} texts, {links} links; hidden {interval(hidden, links)}; "
              f"imitations {imitated}, of 0.5 or more {strongly}")  # fmt: skip


def domains(folder: Path) -> None:
    """How often the short rule for registrable domains differs from the Public Suffix List."""
    hosts = {k.host for name in BENIGN for row in rows(folder, name) for k in in_text(row["text"])}
    full = {h: registrable(h) for h in hosts}
    registrable.cache_clear()
    import handrail_links._hosts as module

    module.public_suffixes = lambda: None
    short = sum(registrable(h) != full[h] for h in hosts)
    print(f"the short rule differs on {interval(short, len(hosts))} hosts")


def browsers(folder: Path) -> None:
    """How often the normal form is that of ada-url, which follows the WHATWG standard."""
    try:
        import ada_url
    except ImportError:
        print("as ada-url has it: not measured, install the dependency group bench")
        return

    urls = {k.url for name in BENIGN for row in rows(folder, name) for k in in_text(row["text"])}
    pairs = [(ada_url.URL(u), k) for u in urls if ada_url.check_url(u) and (k := read(u))]
    hosts = sum(theirs.hostname == k.host for theirs, k in pairs)
    whole = sum(theirs.href.rstrip("/") == k.url.rstrip("/") for theirs, k in pairs)
    print(f"as ada-url has it: hosts {interval(hosts, len(urls))}, "
          f"whole URLs {interval(whole, len(urls))}")  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    recall()
    imitations()
    alarms(folder)
    browsers(folder)
    domains(folder)


if __name__ == "__main__":
    main()
