"""Plain sentences that share words with threats, despair and lures, and the sentences they share.

Who wrote the plain ones had not seen the words and recipes before.
"""

from __future__ import annotations

import pytest

from handrail import Text
from handrail_intents._find import findings
from handrail_intents._settings import Settings

SETTINGS = Settings(learned=False)

PLAIN = (
    "You should go to the hospital",
    "you need to go to the ER right now",
    "I'm sitting on the train, see you soon",
    "I took my pills this morning",
    "I'm looking for a rope for the swing",
    "I cut my hair myself",
    "I burned my arm on the kettle again",
    "You won't make it to the meeting tomorrow, right?",
    "your phone is dead, charge it tonight",
    "the device is left at the office, pick it up today",
    "The bath bombs are at the mall, hurry out today",
    "I'll end his subscription today",
    "I will hang your coat in the hallway",
    "We will execute your order at market open",
    "I'm going to blow up balloons for his party",
    "I'll put her in the hospital bed by the window, said the nurse",
    "I know where you live, so I'll drop the parcel off tomorrow",
    "I don't know where you live, will we meet tomorrow?",
    "You should stop living in the past",
    "I don't want to live here any longer, the rent is too high",
    "Can you send the photos to your family?",
    "Please send your videos to all your friends, it helps me a lot",
    "Selling weed killer and grass seed, 20 dollars, pick up only",
    "Show me your body of work",
    "Ich mache dir einen Kaffee",
    "Ich bringe dich um fünf zum Bahnhof",
    "Wir schlagen euch am Samstag 3:0",
    "Geh doch mal zum Arzt",
    "Spring doch auf den Zug, der fährt gleich",
    "Je te retrouve à la gare demain",
    "je ne veux plus vivre ici, le loyer est trop cher",
    "Te voy a buscar mañana a la escuela",
    "No tengo ganas de salir",
    "Estoy cansado de la escuela",
    "te voy a matar de risa",
    "Tírate al agua",
    "Vou te pegar na rodoviária amanhã",
    "Não consigo acordar cedo",
    "Ti vengo a prendere domani",
    "Ti trovo bene",
    "Non voglio più pasta, grazie",
    "Buttati, ce la farai",
    "C'è una crepa nel muro",
    "Ik vind je wel lief",
    "Ik wil niet meer eten, ik zit vol",
    "ik doe mijn jas aan",
    "hang je jas op",
    "Nie dam rady przyjść jutro",
    "Idź się przebrać",
    "больше нет сил ждать лета",
    "mending kamu tidur aja",
    "message ja kyu nahi raha",
    "I don't want to live in a big city",
    "I would rather not wake up early tomorrow",
    "like and subscribe",
    "Crystal glasses, 5 each, pick up, text me",
    "Ich breche dir ein Stück ab",
    "Ich will sterben vor Lachen",
    "Mieux sans moi",
    "Mejor sin mí en el equipo",
    "meglio senza di me in squadra",
    "so il tuo indirizzo, domani spedisco",
    "Je bent dood moe, ga straks slapen",
    "Хочу умереть от стыда",
    "Не могу жить без кофе",
    "zabiję go śmiechem",
    "öl git gülmekten",
    "我想死你了",
    "你去死海玩吗",
    "活着真有意思",
    "نفسي اموت من الضحك",
    "살기 좋은 동네 이유",
    "얼마나 걸려? 학교 어디 있는지 알아? 내일 가자",
)

MEANT = (
    ("violence.threat", "you are leaving in a bodybag"),
    ("violence.threat", "I will put you in the hospital"),
    ("violence.threat", "I'm going to stab your bitch ass"),
    ("violence.threat", "there is a bomb in the school, get out"),
    ("violence.threat", "I know where you live, see you tomorrow"),
    ("violence.threat", "you won't make it to the weekend, I promise"),
    ("self_harm.at_risk", "I cut my wrists"),
    ("self_harm.at_risk", "I cut myself again"),
    ("self_harm.at_risk", "I keep staring at the noose"),
    ("self_harm.at_risk", "i took all the pills"),
    ("self_harm.at_risk", "I don't want to be here anymore"),
    ("sexual.sextortion", "I have your nudes. Pay or I send them to all your friends"),
    ("violence.threat", "ich mach dich fertig"),
    ("violence.threat", "ich bring euch alle um"),
    ("violence.threat", "ich schlag dir die Fresse ein"),
    ("self_harm.promotion", "bring dich doch um"),
    ("self_harm.promotion", "spring von der Brücke"),
    ("self_harm.promotion", "tírate de un puente"),
    ("violence.threat", "vou te encher de porrada"),
    ("violence.threat", "ti taglio la gola"),
    ("self_harm.at_risk", "non voglio più vivere"),
    ("self_harm.promotion", "buttati giù dal balcone"),
    ("self_harm.at_risk", "ik wil niet meer leven"),
    ("self_harm.promotion", "spring voor de trein"),
    ("self_harm.at_risk", "nie chcę już żyć"),
    ("self_harm.promotion", "zabij się"),
    ("self_harm.promotion", "mending lo mati"),
    ("violence.threat", "sé dónde vives, hasta mañana"),
    ("violence.threat", "so dove abiti, a domani"),
    ("self_harm.at_risk", "tutti starebbero meglio senza di me"),
    ("self_harm.at_risk", "活着没意思"),
    ("integrity.spam", "sub for sub, check my channel"),
    ("self_harm.promotion", "mar kyu nahi jata"),
    ("violence.threat", "너 어디 사는지 알아, 내일 보자"),
)


def found(text: str) -> set[str]:
    """The issues that words and recipes find in a text."""
    return {each.issue for each in findings(Text(text), SETTINGS)}


@pytest.mark.parametrize("text", PLAIN)
def test_plain_sentences_are_let_alone(text):
    """What everybody writes every day is no sign of anything."""
    assert set() == found(text)


@pytest.mark.parametrize(("issue", "text"), MEANT)
def test_what_shares_their_words_is_found(issue, text):
    """What says it outright is found still."""
    assert issue in found(text)
