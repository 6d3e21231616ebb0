"""Contacts in further disguises are told from what only looks like them."""

from __future__ import annotations

import pytest

from handrail import Actor, Item
from handrail_contact import find_contacts

MONERO = (
    "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1"
    "YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H"
)


def found(text, kind, region=None):
    """The normal forms of one kind in a text."""
    item = Item("item-1", text, author=Actor("a", region=region) if region else None)
    return [c.value for c in find_contacts(item, None) if c.kind == kind]


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("my number is 212 five55 o123", "US", "+12125550123"),
        ("my cell 2l2 555 O123", "US", "+12125550123"),
        ("number 212_555_0123", None, "+12125550123"),
        ("call (two twelve) 555-0123", None, "+12125550123"),
        ("two twelve five fifty five zero one twenty three", None, "+12125550123"),
        ("zéro six douze trente-quatre cinquante-six soixante-dix-huit", "FR", "+33612345678"),
        ("zéro six quatre-vingt-dix-huit trente-quatre cinquante-six soixante-douze", "FR",
         "+33698345672"),
        ("me liga onze nove oito sete meia cinco quatro três dois um zero", "BR", "119876543210"),
        ("call me, seven seven eighty nine twelve ninety", None, "77891290"),
        ("my number is five and five and five and one and two and three and four", None, "5551234"),
        ("plus forty four twenty seventy nine forty six zero nine fifty eight", None,
         "+442079460958"),
        ("seven one eight five five five zero one nine nine", None, "+17185550199"),
        ("मेरा नंबर ९८७६५४३२१०", "IN", "+919876543210"),
        ("加我13812345678", "CN", "+8613812345678"),
        ("打我电话138 1234 5678吧", "CN", "+8613812345678"),
    ],
)  # fmt: skip
def test_number_in_disguise(text, region, number):
    """A number is found through teens, letters for digits, glued words and other scripts."""
    assert [number] == found(text, "phone", region)


@pytest.mark.parametrize(
    "text",
    [
        "0123456789 are the digits", "5000 4000 3000 2000 1000", "lotto 04 11 19 23 38 42",
        "ten nine eight seven six five four three two one zero", "IMG_20240501_123456",
        "part 8F3-22L-9912", "one of 1994 and two of 1999", "twenty twenty one was a bad year",
        "his best years: nineteen ninety nine, twenty twenty, twenty eleven",
        "her scores were forty thirty, fifteen forty, thirty thirty",
        "his lap times: fifty one, fifty two, fifty nine, sixty",
        "her odds: twenty one, thirty five, eleven ten", "fifty fifty, sixty forty, seventy thirty",
        "primes: two three five seven eleven thirteen",
        "one and two and three and four and one and two and three",
        "años: treinta, cuarenta, sesenta, doce", "plus twenty thirty, plus forty, fifty, ninety",
        "浏览13812345678次", "订单号13812345678",
    ],
)  # fmt: skip
def test_digits_that_are_no_number_to_call(text):
    """Counting, lists, names of files, serials and quantities are no phone numbers."""
    assert [] == found(text, "phone") == found(text, "card")


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("nine eleven, seven eleven, twenty twelve", "DE"),
        ("nine eleven seven eleven twenty twelve", "DE"),
        ("fifty one, fifty two, fifty nine, sixty, sixty one", "US"),
    ],
)
def test_lists_that_a_numbering_plan_would_hold_for(text, region):
    """Numbers from ten on in a list are no phone number, even where some plan would have them."""
    assert [] == found(text, "phone", region)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("jane_AT_shop_DOT_com", "jane@shop.com"), ("jane-at-shop-dot-com", "jane@shop.com"),
        ("jane(a)shop.com", "jane@shop.com"), ("jane&#64;shop&#46;com", "jane@shop.com"),
        ("jane@shop,com", "jane@shop.com"), ("email me jane99 gmail", "jane99@gmail.com"),
        ("jane małpa wp kropka pl", "jane@wp.pl"), ("jane艾特qq点com", "jane@qq.com"),
    ],
)  # fmt: skip
def test_address_in_disguise(text, address):
    """An e-mail address is found in further ways of writing it."""
    assert [address] == found(text, "email")


@pytest.mark.parametrize(
    "text",
    ["a state-of-the-art dot com", "see (a) shop.com", "f(a) is 3", "gmail is down",
     "email me later, gmail is slow", "look at shop,com on"],
)  # fmt: skip
def test_prose_is_no_address(text):
    """Prose with the signs of an address is none."""
    assert [] == found(text, "email")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my insta is lenahart", "lenahart"), ("mein insta ist lenahart", "lenahart"),
        ("discord lenahart#1234", "lenahart#1234"), ("카톡 lenakakao", "lenakakao"),
        ("👻 lenahart99", "lenahart99"), ("📸 lena.hart", "lena.hart"),
        ("sn@p lenahart99", "lenahart99"),
        ("my disc is lena_h", "lena_h"),
        ("인스타 lena_h", "lena_h"),
    ],
)  # fmt: skip
def test_name_on_a_service(text, name):
    """A name is found behind a sign for the service, and at the end of a sentence that says so."""
    assert [name] == found(text, "handle")


@pytest.mark.parametrize(
    "text",
    ["my insta is private", "my snap is down", "my insta is lenahart and i love it so much",
     "📸 iphone15", "📷 summer in paris", "Signal: Netz 5 Balken", "카톡 update 했어"],
)  # fmt: skip
def test_word_beside_a_service_is_no_name(text):
    """States of an account, gear and words are no names on a service."""
    assert [] == found(text, "handle")


@pytest.mark.parametrize(
    "text",
    [
        "give me your number and I'll text you", "can i get ur number", "text me on this number",
        "can we talk somewhere else?", "gib mir deine nummer", "geef me je nummer",
        "donne ton num", "dammi il tuo numero", "dame tu número", "me passa teu número",
        "скинь свой номер", "numaranı ver", "podaj mi swój numer",
        "给我你的电话", "電話番号教えて",
        "번호 좀 알려줘", "अपना नंबर दो", "minta nomor wa", "LINEで話そう", "카톡으로 연락해",
        "有微信吗，那边聊", "contact my agent on telegram", "napisz do mnie na telegramie",
        "stuur me een bericht op whatsapp", "skriv till mig på snap", "chat aku di whatsapp",
        "what's your phone number? I'd like to meet you", "what's your phone number?",
        "кинь номер", "кинь номер телефона", "дай номер пж", "番号教えて", "君の番号教えて",
        "携帯番号を教えて", "ラインを教えて", "君LINE教えて", "俺とラインで話そう",
        "minta nomor dong", "minta nomor", "кинь свой номер братан", "今ライン交換しよ",
        "俺インスタ教えて", "dm the admin on telegram", "dm me on discord",
        "whatsapp pe baat karte hain", "like ws app, add me on ws app",
    ],
)  # fmt: skip
def test_lure_of_many_languages(text):
    """Asking for a number, or to talk on a service, is a lure."""
    assert found(text, "lure")


@pytest.mark.parametrize(
    "text",
    [
        "if you give your number to another", "what's your number one song", "a number of people",
        "let's meet somewhere else", "die nummer eins", "留电话的人",
        "번호달라고 했어", "номер один",
        "whatsapp pe update aaya", "用微信支付", "카톡 업데이트",
        "what's your phone number? I'd like to order",
        "what's your phone number, i want to book an appointment", "кинь номер рейса",
        "скинь номер заказа", "スクショ番号教えて", "注文番号を教えて", "注文の番号を教えて",
        "境界ラインを教えて", "minta nomor antrian", "dm the admin on discord",
        "il numero uno", "the number is wrong",
    ],
)  # fmt: skip
def test_talk_of_numbers_is_no_lure(text):
    """Talk about numbers and services invites nobody."""
    assert [] == found(text, "lure")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("xrp rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "crypto", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
        ("sol wallet 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", "crypto",
         "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV"),
        (f"xmr {MONERO}", "crypto", MONERO), (f"xmr {MONERO[:-1]}", "crypto", None),
        ("support me ko-fi.com/jane", "pay_link", "jane"),
        ("meu pix é o cpf 529.982.247-25", "pay_link", "529.982.247-25"),
        ("commit 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", "crypto", None),
        ("xrp rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi", "crypto", None),
    ],
)  # fmt: skip
def test_ways_to_pay(text, kind, value):
    """Ripple, Solana, Monero and tips are ways to pay; a wrong checksum, a bare key are not."""
    assert ([value] if value else []) == found(text, kind)
