offers-title = Para você
offer-left = Tempo para responder
offer-note = Nota
offer-accept = Aceitar
offer-decline = Recusar
offer-routed = { $candidates ->
    [one] Esperou { $waited }; você é a única pessoa livre
   *[other] Esperou { $waited }; você é quem tem menos entre { $candidates }
}
offer-owner = É seu cliente
offer-last-agent = Você atendeu da última vez
offer-handed-over = { $name } passa para você
offer-back-declined = { $name } não aceitou { $contact }. Segue com você.
offer-back-lapsed = { $name } não respondeu por { $contact }. Segue com você.
offer-back-open = Abrir a conversa
next-take = Pegar a próxima
next-waiting = { $count ->
    [one] { $count } espera
   *[other] { $count } esperam
}
state-offered = oferecida a { $name }
floor-offered = Oferecida a { $name }
sys-assigned-handed-over = { $name } recebeu de { $by }
sys-transferred-by = { $by } passou para a fila { $queue }
sys-transferred-team = { $by } passou para a equipe { $team } (fila { $queue })
sys-offered = É oferecida a { $name }
sys-offered-by = { $by } oferece a { $name }
sys-declined = { $name } não aceitou
sys-lapsed = { $name } não respondeu a tempo
sys-declined-back = { $name } não aceitou; segue com { $by }
sys-lapsed-back = { $name } não respondeu a tempo; segue com { $by }
sys-relaxed = { $count ->
    [one] Espera há muito: pede-se menos de quem a pegar
   *[other] Espera há muito: pede-se menos de quem a pegar (passo { $count })
}
sys-alert-waits = Aviso à supervisão: espera demais
sys-alert-silent = Aviso à supervisão: quem atende não responde
sys-alert-first = Aviso à supervisão: a primeira resposta está atrasada
sys-alert-next = Aviso à supervisão: a resposta está atrasada
sys-alert-resolution = Aviso à supervisão: não foi resolvida a tempo
sys-tagged = Etiqueta adicionada: { $tag }
sys-tagged-by = { $by } adicionou a etiqueta { $tag }
sys-untagged = Etiqueta removida: { $tag }
sys-untagged-by = { $by } removeu a etiqueta { $tag }
js-offered = { $name } em { $text }: oferecem a conversa a você. Y para aceitar, D para recusar.
js-offer-over = O tempo acabou
js-offer-declined = Recusada. É oferecida a outra pessoa.
js-next-none = Não há ninguém esperando
keys-next = Pegar a próxima das suas filas
sys-alerts-seen = { $by } está ciente
