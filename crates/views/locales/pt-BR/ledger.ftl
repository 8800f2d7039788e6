ledger-group = Operação
ledger-title = Livro de entradas
ledger-about = Tudo o que entrou pelos canais, o que aconteceu com isso e o que pode faltar.
ledger-back = Voltar ao livro de entradas
ledger-number = Número do cliente
ledger-message = Id. da mensagem (nosso ou do provedor)
ledger-from = De
ledger-until = Até
ledger-state = Estado
ledger-channel = Canal
ledger-any = Todos
ledger-find = Buscar
ledger-clear = Limpar filtros
ledger-bad-time = Não entendo essa data. Escolha no calendário.
ledger-none-title = Não há entradas assim
ledger-none = Tente outro número, outro id. ou outro período. O que acabou de chegar pode ser buscado em alguns segundos.
ledger-received = Recebido
ledger-told = O que trouxe
ledger-what = O quê
ledger-who = Cliente e mensagem
ledger-result = Resultado
ledger-more = { $count ->
    [one] e mais { $count }
   *[other] e mais { $count }
}
ledger-made = criou
ledger-was-there = já existia
ledger-nothing = sem efeito
ledger-open = Abrir
ledger-older = Mais antigos
ledger-receipt = Entrada { $number }
ledger-trail = Percurso
ledger-not-noted = Ainda não foi anotado o que trouxe; leva alguns segundos.
ledger-unread = Não foi possível ler: está em quarentena.
ledger-raw = Conteúdo como chegou
ledger-raw-show = Mostrar
ledger-raw-about = Pode ter dados de clientes. Ao mostrar, fica anotado quem viu.
ledger-raw-forgotten = O conteúdo foi apagado ao fim do prazo; fica o percurso.
ledger-state-new = pendente
ledger-state-applied = aplicado
ledger-state-quarantined = em quarentena
ledger-source-whatsapp = Aviso da Meta (WhatsApp)
ledger-source-twilio-message = Mensagem da Twilio
ledger-source-twilio-status = Status da Twilio
ledger-source-twilio-listed = Da lista da Twilio
ledger-source-other = Outra origem
ledger-what-message = Mensagem
ledger-what-status = Status de um envio
ledger-what-notice = Aviso da conta
ledger-what-echo = Enviado pelo telefone
ledger-what-past = Histórico
ledger-what-address = Endereço do cliente
ledger-what-consent = Permissão do cliente
ledger-what-broken = Ilegível
trail-received = Recebido e guardado
trail-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
trail-tries = { $count ->
    [one] { $count } tentativa falhou
   *[other] { $count } tentativas falharam
}
trail-aside = Separado:
trail-aside-part = A parte { $count } foi separada:
trail-released = retomado
trail-replayed = Aplicado de novo
trail-applied = Aplicado
trail-put-aside = Ficou em quarentena
trail-forgotten = O conteúdo foi apagado
quarantine-title = Em quarentena
quarantine-since = desde
quarantine-look = Ver
quarantine-todo = Corrija a causa (por exemplo, conecte o canal que falta), filtre por “em quarentena” e aplique de novo: nada é duplicado.
replay-choose = Escolher a entrada
replay-chosen = Aplicar de novo as escolhidas
replay-found = Aplicar de novo tudo o que foi encontrado
replay-one = Aplicar de novo
replay-nothing = Não há nada para aplicar: escolha pelo menos uma entrada.
replays-title = Aplicado de novo
replay-title = Aplicar de novo
replay-running = Em andamento
replay-finished = Concluído
replay-receipts = Entradas
replay-new = Mensagens novas
replay-made = { $count ->
    [one] { $count } mensagem nova
   *[other] { $count } mensagens novas
}
replay-summary = { $total } entradas: { $applied } aplicadas, { $aside } de novo em quarentena, { $refused } sem conteúdo; { $made } mensagens novas
replay-result-applied = aplicado
replay-result-quarantined = de novo em quarentena
replay-result-forgotten = sem conteúdo: já foi apagado
replay-result-waiting = em espera
gaps-title = Lacunas
gap-stopped = { $count ->
    [one] Nenhum servidor estava ativo
   *[other] Nenhum servidor estava ativo ({ $count } vezes)
}
gap-unknown-status = { $count ->
    [one] { $count } status de uma mensagem que não conhecemos
   *[other] { $count } status de mensagens que não conhecemos
}
gap-quoted = { $count ->
    [one] Um cliente citou uma mensagem que não temos
   *[other] Clientes citaram { $count } mensagens que não temos
}
gap-silent = { $count ->
    [one] Um número ativo ficou em silêncio
   *[other] Um número ativo ficou em silêncio ({ $count } vezes)
}
gap-other = { $count ->
    [one] Pode faltar algo
   *[other] Pode faltar algo ({ $count } sinais)
}
gap-settled = { $count ->
    [one] A lista do provedor foi lida: faltava { $count }, já está aqui.
   *[other] A lista do provedor foi lida: faltavam { $count }, já estão aqui.
}
gap-noted = { $count ->
    [one] A Meta já não repete; { $count } veio pela lista.
   *[other] A Meta já não repete; { $count } vieram pela lista.
}
gap-open-listed = { $count ->
    [one] A lista do provedor está sendo lida; até agora trouxe { $count }.
   *[other] A lista do provedor está sendo lida; até agora trouxe { $count }.
}
gap-open-meta = { $count ->
    [one] A Meta repete sozinha por até 7 dias; não há lista para ler. Veio { $count }.
   *[other] A Meta repete sozinha por até 7 dias; não há lista para ler. Vieram { $count }.
}
gap-state-open = aberta
gap-state-settled = resolvida
gap-state-noted = anotada
lists-title = Listas da Twilio
lists-until = lida até
lists-never = ainda não lida
lists-listed = { $count ->
    [one] { $count } mensagem
   *[other] { $count } mensagens
}
lists-found = { $count ->
    [0] não faltava nada
    [one] faltava { $count }
   *[other] faltavam { $count }
}
