### Notices in German, in the form "Sie".

what-nudge = Bevor Sie das abschicken: Möchten Sie es so senden?
what-limit = Das ist sichtbar, aber eingeschränkt.
what-hold = Das erscheint, sobald es angesehen wurde.
what-block = Das wurde nicht veröffentlicht.

neutral-nudge = Bevor Sie das abschicken: Möchten Sie es so senden?
neutral-limit = Das wird an weniger Stellen gezeigt.
neutral-hold = Danke. Das erscheint, sobald es angesehen wurde.
neutral-block = Das konnte nicht veröffentlicht werden.

care = Es klingt, als wäre es gerade schwer. Sie sind nicht allein, und es ist gut, dass Sie darüber sprechen.
care-help = Hier hört Ihnen jemand zu, ohne zu urteilen:
help = Wenn Sie oder jemanden, den Sie kennen, das betrifft, finden Sie hier Hilfe:
card = { $name }: { $phone }
card-text = { $name }, per SMS: { $text }
card-link = { $name }:
emergency = Wenn jemand jetzt in Gefahr ist, rufen Sie die örtliche Notrufnummer an.
emergency-number = Wenn jemand jetzt in Gefahr ist, rufen Sie { $phone } an.
emergency-name = Örtliche Notrufnummer

because-ai = Das scheint einen automatischen Assistenten zu missbrauchen oder seine Antworten als fachlichen Rat auszugeben.
because-dangerous_knowledge = Das scheint zu erklären, wie man schweren Schaden anrichtet.
because-exploitation = Das scheint mit der Ausbeutung von Menschen zu tun zu haben.
because-fraud = Das scheint über Geld, Waren oder eine Identität zu täuschen.
because-goods = Das scheint etwas anzubieten, was hier nicht angeboten werden darf.
because-harassment = Das scheint jemanden zu beleidigen, zu bedrohen oder zu bedrängen.
because-hate = Das scheint Menschen dafür anzugreifen, wer sie sind.
because-integrity = Das scheint andere in die Irre zu führen.
because-intellectual_property = Das scheint etwas zu verwenden, was jemand anderem gehört.
because-offline = Das scheint jemanden außerhalb dieses Dienstes in Gefahr zu bringen.
because-other = Das scheint nicht zu den Regeln dieses Ortes zu passen.
because-privacy = Das scheint etwas Privates preiszugeben.
because-self_harm = Das scheint für Menschen in einer schweren Lage gefährlich zu sein.
because-sexual = Das scheint auf eine Weise sexuell zu sein, die nicht hierher gehört.
because-violence = Das scheint Gewalt zu zeigen, anzudrohen oder zu verherrlichen.
unseen = Das konnte noch nicht vollständig geprüft werden.
clause = Die Regel, um die es geht: { $clause }
law = Das Gesetz, um das es geht: { $law }
automated = Das wurde automatisch entschieden.
by-person = Das hat ein Mensch entschieden.

hold-until = Es wird bis { $until } UTC angesehen.
hold-creator = Wer diesen Ort betreut, sieht es bis { $until } UTC an.
until = Das endet am { $until } UTC.

effect-label = Dazu wird ein Hinweis angezeigt.
effect-reach = Es wird weniger Menschen gezeigt.
effect-reach-0 = Nur Sie können es sehen.
effect-min_viewer_age = Nur Menschen ab einem bestimmten Alter können es sehen.
effect-geo_block = In diesen Ländern oder Regionen ist es nicht zu sehen: { $regions }.
effect-deny = Manches, was Sie hier tun können, ist vorübergehend nicht möglich.
effect-money = Zahlungen sind angehalten.
appeal = Wenn Sie das für falsch halten, lassen Sie es noch einmal von einem Menschen prüfen:

revised = Das wurde noch einmal angesehen, und es wurde anders entschieden.
revised-allow = Das wurde noch einmal angesehen: Es ist nicht mehr eingeschränkt.

reply-receipt = Danke. Ihre Meldung ist angekommen und wird angesehen.
reply-acted-on = Wir haben angesehen, was Sie gemeldet haben, und etwas unternommen.
reply-not-acted-on = Wir haben angesehen, was Sie gemeldet haben, und keinen Verstoß gegen die Regeln gefunden.
reply-reversed = Was Sie gemeldet haben, wurde noch einmal angesehen: Was wir unternommen hatten, ist rückgängig gemacht.
reply-won = Wir haben es noch einmal angesehen und die Entscheidung geändert.
reply-lost = Wir haben es noch einmal angesehen, und die Entscheidung bleibt.
reply-warning = Einige Ihrer Meldungen waren offensichtlich unbegründet. Wenn das so weitergeht, sehen wir sie eine Zeit lang nicht mehr an.
reply-suspension = Viele Ihrer Meldungen waren offensichtlich unbegründet. Bis { $until } UTC legen wir sie beiseite, außer wenn ein Leben oder ein Kind in Gefahr ist.
