"""Comments below a post of mia's: crowds at one person, quarrels, and long talk that is none.

People are written ``name:age``, without an age where nobody knows it; times are seconds.
"""

from __future__ import annotations

from lines import MIXED, NEW, OLD, Bad, below, fine, told, turns
from scene import Line

MINUTE, HOUR = 60, 3600
_INSULTS = (
    "you are an idiot mia", "what a pathetic woman", "nobody likes you", "shut up, clown",
    "you're disgusting", "so stupid it hurts", "delete your account, loser", "ugly inside and out",
    "you make me sick", "the dumbest post of the year, like you", "go away, trash", "worthless",
)  # fmt: skip
_MILD = (
    "ratio", "nobody asked", "delete this", "embarrassing for you", "yikes, look at her",
    "and you think that's funny?", "L", "go touch grass", "who told you that you matter",
    "we are all laughing", "cringe", "imagine being you", "she will cry now", "get lost",
)  # fmt: skip
_FORUM = (
    "hello from the forum, you are done", "the forum found you", "we have your number mia",
    "thread 4411 sends regards", "you thought we would not come?", "forum was here",
        "tick tock mia",
    "we read all your posts, all of them", "you will close this account tonight", "say sorry to us",
)  # fmt: skip
_LETTER = "Mia is a liar and a fraud and everybody in town should know what she did"
_PRAISE = (
    "This cream cured my skin in two days, I got mine from glowshop.example, so happy",
    "this cream cured my skin in 2 days!! got mine from glowshop.example so happy",
    "The cream has cured my skin in two days, i got mine at glowshop.example, very happy",
)
_PILES: dict[str, Bad] = {
    "insults, old accounts": (below(30 * MINUTE, _INSULTS, bad=True), 4),
    "insults, new accounts": (below(30 * MINUTE, _INSULTS, NEW, bad=True), 4),
    "mild words, old accounts": (below(30 * MINUTE, _MILD, bad=True), 12),
    "mild words, new accounts": (below(20 * MINUTE, _MILD, NEW, bad=True), 10),
    "brigade from a forum": (below(15 * MINUTE, _FORUM, NEW, bad=True), 8),
    "brigade, old accounts": (below(15 * MINUTE, _FORUM, bad=True), 9),
    "at one commenter": (
        [
            Line(0, "tom", "i think she has a point", name="c0", to="mia"),
            *below(30 * MINUTE, _INSULTS, bad=True, parent="c0", to="tom", start=60),
        ], 4
    ),
    "over a day": (below(20 * HOUR, _INSULTS, bad=True), 5),
    "insults, german": (below(30 * MINUTE, ("du bist so dumm", "halt die Klappe",
        "widerlich, geh weg",
        "was für eine Idiotin", "lösch dich", "keiner mag dich", "peinlich, du Versagerin")
        , bad=True), 5),
    "insults, spanish": (below(30 * MINUTE, ("eres una idiota", "cállate, payasa", "das asco",
        "nadie te quiere", "qué tonta eres", "vete de aquí", "patética"), bad=True), 5),
    "one letter, old accounts": (below(50 * MINUTE, [_LETTER] * 8, bad=True), 5),
    "one letter, new accounts": (below(20 * MINUTE, [_LETTER] * 8, NEW, bad=True), 4),
    "copies of praise": (below(5 * HOUR, _PRAISE * 3, MIXED, bad=True), 6),
    "copies of an opinion": (below(2 * HOUR,
        [
        ("As a local nurse I say the new hospital plan is the best thing that ever happened"
         " to us, vote yes on Sunday")] * 9, NEW, bad=True), 6),
}  # fmt: skip
_POPULAR = {
    "praise": below(9 * MINUTE, ("love it", "so good!", "beautiful", "wow", "thank you mia",
        "best one yet", "❤️❤️❤️", "this made my day", "great work", "i needed this", "more please",
        "love it"), MIXED),
    "criticism": below(40 * MINUTE, ("i disagree with you here",
        "the numbers in the second part are wrong", "you left out the costs",
        "weak argument, sorry", "that study was withdrawn",
        "i expected better from you", "this is not how inflation works", "please correct the title",
        "you should read the report first", "bad take", "i don't buy it", "no. just no."), MIXED),
    "anger at a firm": below(2 * HOUR, ("my order is three weeks late, terrible",
        "worst service ever",
        "you stole my money, i want a refund", "your app is garbage",
        "rubbish support, nobody answers",
        "never again", "shame on you", "this is a scandal", "broken on arrival",
        "horrible company")),
    "congratulations": below(30 * MINUTE,
        ["congratulations!"] * 8 + ["Congratulations mia 🎉"] * 8,
        MIXED),
    "petition": below(HOUR, ["signed!"] * 12 + ["Signed ✊"] * 6, MIXED),
    "tagging friends": below(HOUR, [f"@friend{n} look at this" for n in range(12)], OLD),
    "first": below(MINUTE, ("first", "First!", "second", "third lol", "so early", "early gang"),
        OLD),
    "condolences": below(3 * HOUR, ["my condolences", "so sorry for your loss", "rest in peace",
        "RIP", "rip 🕊️", "sending love", "so sorry", "rest in peace, dear friend"] * 2, MIXED),
    "questions of newcomers": below(20 * MINUTE, ("how long in the oven?", "can i use oat milk?",
        "which pan is that", "what size?", "is it sweet?", "does it freeze well?",
        "butter or oil?"), NEW),
    "greetings of newcomers": below(9 * MINUTE, ("hi from class 9b", "hello mia", "we are here",
        "hi!!",
        "miss k sent us", "good morning", "nice video"), NEW),
    "post about a dog": below(30 * MINUTE, ("who's a stupid good boy", "what a silly dog",
        "idiot cat in the back lol", "ugly cute", "fat little potato", "dumb and lovely",
        "he's so dumb haha")),
}  # fmt: skip
_QUARRELS: dict[str, Bad] = {
    "two, from facts to insults": (turns(120, "the bridge was built in 1932", "no, 1935",
        "learn to read",
        "you learn to read, you moron", "you're a pathetic little man", "and you are an idiot",
        "say that to my face, coward", bad=(3, 4, 5, 6)), 2, ("ask",)),
    "three, growing": (turns(90, "this law is needed", "only fools say that", "who is a fool here",
        "you are, obviously, clown", "shut up both of you, idiots", "come and make me, loser",
        who="abc",
        bad=(3, 4, 5)), 2, ("ask",)),
    "contempt without insults": (turns(90, "i read it differently",
        "of course you did, you people always twist it", "you people? who do you think you are",
        "somebody who finished school, unlike you", "at least my kids talk to me",
        "keep crying, we are enjoying it", "you'll get what you deserve", bad=(3, 4, 5, 6)), 4,
        ("act", "harassment.bullying")),
    "ends in a threat": (turns(120, "park somewhere else", "it is a free country",
        "one day someone will scratch it", "try it",
        "i know your car and i will burn it with you in it", bad=(4,)), 1,
        ("hold", "review")),
    "quarrel in german": (turns(120, "das stimmt so nicht", "doch, lies nach",
        "du hast keine Ahnung",
        "du Vollidiot", "halt dein Maul, du Penner", bad=(3, 4)), 2, ("ask",)),
}  # fmt: skip
_DEBATES = {
    "long and heated": turns(90, "this tax hurts the poor", "that is simply false",
        "read the table on page 9", "i did, you misread it", "no, you did", "we won't agree",
        "clearly not", "good night"),
    "religion": turns(90, "there is no proof of god", "faith is not about proof",
        "then it is worthless to me", "that says more about you", "perhaps", "i'll pray for you",
        "don't bother"),
    "football": turns(60, "your club is finished", "says a fan of a team without cups",
        "we beat you twice", "with a blind referee", "cry more", "see you in may",
        "we'll destroy you in may"),
    "vaccines": turns(90, "i don't trust this", "millions had it", "and some got ill",
        "fewer than by the illness", "you believe everything", "i believe data", "fine"),
    "meat": turns(90, "eating animals is murder", "plants feel too lol",
        "that's a stupid argument", "so is yours", "at least i think about it", "enjoy your salad"),
}  # fmt: skip
_FRIENDS = {
    "swearing": turns(40, "you bastard, you won again 😂", "damn right i did", "f*ck off haha",
        "love you too, you fool", "same time tomorrow, loser? 😘", "hell yes"),
    "teasing": turns(40, "nice haircut, did you lose a bet",
        "says the man with the beard of a goat", "hahaha",
        "see you at mum's on sunday", "bring cake, lazybones"),
    "players": turns(30, "gg, i'll kill you next round", "you can try lol", "headshot incoming",
        "you noob",
        "haha gg", who="abc"),
}  # fmt: skip
SCENES = (
    *told("pile", _PILES), *told("quarrel", _QUARRELS),
    *fine("popular", _POPULAR), *fine("debate", _DEBATES), *fine("debate", _FRIENDS),
)  # fmt: skip
