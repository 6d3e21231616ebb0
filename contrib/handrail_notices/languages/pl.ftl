### Notices in Polish, in the form "ty", worded so that no gender is needed.

what-nudge = Przed publikacją: czy wysłać to w tej postaci?
what-limit = Treść jest widoczna, ale z ograniczeniami.
what-hold = Treść pojawi się, gdy zostanie sprawdzona.
what-block = Treść nie została opublikowana.

neutral-nudge = Przed publikacją: czy wysłać to w tej postaci?
neutral-limit = Treść jest pokazywana w mniejszej liczbie miejsc.
neutral-hold = Dziękujemy. Treść pojawi się, gdy zostanie sprawdzona.
neutral-block = Nie udało się opublikować tej treści.

care = Wygląda na to, że to trudny czas. Nie trzeba być z tym w samotności i dobrze, że o tym mówisz.
care-help = Tu ktoś wysłucha, bez oceniania:
help = Jeśli dotyczy to Ciebie lub kogoś, kogo znasz, tu można znaleźć pomoc:
card = { $name }: { $phone }
card-text = { $name }, SMS: { $text }
card-link = { $name }:
emergency = Jeśli ktoś jest teraz w niebezpieczeństwie, zadzwoń na lokalny numer alarmowy.
emergency-number = Jeśli ktoś jest teraz w niebezpieczeństwie, zadzwoń pod numer { $phone }.
emergency-name = Lokalny numer alarmowy

because-ai = Wygląda to na nadużycie automatycznego asystenta albo podawanie jego odpowiedzi za poradę eksperta.
because-dangerous_knowledge = Wygląda to na wyjaśnienie, jak wyrządzić poważną szkodę.
because-exploitation = Wygląda na to, że chodzi o wykorzystywanie ludzi.
because-fraud = Wygląda to na wprowadzanie w błąd co do pieniędzy, towarów lub tożsamości.
because-goods = Wygląda to na ofertę czegoś, czego nie można tu oferować.
because-harassment = Wygląda to na obrażanie, grożenie komuś lub nękanie kogoś.
because-hate = Wygląda to na atak na ludzi za to, kim są.
because-integrity = Wygląda to na wprowadzanie innych w błąd.
because-intellectual_property = Wygląda to na użycie czegoś, co należy do kogoś innego.
because-offline = Wygląda to na narażenie kogoś na niebezpieczeństwo poza tą usługą.
because-other = Wygląda na to, że nie pasuje to do zasad tego miejsca.
because-privacy = Wygląda to na ujawnienie czegoś prywatnego.
because-self_harm = Może to być niebezpieczne dla osób w trudnej sytuacji.
because-sexual = Wygląda to na treść seksualną, która nie pasuje do tego miejsca.
because-violence = Wygląda to na pokazywanie, zapowiadanie lub pochwalanie przemocy.
unseen = Nie udało się jeszcze w pełni tego sprawdzić.
clause = Zasada, o którą chodzi: { $clause }
law = Prawo, o które chodzi: { $law }
automated = Decyzja zapadła automatycznie.
by-person = Decyzję podjął człowiek.

hold-until = Zostanie to sprawdzone do: { $until } UTC.
hold-creator = Osoba prowadząca to miejsce sprawdzi to do: { $until } UTC.
until = Obowiązuje do: { $until } UTC.

effect-label = Treści towarzyszy oznaczenie.
effect-reach = Treść jest pokazywana mniejszej liczbie osób.
effect-reach-0 = Nikt inny tego nie widzi.
effect-min_viewer_age = Treść jest widoczna tylko od określonego wieku.
effect-geo_block = Treść nie jest widoczna w tych krajach lub regionach: { $regions }.
effect-deny = Część tego, co można tu robić, jest wstrzymana.
effect-money = Płatności są wstrzymane.
appeal = Jeśli uważasz, że to pomyłka, poproś o ponowne sprawdzenie przez człowieka:

revised = Treść sprawdzono ponownie i decyzja się zmieniła.
revised-allow = Treść sprawdzono ponownie: nic jej już nie ogranicza.

reply-receipt = Dziękujemy. Mamy Twoje zgłoszenie i je sprawdzimy.
reply-acted-on = Sprawdziliśmy to zgłoszenie i podjęliśmy działania.
reply-not-acted-on = Sprawdziliśmy to zgłoszenie i nie znaleźliśmy niczego niezgodnego z zasadami.
reply-reversed = To, co zostało zgłoszone, sprawdzono ponownie: podjęte działania cofnięto.
reply-won = Sprawdziliśmy to ponownie i zmieniliśmy decyzję.
reply-lost = Sprawdziliśmy to ponownie i decyzja pozostaje w mocy.
reply-warning = Niektóre Twoje zgłoszenia były wyraźnie bezpodstawne. Jeśli to się powtórzy, przez pewien czas nie będziemy ich sprawdzać.
reply-suspension = Wiele Twoich zgłoszeń było wyraźnie bezpodstawnych. Do { $until } UTC odkładamy je na bok, chyba że zagrożone jest życie lub dziecko.
