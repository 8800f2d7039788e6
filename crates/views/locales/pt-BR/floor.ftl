floor-now = Agora
floor-waiting = Em espera
floor-waiting-in = { $count ->
    [one] em { $count } fila
   *[other] em { $count } filas
}
floor-waiting-none = ninguém espera agente
floor-longest = Espera mais longa
floor-longest-none = ninguém espera
floor-assigned = Em andamento
floor-capacity = { $count ->
    [one] de { $count } vaga
   *[other] de { $count } vagas
}
floor-available = Agentes disponíveis
floor-agents-of = de { $count }
floor-queues = Filas
floor-queue = Fila
floor-state = Estado
floor-oldest = Mais antiga
floor-queue-agents = Agentes disponíveis
floor-queue-available = { $available } de { $agents }
floor-queue-calm = Sem espera
floor-queue-waiting = Com espera
floor-queue-nobody = Esperam sem agentes
floor-queue-unstaffed = Sem agentes
floor-conversations = Conversas
floor-filter = Mostrar
floor-all = Todas
floor-unassigned-many = Sem agente
floor-customer = Cliente
floor-last = Última mensagem
floor-wait = Espera
floor-agent = Agente
floor-actions = Ações
floor-unassigned = Sem agente
floor-customer-turn = vez do cliente
floor-empty-title = Nenhuma conversa aqui
floor-empty = Quando chegar uma, ela aparece nesta tabela.
floor-agents = Agentes
floor-by-presence = por estado
floor-agent-full = No limite
floor-agent-pause = Em pausa ({ $pause })
floor-agent-since = desde
floor-assign = Reatribuir
floor-assign-of = Reatribuir a conversa de { $name }
floor-assign-search = Buscar agente
floor-assign-none = Nenhum agente com esse nome
floor-assign-back = Devolver à fila
floor-assign-holds = está atendendo
floor-drop-here = Soltar aqui
js-assign-to = Quem atende { $name }?
js-assign-now = { $name } · { $text }
js-assigned = { $text } atende { $name } agora
js-assigned-back = { $name } voltou para a fila { $text }
js-undo = Desfazer
keys-assign = Reatribuir a conversa da linha
floor-agent-finishing = Finalizando ({ $pause })
floor-by-due = por vencimento
floor-overdue = Fora do SLA
floor-breaches = { $count ->
    [one] { $count } em 24 horas
   *[other] { $count } em 24 horas
}
floor-breaches-none = nenhuma em 24 horas
floor-alerts = Alertas
floor-alerts-none = Nada pede sua atenção.
floor-alert-waits = Espera mais do que a fila admite
floor-alert-silent = Quem atende não responde
floor-alert-silent-of = { $name } não responde
floor-alert-first = A primeira resposta venceu
floor-alert-next = A resposta venceu
floor-alert-resolution = A resolução venceu
floor-alert-open = Abrir
floor-alert-open-of = Abrir a conversa de { $name }
floor-alert-seen = Estou ciente
floor-alert-seen-of = Estou ciente da conversa de { $name }
js-alert-new = Alerta: { $name }. { $text }
js-alert-seen = Todos sabem que você está ciente
