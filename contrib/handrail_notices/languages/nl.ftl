### Notices in Dutch, in the form "u".

what-nudge = Voordat u dit plaatst: wilt u het zo versturen?
what-limit = Dit is te zien, maar beperkt.
what-hold = Dit verschijnt zodra het bekeken is.
what-block = Dit is niet geplaatst.

neutral-nudge = Voordat u dit plaatst: wilt u het zo versturen?
neutral-limit = Dit wordt op minder plaatsen getoond.
neutral-hold = Dank u. Dit verschijnt zodra het bekeken is.
neutral-block = Dit kon niet worden geplaatst.

care = Het klinkt alsof u het nu moeilijk hebt. U bent niet alleen, en het is goed dat u erover praat.
care-help = Hier luistert iemand, zonder oordeel:
help = Als dit u of iemand die u kent raakt, is hier hulp:
card = { $name }: { $phone }
card-text = { $name }, per sms: { $text }
card-link = { $name }:
emergency = Als iemand nu in gevaar is, bel dan het lokale alarmnummer.
emergency-number = Als iemand nu in gevaar is, bel dan { $phone }.
emergency-name = Lokaal alarmnummer

because-ai = Het lijkt een automatische assistent te misbruiken, of zijn antwoorden als deskundig advies te geven.
because-dangerous_knowledge = Het lijkt uit te leggen hoe men ernstige schade aanricht.
because-exploitation = Het lijkt met uitbuiting van mensen te maken te hebben.
because-fraud = Het lijkt te misleiden over geld, goederen of iemands identiteit.
because-goods = Het lijkt iets aan te bieden wat hier niet mag worden aangeboden.
because-harassment = Het lijkt iemand te beledigen, te bedreigen of lastig te vallen.
because-hate = Het lijkt mensen aan te vallen om wie ze zijn.
because-integrity = Het lijkt anderen te misleiden.
because-intellectual_property = Het lijkt iets te gebruiken wat van iemand anders is.
because-offline = Het lijkt iemand buiten deze dienst in gevaar te brengen.
because-other = Het lijkt niet bij de regels van deze plek te passen.
because-privacy = Het lijkt iets prijs te geven wat privé is.
because-self_harm = Het lijkt gevaarlijk voor mensen die het moeilijk hebben.
because-sexual = Het lijkt seksueel te zijn op een manier die hier niet hoort.
because-violence = Het lijkt geweld te tonen, aan te kondigen of te verheerlijken.
unseen = Dit kon nog niet helemaal worden gecontroleerd.
clause = De regel waar het om gaat: { $clause }
law = De wet waar het om gaat: { $law }
automated = Dit is automatisch besloten.
by-person = Dit heeft een mens besloten.

hold-until = Het wordt bekeken vóór { $until } UTC.
hold-creator = Wie deze plek beheert, bekijkt het vóór { $until } UTC.
until = Dit eindigt op { $until } UTC.

effect-label = Er wordt een label bij getoond.
effect-reach = Het wordt aan minder mensen getoond.
effect-reach-0 = Alleen u kunt het zien.
effect-min_viewer_age = Het is alleen vanaf een bepaalde leeftijd te zien.
effect-geo_block = In deze landen of regio’s is het niet te zien: { $regions }.
effect-deny = Een deel van wat u hier kunt doen, is gepauzeerd.
effect-money = Betalingen zijn stopgezet.
appeal = Denkt u dat dit niet klopt, vraag dan of een mens het opnieuw bekijkt:

revised = Dit is opnieuw bekeken, en er is anders besloten.
revised-allow = Dit is opnieuw bekeken: niets beperkt het meer.

reply-receipt = Dank u. We hebben uw melding ontvangen en bekijken die.
reply-acted-on = We hebben bekeken wat u meldde en hebben er iets aan gedaan.
reply-not-acted-on = We hebben bekeken wat u meldde en niets gevonden dat tegen de regels is.
reply-reversed = Wat u meldde is opnieuw bekeken: wat we eraan hadden gedaan, is ongedaan gemaakt.
reply-won = We hebben het opnieuw bekeken en de beslissing gewijzigd.
reply-lost = We hebben het opnieuw bekeken, en de beslissing blijft staan.
reply-warning = Sommige van uw meldingen waren duidelijk ongegrond. Als dit doorgaat, bekijken we ze een tijd niet meer.
reply-suspension = Veel van uw meldingen waren duidelijk ongegrond. Tot { $until } UTC leggen we ze terzijde, tenzij een leven of een kind in gevaar is.
