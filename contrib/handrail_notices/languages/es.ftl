### Notices in Spanish, in the form "usted".

what-nudge = Antes de publicar: ¿quiere enviarlo tal como está?
what-limit = Esto se puede ver, pero con límites.
what-hold = Esto aparecerá cuando se haya revisado.
what-block = Esto no se ha publicado.

neutral-nudge = Antes de publicar: ¿quiere enviarlo tal como está?
neutral-limit = Esto se muestra en menos lugares.
neutral-hold = Gracias. Esto aparecerá cuando se haya revisado.
neutral-block = Esto no se ha podido publicar.

care = Parece que está pasando por un momento difícil. No está a solas, y está bien hablar de ello.
care-help = Aquí hay personas que escuchan, sin juzgar:
help = Si esto le afecta a usted o a alguien que conoce, aquí puede encontrar ayuda:
card = { $name }: { $phone }
card-text = { $name }, por SMS: { $text }
card-link = { $name }:
emergency = Si alguien está en peligro ahora, llame al número de emergencias de su país.
emergency-number = Si alguien está en peligro ahora, llame al { $phone }.
emergency-name = Número local de emergencias

because-ai = Parece hacer un uso indebido de un asistente automático o presentar sus respuestas como consejo de un experto.
because-dangerous_knowledge = Parece explicar cómo causar un daño grave.
because-exploitation = Parece tener que ver con la explotación de personas.
because-fraud = Parece engañar sobre dinero, productos o la identidad de alguien.
because-goods = Parece ofrecer algo que aquí no se puede ofrecer.
because-harassment = Parece insultar, amenazar o acosar a alguien.
because-hate = Parece atacar a personas por ser quienes son.
because-integrity = Parece inducir a error.
because-intellectual_property = Parece usar algo que pertenece a otra persona.
because-offline = Parece poner a alguien en peligro fuera de este servicio.
because-other = Parece no ajustarse a las normas de este lugar.
because-privacy = Parece revelar algo privado.
because-self_harm = Parece peligroso para personas que pasan por un mal momento.
because-sexual = Parece ser sexual de un modo que no corresponde a este lugar.
because-violence = Parece mostrar, anunciar o ensalzar la violencia.
unseen = Todavía no se ha podido comprobar del todo.
clause = La norma de la que se trata: { $clause }
law = La ley de la que se trata: { $law }
automated = Esto se decidió de forma automática.
by-person = Esto lo decidió una persona.

hold-until = Se revisará antes del { $until } UTC.
hold-creator = Quien lleva este lugar lo revisará antes del { $until } UTC.
until = Esto termina el { $until } UTC.

effect-label = Se muestra con una etiqueta.
effect-reach = Se muestra a menos personas.
effect-reach-0 = Solo usted puede verlo.
effect-min_viewer_age = Solo se puede ver a partir de cierta edad.
effect-geo_block = No se puede ver en: { $regions }.
effect-deny = Parte de lo que puede hacer aquí está en pausa.
effect-money = Los pagos están detenidos.
appeal = Si cree que esto es un error, pida que una persona lo revise de nuevo:

revised = Esto se ha revisado de nuevo y la decisión ha cambiado.
revised-allow = Esto se ha revisado de nuevo: ya no tiene ninguna restricción.

reply-receipt = Gracias. Hemos recibido su denuncia y la revisaremos.
reply-acted-on = Hemos revisado lo que denunció y hemos tomado medidas.
reply-not-acted-on = Hemos revisado lo que denunció y no hemos encontrado nada que incumpla las normas.
reply-reversed = Lo que denunció se ha revisado de nuevo: las medidas que habíamos tomado se han anulado.
reply-won = Lo hemos revisado de nuevo y hemos cambiado la decisión.
reply-lost = Lo hemos revisado de nuevo y la decisión se mantiene.
reply-warning = Algunas de sus denuncias eran claramente infundadas. Si esto continúa, dejaremos de revisarlas durante un tiempo.
reply-suspension = Muchas de sus denuncias eran claramente infundadas. Hasta el { $until } UTC las dejamos aparte, salvo que esté en peligro una vida o un menor.
