"""Live rooms as they are: raids, bots, and crowds and quarrels that mean well.

People are written ``name:age``, without an age where nobody knows it; times are seconds.
Each room has a quarter of an hour of talk behind it, unless it says otherwise.
"""

from __future__ import annotations

from lines import MIXED, NEW, OLD, SMALL_TALK, Bad, bad, crowd, good, one, regulars
from scene import Line

_MEAN = (
    "you are pathetic", "what an ugly room", "nobody likes you", "go cry about it", "so fake",
    "look at that face", "worst streamer on here", "your voice hurts", "delete your channel",
    "everyone laughs at you", "imagine being this boring", "you look sick", "what a loser",
    "even your friends hate you", "sad little show", "ugly and stupid", "end the stream",
        "lol fail",
)  # fmt: skip
_PACK = (
    "the wolves are here", "awooo", "wolves wolves wolves", "we found you", "hello from the den",
    "awooooo", "did you miss us", "the pack never sleeps", "guess who", "wolf time", "we are many",
    "she looks scared", "run", "all wolves in", "you can ban one of us",
)  # fmt: skip
_VIDEO = (
    "ask her about the video", "mia what about the video", "tell them what you did in the video",
    "the VIDEO mia", "why did you delete the video", "she won't talk about the video",
    "we all saw the video", "explain the video", "video video video", "liar, where is the video",
    "your mum knows about the video?", "tell us, the video", "everybody google the video",
)  # fmt: skip
_GO = "go back to where you came from mia, nobody wants you on this site"
_GOS = (
    "go back to where you came from mia, nobody wants you on this site 🤡",
    "Go back where you came from mia!! nobody wants you on this site",
    "mia go back to where u came from, nobody wants you on this site",
    "go back to where you came from, mia. nobody here wants you on the site",
)  # fmt: skip
_RAIDS: dict[str, Bad] = {
    "new accounts, own words": (crowd(20, 30, _MEAN, NEW, bad=True), 10),
    "new accounts, one text": (crowd(15, 30, _GO, NEW, bad=True), 5),
    "new accounts, one text with changes": (crowd(15, 30, _GOS, NEW, bad=True), 6),
    "new accounts, words that say nothing": (crowd(20, 30, _PACK, NEW, bad=True), 12),
    "new accounts, emoji": (crowd(15, 20, "🐷🐷🐷🐷🐷", NEW, bad=True), 8),
    "new accounts, in the first minute": (crowd(15, 30, _GO, NEW, bad=True, start=-890), 6),
    "new accounts, slowly": (crowd(30, 600, _MEAN, NEW, bad=True), 15),
    "new accounts, german": (
        crowd(15, 30, "verschwinde endlich, keiner will dich hier sehen", NEW, bad=True), 5
    ),
    "old accounts, one text": (crowd(15, 30, _GO, OLD, bad=True), 6),
    "old accounts, one text with changes": (crowd(15, 30, _GOS, OLD, bad=True), 7),
    "old accounts, own insults": (crowd(20, 30, _MEAN, OLD, bad=True), 10),
    "old accounts, one accusation": (crowd(20, 30, _VIDEO, OLD, bad=True), 12),
    "old accounts, short chant": (crowd(20, 20, "cry mia cry", OLD, bad=True), 8),
    "mixed accounts, own insults": (crowd(20, 40, _MEAN, MIXED, bad=True), 10),
    "old accounts, slowly, insults": (crowd(30, 900, _MEAN, OLD, bad=True), 15),
    "nobody knows the accounts, one text": (crowd(15, 30, _GO, None, bad=True), 6),
    "nobody knows them, own words": (crowd(20, 30, _MEAN, None, bad=True), 10),
    "nobody knows them, words that say nothing": (crowd(25, 30, _PACK, None, bad=True), 20),

    "big room, new accounts, one text": (
        [*crowd(15, 30, _GO, NEW, bad=True), *regulars(60, 30, SMALL_TALK)], 6
    ),
    "big room, old accounts, insults": (
        [*crowd(20, 30, _MEAN, OLD, bad=True), *regulars(60, 30, SMALL_TALK)], 12
    ),
    "new accounts among a friendly crowd": (
        [
            *crowd(12, 30, _GO, NEW, bad=True),
            *crowd(25, 40, "KAI RAID 💜💜", OLD, name="kai"),
        ], 6
    ),
}  # fmt: skip
_BOTS: dict[str, Bad] = {
    "follow-bots join": (
        crowd(30, 15, "cheap_followers_{n}", 0, bad=True, kind="join"), 20, ("act",
        "integrity.spam")
    ),
    "follow-bots by name": (
        crowd(40, 20, "hoss00312_{n}", 0, bad=True, kind="follow"), 25, ("act", "integrity.spam")
    ),
    "bots, one offer": (
        crowd(10, 60, "best viewers and followers on bigfollows . com", 1, bad=True), 4
    ),
    "bots, invisible variations": (
        crowd(10, 60, tuple(
            "get free coins now at my profile"[:k] + "\u200b" + "get free coins now at my profile"[
            k:]
            for k in range(3, 13)), 5, bad=True), 5
    ),
    "bots, look-alike letters": (
        crowd(10, 60, ("get free coins at my profile", "gеt frее cоins at my profile",
            "g3t fr33 c0ins at my profile", "GET FREE COINS at my profile"), None, bad=True), 5
    ),
    "bots, other numbers": (
        crowd(10, 90, "i won {n}50 dollars today on luckyspin777.com, try it", 2, bad=True), 5
    ),
    "one offers followers": (one("x", 20, *["cheap followers -> bigfollows.com"] * 8), 4),
    "one with invisible variations": (
        one("x", 8, *("buy m" + "\u2060" * n + "y course, link in bio" for n in range(12))), 6
    ),
    "one pastes a wall": (one("x", 5, *["THIS IS MY WALL OF TEXT AND YOU WILL READ IT " * 6] * 6),
        4),
    "one floods emotes": (one("x", 1.2, *["🐸🐸🐸🐸🐸"] * 30), 12),
    "one floods other words": (one("x", 0.8, *(f"haha {n}" for n in range(40))), 30),
    "false streamer gives coins": (
        one("official_mia", 30,
        *["Giveaway! send 0.1 BTC to get 0.2 BTC back, t.me/mia_gives"] * 4), 2
    ),
    "add me elsewhere": (
        one("x", 60, *["ladies add me on telegram @bigjohn for fun"] * 6), 4
    ),
}  # fmt: skip
_CROWDS = {
    "hype train": regulars(20, 10, "POGGERS"),
    "hype train, many": crowd(60, 20, ("POG", "LETS GO", "🔥🔥🔥", "HYPE", "lets gooo"), OLD),
    "friendly host brings an audience": crowd(60, 30, "KAI RAID 💜💜", OLD),
    "friendly host, own words": crowd(
        40, 40, ("hi from kai!", "kai sent us", "hello mia", "raid!!", "nice to meet you"), MIXED),
    "train of followers": crowd(
        30, 90, ("just followed!", "new follower here", "followed 💜", "hi, followed you"), MIXED),
    "copypasta in fun": regulars(15, 30,
        ("I have been a duck for ten years and never have I seen such bread. Quack if you"
         " agree, waddle if you do not.")),
    "flood of emotes": regulars(30, 20, ("LUL LUL LUL", "KEKW", "😂😂😂", "LUL")),
    "poll": crowd(60, 20, ("1", "2", "1", "1"), OLD),
    "poll of newcomers": crowd(40, 30, ("1", "2", "2"), MIXED),
    "giveaway": crowd(60, 40, "!join", MIXED),
    "giveaway, many new accounts": crowd(40, 40, "!join", (1, 400, 3)),
    "goal": crowd(40, 8, ("GOOOOOOL", "GOOOAL", "GOAAAAL!!!", "yesssss"), OLD),
    "laughter": crowd(30, 15, ("kkkkkkkk", "jajajaja", "😂😂😂", "ㅋㅋㅋㅋㅋ", "hahaha"), OLD),
    "quiz": crowd(25, 10, ("Paris", "paris", "PARIS!", "lyon?"), OLD),
    "birthday": crowd(30, 60, "happy birthday mia!!! 🎂", MIXED),
    "everybody comes in": crowd(
        30, 60, ("hi", "hello", "hey mia", "good evening", "hi all"), MIXED, start=-890),
    "link from a large site": crowd(
        40, 120, ("what game is this?", "found you on the news", "hi all", "is this live?", "cool",
        "who is playing", "nice setup", "how does it work"), (1, 400, 30, 900, 5)),
    "school class": crowd(
        14, 50, ("hi miss k", "good morning", "is this it?", "i can hear you", "hello miss"), NEW),
    "type F": crowd(40, 12, ("F", "F in the chat", "f"), OLD),
    "fans of two teams": crowd(60, 40, ("LETS GO WOLVES", "LIONS LIONS LIONS"), MIXED),
    "service in church": crowd(30, 20, ("amen", "Amen 🙏", "الحمد لله", "hallelujah"), OLD),
    "auction": one("bidder", 15, "120", "130", "140", "150", "160", "170", bad=False),
    "one regular writes much": one(
        "reg3", 5, "so i was at work", "and my boss comes in", "he goes: where is the file",
        "i had it",
        "in my hand!!", "anyway", "how was your day", "mia", "did you eat", "i had soup",
        bad=False),
    "the same joke now and then": one("reg4", 120, *["and the duck walked away"] * 5, bad=False),
    "two talk to each other": [
        Line(n * 6, ("reg1", "reg2")[n % 2], f"@{('reg2', 'reg1')[n % 2]} {text}")
        for n, text in enumerate(("are you here tomorrow?", "yes", "nice", "you?", "yes", "cool"))
    ],
    "good night": crowd(25, 30, ("gute nacht", "bis morgen!", "nacht mia", "schlaft gut"), OLD),
    "gifts to a grown streamer": [
        Line(n * 4, f"fan{n % 12}:25", kind="gift", to="mia:29", value=2) for n in range(30)
    ],
}  # fmt: skip
_HEATED = {
    "politics": ("this tax plan is a disaster and you know it", "the minister lied to all of us",
        "you have no idea how unions work", "nonsense, read the report", "vote them out"),
    "religion": ("i don't believe in any god and never will", "you are wrong, read the scripture",
        "that is not what islam teaches", "the church should pay taxes", "faith is not proof"),
    "football": ("REFEREE ARE YOU BLIND", "WHAT A TERRIBLE PASS", "shoot!!! SHOOT",
        "we got destroyed today", "this defence is garbage", "kick him off the pitch"),
    "shooter": ("kill him kill him", "headshot lol", "shoot the guy on the roof", "i died again",
        "bomb is planted at B", "stab him from behind", "we slaughtered them"),
    "horror film": ("she is going to die", "don't go in the cellar!!", "he'll murder them all"),
    "self-mockery": ("i'm such an idiot, i forgot to mute", "i hate myself for eating that lol",
        "my stupid brain again"),
    "trash talk": ("you're trash at this game bro 😂", "nah you're worse lol", "git gud", "1v1 me"),
    "kitchen": ("this knife will kill me one day lol", "beat the eggs harder", "i'd die for that"),
    "war in the news": ("they bombed the hospital, terrible", "so many children were killed",
        "stop the war now", "my cousin was shot at there last year"),
    "coming out": ("as a gay man i love this song", "we queers need more of this", "proud of you"),
    "getting well": ("i was depressed last year, better now thanks to you all",
        "my brother took his own life in 2019, thank you for talking about it"),
    "adults and their age": ("i'm 34 and this makes me feel 16 again", "my son is 12, loves you"),
    "spanish": ("qué golazo, hijo mío", "me muero de risa", "vamos carajo, qué partido"),
    "other languages": ("das ist doch Quatsch mit Soße", "c'est nul, quel arbitre", "harika yayın",
        "отличный стрим", "主播加油", "मज़ा आ गया", "che schifo di gol"),
}  # fmt: skip
_TALK = {name: crowd(len(said) * 2, 60, said) for name, said in _HEATED.items()}
SCENES = (
    *bad("raid", _RAIDS), *bad("spam", _BOTS),
    *good("crowd", _CROWDS), *good("heated", _TALK),
)  # fmt: skip
