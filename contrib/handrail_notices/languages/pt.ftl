### Notices in Portuguese, worded to be read in Brazil and in Portugal; a pt-BR.ftl or pt-PT.ftl of
### a host may say it closer to home.

what-nudge = Antes de publicar: deseja enviar assim?
what-limit = Isto pode ser visto, mas com limites.
what-hold = Isto aparecerá depois de ser analisado.
what-block = Isto não foi publicado.

neutral-nudge = Antes de publicar: deseja enviar assim?
neutral-limit = Isto é mostrado em menos lugares.
neutral-hold = Agradecemos. Isto aparecerá depois de ser analisado.
neutral-block = Não foi possível publicar isto.

care = Parece que as coisas estão difíceis neste momento. Há quem se importe, e é bom falar sobre isso.
care-help = Aqui há pessoas que escutam, sem julgar:
help = Se isto diz respeito a si ou a alguém que conhece, aqui há ajuda:
card = { $name }: { $phone }
card-text = { $name }, por SMS: { $text }
card-link = { $name }:
emergency = Se alguém está em perigo agora, ligue para o número de emergência do seu país.
emergency-number = Se alguém está em perigo agora, ligue { $phone }.
emergency-name = Número de emergência local

because-ai = Parece usar mal um assistente automático, ou apresentar as suas respostas como conselho de um especialista.
because-dangerous_knowledge = Parece explicar como causar danos graves.
because-exploitation = Parece ter a ver com a exploração de pessoas.
because-fraud = Parece enganar sobre dinheiro, produtos ou a identidade de alguém.
because-goods = Parece oferecer algo que não pode ser oferecido aqui.
because-harassment = Parece insultar, ameaçar ou perseguir alguém.
because-hate = Parece atacar pessoas por serem quem são.
because-integrity = Parece induzir em erro.
because-intellectual_property = Parece usar algo que pertence a outra pessoa.
because-offline = Parece pôr alguém em perigo fora deste serviço.
because-other = Parece não estar de acordo com as regras deste lugar.
because-privacy = Parece revelar algo privado.
because-self_harm = Parece perigoso para pessoas que passam por um momento difícil.
because-sexual = Parece ser sexual de um modo que não cabe neste lugar.
because-violence = Parece mostrar, anunciar ou enaltecer violência.
unseen = Ainda não foi possível verificar isto por completo.
clause = A regra em causa: { $clause }
law = A lei em causa: { $law }
automated = Esta decisão foi automática.
by-person = Esta decisão foi tomada por uma pessoa.

hold-until = Será analisado até { $until } UTC.
hold-creator = Quem cuida deste lugar vai analisar até { $until } UTC.
until = Isto termina em { $until } UTC.

effect-label = É mostrado com um aviso.
effect-reach = É mostrado a menos pessoas.
effect-reach-0 = Mais ninguém pode ver.
effect-min_viewer_age = Só pode ser visto a partir de certa idade.
effect-geo_block = Não pode ser visto em: { $regions }.
effect-deny = Parte do que pode fazer aqui está em pausa.
effect-money = Os pagamentos estão suspensos.
appeal = Se acha que é um erro, peça que uma pessoa analise de novo:

revised = Isto foi analisado de novo e a decisão mudou.
revised-allow = Isto foi analisado de novo: já nada o restringe.

reply-receipt = Agradecemos. Recebemos a sua denúncia e vamos analisá-la.
reply-acted-on = Analisámos o que denunciou e tomámos medidas.
reply-not-acted-on = Analisámos o que denunciou e não encontrámos nada contra as regras.
reply-reversed = O que denunciou foi analisado de novo: as medidas que tínhamos tomado foram anuladas.
reply-won = Analisámos de novo e mudámos a decisão.
reply-lost = Analisámos de novo e a decisão mantém-se.
reply-warning = Algumas das suas denúncias eram claramente infundadas. Se isto continuar, deixaremos de as analisar durante algum tempo.
reply-suspension = Muitas das suas denúncias eram claramente infundadas. Até { $until } UTC ficam de lado, exceto se uma vida ou uma criança estiver em perigo.
