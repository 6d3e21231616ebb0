### Notices in Italian, in the form "tu" where one is needed.

what-nudge = Prima di pubblicare: inviare così com’è?
what-limit = È visibile, ma con dei limiti.
what-hold = Comparirà dopo essere stato esaminato.
what-block = Non è stato pubblicato.

neutral-nudge = Prima di pubblicare: inviare così com’è?
neutral-limit = Viene mostrato in meno posti.
neutral-hold = Grazie. Comparirà dopo essere stato esaminato.
neutral-block = Non è stato possibile pubblicarlo.

care = Sembra un momento difficile. C’è chi può starti vicino, ed è un bene parlarne.
care-help = Qui ci sono persone che ascoltano, senza giudicare:
help = Se questo riguarda te o qualcuno che conosci, qui si trova aiuto:
card = { $name }: { $phone }
card-text = { $name }, via SMS: { $text }
card-link = { $name }:
emergency = Se qualcuno è in pericolo adesso, chiama il numero di emergenza locale.
emergency-number = Se qualcuno è in pericolo adesso, chiama il { $phone }.
emergency-name = Numero di emergenza locale

because-ai = Sembra usare male un assistente automatico, o spacciare le sue risposte per il parere di un esperto.
because-dangerous_knowledge = Sembra spiegare come causare gravi danni.
because-exploitation = Sembra avere a che fare con lo sfruttamento di persone.
because-fraud = Sembra ingannare su denaro, merci o sull’identità di qualcuno.
because-goods = Sembra offrire qualcosa che qui non si può offrire.
because-harassment = Sembra insultare, minacciare o perseguitare qualcuno.
because-hate = Sembra attaccare delle persone per ciò che sono.
because-integrity = Sembra trarre in inganno.
because-intellectual_property = Sembra usare qualcosa che appartiene ad altri.
because-offline = Sembra mettere qualcuno in pericolo fuori da questo servizio.
because-other = Sembra non essere in linea con le regole di questo posto.
because-privacy = Sembra rivelare qualcosa di privato.
because-self_harm = Sembra pericoloso per chi attraversa un momento difficile.
because-sexual = Sembra avere un contenuto sessuale che non è adatto a questo posto.
because-violence = Sembra mostrare, annunciare o esaltare la violenza.
unseen = Non è stato ancora possibile verificarlo del tutto.
clause = La regola in questione: { $clause }
law = La legge in questione: { $law }
automated = Questa decisione è stata automatica.
by-person = Questa decisione è stata presa da una persona.

hold-until = Verrà esaminato entro: { $until } UTC.
hold-creator = Chi gestisce questo posto lo esaminerà entro: { $until } UTC.
until = Termina: { $until } UTC.

effect-label = Viene mostrato con un’etichetta.
effect-reach = Viene mostrato a meno persone.
effect-reach-0 = Nessun altro può vederlo.
effect-min_viewer_age = È visibile solo a partire da una certa età.
effect-geo_block = Non è visibile in questi paesi o regioni: { $regions }.
effect-deny = Una parte di ciò che puoi fare qui è sospesa.
effect-money = I pagamenti sono sospesi.
appeal = Se pensi che sia un errore, chiedi che una persona lo esamini di nuovo:

revised = È stato esaminato di nuovo e la decisione è cambiata.
revised-allow = È stato esaminato di nuovo: non ha più alcuna limitazione.

reply-receipt = Grazie. Abbiamo ricevuto la tua segnalazione e la esamineremo.
reply-acted-on = Abbiamo esaminato quello che hai segnalato e preso provvedimenti.
reply-not-acted-on = Abbiamo esaminato quello che hai segnalato e non abbiamo trovato nulla contro le regole.
reply-reversed = Quello che hai segnalato è stato esaminato di nuovo: i provvedimenti presi sono stati annullati.
reply-won = Lo abbiamo esaminato di nuovo e abbiamo cambiato la decisione.
reply-lost = Lo abbiamo esaminato di nuovo e la decisione resta.
reply-warning = Alcune delle tue segnalazioni erano chiaramente infondate. Se continua così, per un po’ non le esamineremo più.
reply-suspension = Molte delle tue segnalazioni erano chiaramente infondate. Fino al { $until } UTC le mettiamo da parte, salvo che siano in pericolo una vita o un minore.
