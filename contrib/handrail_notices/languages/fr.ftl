### Notices in French, in the form "vous".

what-nudge = Avant de publier : voulez-vous l’envoyer tel quel ?
what-limit = Ceci est visible, mais de façon limitée.
what-hold = Ceci paraîtra après avoir été examiné.
what-block = Ceci n’a pas été publié.

neutral-nudge = Avant de publier : voulez-vous l’envoyer tel quel ?
neutral-limit = Ceci est montré à moins d’endroits.
neutral-hold = Merci. Ceci paraîtra après avoir été examiné.
neutral-block = Ceci n’a pas pu être publié.

care = On dirait que vous traversez un moment difficile. Vous n’êtes pas seul·e, et c’est bien d’en parler.
care-help = Ces personnes vous écoutent, sans jugement :
help = Si cela vous touche, ou touche quelqu’un que vous connaissez, vous trouverez de l’aide ici :
card = { $name } : { $phone }
card-text = { $name }, par SMS : { $text }
card-link = { $name } :
emergency = Si quelqu’un est en danger maintenant, appelez le numéro d’urgence de votre pays.
emergency-number = Si quelqu’un est en danger maintenant, appelez le { $phone }.
emergency-name = Numéro d’urgence local

because-ai = Cela semble détourner un assistant automatique, ou présenter ses réponses comme un avis d’expert.
because-dangerous_knowledge = Cela semble expliquer comment causer un grave dommage.
because-exploitation = Cela semble avoir trait à l’exploitation de personnes.
because-fraud = Cela semble tromper sur de l’argent, des biens ou une identité.
because-goods = Cela semble proposer quelque chose qui ne peut pas être proposé ici.
because-harassment = Cela semble insulter, menacer ou harceler quelqu’un.
because-hate = Cela semble attaquer des personnes pour ce qu’elles sont.
because-integrity = Cela semble induire en erreur.
because-intellectual_property = Cela semble utiliser quelque chose qui appartient à quelqu’un d’autre.
because-offline = Cela semble mettre quelqu’un en danger en dehors de ce service.
because-other = Cela semble ne pas correspondre aux règles de ce lieu.
because-privacy = Cela semble révéler quelque chose de privé.
because-self_harm = Cela semble dangereux pour des personnes en difficulté.
because-sexual = Cela semble être sexuel d’une manière qui n’a pas sa place ici.
because-violence = Cela semble montrer, annoncer ou glorifier la violence.
unseen = Ceci n’a pas encore pu être entièrement vérifié.
clause = La règle concernée : { $clause }
law = La loi concernée : { $law }
automated = Cette décision a été prise automatiquement.
by-person = Cette décision a été prise par une personne.

hold-until = L’examen aura lieu avant le { $until } UTC.
hold-creator = La personne responsable de ce lieu l’examinera avant le { $until } UTC.
until = Cela prend fin le { $until } UTC.

effect-label = Une mention l’accompagne.
effect-reach = Il est montré à moins de personnes.
effect-reach-0 = Vous seul·e pouvez le voir.
effect-min_viewer_age = Il n’est visible qu’à partir d’un certain âge.
effect-geo_block = Il n’est pas visible dans ces pays ou régions : { $regions }.
effect-deny = Une partie de ce que vous pouvez faire ici est suspendue.
effect-money = Les paiements sont suspendus.
appeal = Si vous pensez que c’est une erreur, demandez un nouvel examen par une personne :

revised = Ceci a été réexaminé et la décision a changé.
revised-allow = Ceci a été réexaminé : plus rien ne le restreint.

reply-receipt = Merci. Nous avons reçu votre signalement et nous l’examinerons.
reply-acted-on = Nous avons examiné ce que vous avez signalé et pris des mesures.
reply-not-acted-on = Nous avons examiné ce que vous avez signalé et n’avons rien trouvé de contraire aux règles.
reply-reversed = Ce que vous avez signalé a été réexaminé : les mesures que nous avions prises sont annulées.
reply-won = Nous l’avons réexaminé et avons changé la décision.
reply-lost = Nous l’avons réexaminé et la décision est maintenue.
reply-warning = Certains de vos signalements étaient manifestement infondés. Si cela continue, nous cesserons de les examiner pendant un certain temps.
reply-suspension = Beaucoup de vos signalements étaient manifestement infondés. Jusqu’au { $until } UTC, nous les mettons de côté, sauf si une vie ou un enfant est en danger.
