floor-now = Ahora
floor-waiting = En espera
floor-waiting-in = { $count ->
    [one] en { $count } cola
   *[other] en { $count } colas
}
floor-waiting-none = nadie espera agente
floor-longest = Espera más larga
floor-longest-none = nadie espera
floor-assigned = En curso
floor-capacity = { $count ->
    [one] de { $count } cupo
   *[other] de { $count } cupos
}
floor-available = Agentes disponibles
floor-agents-of = de { $count }
floor-queues = Colas
floor-queue = Cola
floor-state = Estado
floor-oldest = Más antigua
floor-queue-agents = Agentes disponibles
floor-queue-available = { $available } de { $agents }
floor-queue-calm = Sin espera
floor-queue-waiting = Con espera
floor-queue-nobody = Esperan sin agentes
floor-queue-unstaffed = Sin agentes
floor-conversations = Conversaciones
floor-filter = Mostrar
floor-all = Todas
floor-unassigned-many = Sin asignar
floor-customer = Cliente
floor-last = Último mensaje
floor-wait = Espera
floor-agent = Agente
floor-actions = Acciones
floor-unassigned = Sin asignar
floor-customer-turn = turno del cliente
floor-empty-title = Ninguna conversación aquí
floor-empty = Cuando entre una la verás en esta tabla.
floor-agents = Agentes
floor-by-presence = por estado
floor-agent-full = Al tope
floor-agent-pause = En pausa ({ $pause })
floor-agent-since = desde
floor-assign = Reasignar
floor-assign-of = Reasignar la conversación de { $name }
floor-assign-search = Buscar agente
floor-assign-none = Ningún agente con ese nombre
floor-assign-back = Devolver a la cola
floor-assign-holds = la atiende
floor-drop-here = Soltar aquí
js-assign-to = ¿Quién atiende a { $name }?
js-assign-now = { $name } · { $text }
js-assigned = { $text } atiende ahora a { $name }
js-assigned-back = { $name } volvió a la cola { $text }
js-undo = Deshacer
keys-assign = Reasignar la conversación de la fila
floor-agent-finishing = Terminando ({ $pause })
floor-by-due = por vencimiento
floor-overdue = Fuera de SLA
floor-breaches = { $count ->
    [one] { $count } en 24 horas
   *[other] { $count } en 24 horas
}
floor-breaches-none = ninguna en 24 horas
floor-alerts = Alertas
floor-alerts-none = Nada pide tu atención.
floor-alert-waits = Espera más de lo que admite la cola
floor-alert-silent = Quien la atiende no responde
floor-alert-silent-of = { $name } no responde
floor-alert-first = Venció la primera respuesta
floor-alert-next = Venció la respuesta
floor-alert-resolution = Venció la resolución
floor-alert-open = Abrir
floor-alert-open-of = Abrir la conversación de { $name }
floor-alert-seen = Estoy al tanto
floor-alert-seen-of = Estoy al tanto de la conversación de { $name }
js-alert-new = Alerta: { $name }. { $text }
js-alert-seen = Quedó avisado que estás al tanto
