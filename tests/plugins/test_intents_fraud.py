"""Deception is told by what a text says together: a pretext, a lure and a way to pay or to act."""

from __future__ import annotations

import pytest

from handrail import Text
from handrail_intents._find import findings
from handrail_intents._settings import Settings

PHISHING, SCAM, SPAM = "fraud.phishing", "fraud.scam", "integrity.spam"
MULE, BLACKMAIL = "fraud.money_laundering", "sexual.sextortion"

RECIPES = Settings(learned=False)

FOUND = {
    (PHISHING, 0.70): {
        "locked": "Your Netflix account was suspended. Update your payment at nflx-billing.info",
        "parcel": "Your parcel could not be delivered, pay the redelivery fee: post-slot.xyz/a1",
        "payee": "Bank alert: a payment of £480 was requested. If this was not you, stop it here: "
        "https://stop-pay.top",
        "refund": "HMRC: a tax refund of 310.20 is waiting, claim it at https://refund-claim.cc",
        "toll": "E-ZPass: unpaid toll of $6.99, pay here to avoid a penalty ezp-pay.vip",
        "video": "omg is this you in the video?? vid-look.xyz/8",
        "reward": "Your loyalty points expire today: points-gift.top",
        "copyright": "Your post violates copyright. Your page will be removed in 48 hours, appeal: "
        "meta-appeal.support",
        "friend's code": "hey my phone died, i used your number to log in, can you send me the 6 "
        "digit code you get?",
        "bank's code": "this is the fraud team at your bank, please read me the verification code",
        "wallet": "Sync your wallet now to get the airdrop: https://fix-dapp.io",
        "seed": "support here, please enter your 12 word recovery phrase to restore the wallet",
        "de": "Ihr Konto wurde gesperrt. Bitte bestätigen Sie Ihre Daten unter sparkasse-login.top",
        "fr": "Votre colis est retenu en douane, réglez les frais ici : colis-frais.info",
        "es": "Su tarjeta ha sido bloqueada. Verifique sus datos en bbva-seguro.top",
        "pt": "Sua conta foi bloqueada, regularize agora pelo link: caixa-acesso.top",
        "it": "Il suo conto è stato sospeso, verifichi i dati su poste-area.top",
        "tr": "Hesabınız askıya alındı, bilgilerinizi doğrulayın: ptt-giris.top",
        "ru": "Ваш аккаунт заблокирован, подтвердите вход по ссылке gos-vhod.top",
        "ar": "تم إيقاف حسابك البنكي، يرجى تحديث بياناتك عبر الرابط bank-update.top",
        "hi": "आपका बैंक खाता ब्लॉक हो गया है, केवाईसी अपडेट करें bank-kyc.top",
        "id": "Rekening anda diblokir, segera verifikasi data di bca-akun.top",
        "zh": "您的银行卡已被冻结，请点击 bank-cn.top 验证身份",
        "nl": "Uw rekening is geblokkeerd. Bevestig uw gegevens via ing-veilig.top",
        "pl": "Twoje konto zostało zablokowane. Potwierdź dane: pko-login.top",
    },
    (SCAM, 0.65): {
        "relative": "Hi dad, dropped my phone in the sink, new number. Can you transfer 900?",
        "jail": "Nana its me, I crashed the car and I am in custody, I need bail money, please "
        "dont tell mum",
        "soldier": "Hello dear, I am a captain with the US army in Yemen, I need an honest person "
        "to receive my box of gold",
        "heir": "You are the beneficiary of an unclaimed inheritance of $8,000,000, send your full "
        "name and the transfer fee",
        "arrest": "This is Agent Cole of the IRS, there is a warrant for your arrest, pay the fine "
        "with gift cards",
        "trading": "I earn $900 daily from bitcoin trading thanks to coach Lena, message her on "
        "telegram",
        "tasks": "We are hiring! Rate hotels from your phone and earn $200 a day, whatsapp me",
        "recovery": "I lost my crypto to a fake broker, this agent recovered all my funds, contact "
        "him @getback",
        "prize": "Congratulations, you are selected for a free iPhone, claim it: win-now.top",
        "double": "send 0.1 btc and get 0.2 btc back, dm me",
        "sugar": "I'm a sugar daddy looking for a loyal baby, $700 weekly allowance, text me on "
        "telegram",
        "rent": "The flat is still free but I am abroad, pay the deposit and I post you the keys",
        "sent by mistake": "I accidentally sent you $150 on cashapp, please send it back",
        "boss": "It's your boss, I'm in a meeting, buy three apple gift cards for a client",
        "dying": "I am a widow dying of cancer, I will donate my 4 million dollars to orphans",
        "grant": "You are eligible for a federal grant of $9,000, pay the clearance fee to get it",
        "courier": "I will buy the chair, my courier collects it, send me your card number",
        "order": "Your order of $399 was charged. If you did not order it call 1-800-555-0100",
        "coin": "invest $300 and get $3000 in 24 hours, guaranteed, message me",
        "press": "there is a warrant in your name, press 1 to speak to the officer",
        "stranded": "stuck in Rome, wallet stolen, can you wire me 600? I pay it back friday",
        "wrong number": "Sorry, wrong number! You seem nice though, can we be friends?",
        "support": "Your computer is infected with a virus, call Microsoft support now",
        "de": "Hallo Papa, mein Handy ist ins Wasser gefallen, das ist meine neue Nummer, kannst "
        "du was überweisen?",
        "pt": "Oi mãe, meu celular quebrou, esse é meu número novo, faz um pix pra mim?",
        "ru": "Мам, это мой новый номер, телефон разбился, переведи 5 тысяч срочно",
        "nl": "Hoi mam, mijn telefoon is kapot, dit is mijn nieuwe nummer, kun je iets overmaken?",
    },
    (MULE, 0.75): {
        "cut": "we send money to your bank account, you keep 10% and forward the rest",
        "rented": "rent me your paypal account, i run payments through it, $200 weekly",
        "wanted": "revolut accounts wanted, quick cash, no risk",
        "de": "Wir überweisen Geld auf dein Konto, du behältst 10 Prozent Provision",
    },
    (BLACKMAIL, 0.80): {
        "followers": "I have your nudes, pay $300 or I send them to all your followers",
        "webcam": "we recorded you through your webcam, send 500 usdt or your family sees it",
        "hacked": "I hacked your webcam and filmed you watching porn, send $900 in bitcoin",
        "es": "tengo tus fotos desnuda, paga 200 euros o las envío a todos tus contactos",
    },
    (SPAM, 0.60): {
        "followers": "buy real instagram followers cheap, dm me for prices",
        "profile": "im so lonely and horny, check my profile daddy",
        "exchange": "sub4sub anyone? subscribe to me and i sub back",
        "channel": "please subscribe to my channel guys, i am a new youtuber",
        "casino": "best online casino, 200% welcome bonus: spin-king.top",
        "loan": "Do you need an urgent loan? low interest rate, no credit check, email us now",
        "ranking": "We can help you get page one of Google, our SEO packages are affordable",
        "pills": "buy cialis online without prescription, discreet shipping",
        "cure": "Dr Omo's herbs cured my herpes in 2 weeks, contact him on whatsapp",
        "signals": "join our VIP crypto signals group, link in bio",
        "hackers": "hack any whatsapp or instagram account, contact @ghosttool",
        "badge": "get verified on instagram, blue badge for $70",
        "dating": "lonely russian women are waiting for you, register free: meet-her.top",
        "copies": "replica rolex watches, 80% off, free shipping, order now",
        "spells": "the best spell caster, brought my ex back, text him on whatsapp",
        "loan firm": "refinance your mortgage, bad credit ok, call now",
        "maker": "Dear sir, we are a leading manufacturer of pumps, best price, send your inquiry",
        "id": "slot gacor maxwin hari ini, daftar di situs777.top",
        "tr": "güvenilir bahis sitesi, %100 deneme bonusu: bahis777.top",
    },
}  # fmt: skip

HARMLESS = {
    "delivery": "Your parcel is out for delivery and will arrive between 2 and 4 pm.",
    "collect": "Your order is ready at the shop, bring the confirmation with you.",
    "bank": "Your statement for May is ready in the app.",
    "card posted": "Your new card is on its way, the old one expires on 30 June.",
    "code": "Your verification code is 481516. Never share it with anybody.",
    "code of a door": "can you send me the code for the gate? i'm outside",
    "code of a shop": "the discount code worked, thanks for sending it to me",
    "source code": "could you share the code on github so i can read it",
    "password": "I forgot my password and my account got locked, annoying",
    "paypal": "is paypal down for anybody else? payment failed twice",
    "warning": "Beware of texts that say your account is locked and give a link like pay-x.top",
    "never": "We will never ask you to verify your account by a link such as bank-x.top",
    "is it one": "got a text saying my parcel is held and to pay at post-x.top, is this a scam?",
    "story": "my gran was scammed by a man who said he was a soldier and needed gift cards",
    "new number": "hi all, this is my new number, please save it",
    "broken phone": "mum my phone broke again, i'll be home at six",
    "money back": "can you pay me back for the tickets when you get a chance?",
    "dinner": "i'll transfer you my share for dinner tomorrow",
    "gift cards": "we bought her a steam gift card for her birthday, she loved it",
    "soldier": "my brother is in the army and comes home from Iraq next week",
    "inheritance": "She left me an inheritance and I do not know what to do with the house",
    "police": "the police said he was arrested and must pay a fine",
    "hiring": "We are hiring a barista for weekends, bring your CV to the shop",
    "remote": "I work from home two days a week and love it",
    "salary": "they pay 18 an hour and the team is nice",
    "invest": "I put a bit into an index fund every month, no idea if it is smart",
    "bitcoin": "bitcoin is up 4% today, who would have thought",
    "match": "what a game, I bet my mate a tenner they would win",
    "lottery": "nobody won the lottery this week so the jackpot rolls over",
    "giveaway": "congrats to the winners, you earned it!",
    "own channel": "I started a channel about trains last year, it is slow but fun",
    "thanks": "subscribed two years ago and still love this channel",
    "followers": "congrats on 100k followers, well deserved",
    "shop": "my sister sells handmade soap, she is so proud of her little shop",
    "pills": "my doctor gave me pills for my back and they help",
    "weight": "I lost 10 kilos this year by walking to work",
    "loan": "we got the mortgage approved today!!",
    "single": "single and 40, and quite happy with my cat",
    "video": "is this you singing in the video? beautiful voice",
    "flat": "The flat was lovely but the deposit was too much for us",
    "tickets": "selling two tickets for Friday at face value since we can't go",
    "account": "we opened a joint account, the bank was quick about it",
    "nudes": "never send nudes, people leak them to everyone",
    "present": "shall we get him a steam gift card for his birthday, the whole staff chips in?",
    "wrong": "sorry, wrong number! have a nice day",
    "grant": "there is a new government grant for insulation, the council explains it",
    "courier": "the courier picks the parcel up tomorrow, I left it by the door",
    "lend": "can you lend me 20 till friday?",
    "wallet": "lost my wallet on the bus, what a day",
    "maths": "I teach maths and can help you if you like",
    "tarot": "my nan reads tarot for fun",
    "outage": "the power will be off tomorrow from 9 to 12 for works",
    "de": "Ihre Sendung liegt in der Filiale bereit.",
    "es": "mi tarjeta no funciona, mañana voy al banco",
    "fr": "Le colis est arrivé, merci beaucoup !",
    "ru": "Никому не сообщайте код из смс",
    "zh": "请勿点击陌生链接，谨防诈骗",
    "id": "hati-hati penipuan, jangan klik link dari nomor asing",
}  # fmt: skip


def scores(text: str) -> dict[str, float]:
    """What is found in a text, and how grave it is."""
    return {each.issue: each.score for each in findings(Text(text), RECIPES)}


@pytest.mark.parametrize(
    ("issue", "least", "text"),
    [
        pytest.param(issue, least, text, id=f"{issue} {name}")
        for (issue, least), texts in FOUND.items()
        for name, text in texts.items()
    ],
)
def test_deception_is_found(issue, least, text):
    """A pretext, a lure and a way to act make an intent, in whatever words."""
    assert scores(text).get(issue, 0) >= least


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HARMLESS.items()])
def test_ordinary_talk_is_let_alone(text):
    """Notices, warnings, stories, plans and thanks use the same words, but not together."""
    assert {} == scores(text)
