ledger-group = Operación
ledger-title = Libro de entradas
ledger-about = Todo lo que entró por los canales, qué pasó con ello y qué podría faltar.
ledger-back = Volver al libro de entradas
ledger-number = Número del cliente
ledger-message = Id. del mensaje (nuestro o del proveedor)
ledger-from = Desde
ledger-until = Hasta
ledger-state = Estado
ledger-channel = Canal
ledger-any = Todos
ledger-find = Buscar
ledger-clear = Quitar filtros
ledger-bad-time = No entiendo esa fecha. Elígela en el calendario.
ledger-none-title = No hay entradas así
ledger-none = Prueba con otro número, otro id. u otro periodo. Lo que acaba de llegar se puede buscar a los pocos segundos.
ledger-received = Recibido
ledger-told = Qué trajo
ledger-what = Qué
ledger-who = Cliente y mensaje
ledger-result = Resultado
ledger-more = { $count ->
    [one] y { $count } más
   *[other] y { $count } más
}
ledger-made = lo creó
ledger-was-there = ya estaba
ledger-nothing = sin efecto
ledger-open = Abrir
ledger-older = Más antiguos
ledger-receipt = Entrada { $number }
ledger-trail = Recorrido
ledger-not-noted = Aún no se ha anotado qué trajo; tarda unos segundos.
ledger-unread = No se pudo leer: está en cuarentena.
ledger-raw = Contenido tal como llegó
ledger-raw-show = Mostrar
ledger-raw-about = Puede tener datos de clientes. Al mostrarlo queda anotado quién lo vio.
ledger-raw-forgotten = El contenido se borró al cumplirse su plazo; queda el recorrido.
ledger-state-new = pendiente
ledger-state-applied = aplicado
ledger-state-quarantined = en cuarentena
ledger-source-whatsapp = Aviso de Meta (WhatsApp)
ledger-source-twilio-message = Mensaje de Twilio
ledger-source-twilio-status = Estado de Twilio
ledger-source-twilio-listed = De la lista de Twilio
ledger-source-other = Otro origen
ledger-what-message = Mensaje
ledger-what-status = Estado de un envío
ledger-what-notice = Aviso de la cuenta
ledger-what-echo = Enviado desde el teléfono
ledger-what-past = Historial
ledger-what-address = Dirección del cliente
ledger-what-consent = Permiso del cliente
ledger-what-broken = Ilegible
trail-received = Recibido y guardado
trail-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
trail-tries = { $count ->
    [one] { $count } intento falló
   *[other] { $count } intentos fallaron
}
trail-aside = Apartado:
trail-aside-part = Se apartó la parte { $count }:
trail-released = retomado
trail-replayed = Aplicado otra vez
trail-applied = Aplicado
trail-put-aside = Quedó en cuarentena
trail-forgotten = Se borró el contenido
quarantine-title = En cuarentena
quarantine-since = desde
quarantine-look = Ver
quarantine-todo = Corrige la causa (por ejemplo, conecta el canal que falta), filtra por «en cuarentena» y aplica otra vez: nada se duplica.
replay-choose = Elegir la entrada
replay-chosen = Aplicar otra vez las elegidas
replay-found = Aplicar otra vez todo lo encontrado
replay-one = Aplicar otra vez
replay-nothing = No hay nada que aplicar: elige al menos una entrada.
replays-title = Aplicado otra vez
replay-title = Aplicar otra vez
replay-running = En curso
replay-finished = Terminado
replay-receipts = Entradas
replay-new = Mensajes nuevos
replay-made = { $count ->
    [one] { $count } mensaje nuevo
   *[other] { $count } mensajes nuevos
}
replay-summary = { $total } entradas: { $applied } aplicadas, { $aside } otra vez en cuarentena, { $refused } sin contenido; { $made } mensajes nuevos
replay-result-applied = aplicado
replay-result-quarantined = otra vez en cuarentena
replay-result-forgotten = sin contenido: ya se borró
replay-result-waiting = en espera
gaps-title = Huecos
gap-stopped = { $count ->
    [one] Ningún servidor estaba activo
   *[other] Ningún servidor estaba activo ({ $count } veces)
}
gap-unknown-status = { $count ->
    [one] { $count } estado de un mensaje que no conocemos
   *[other] { $count } estados de mensajes que no conocemos
}
gap-quoted = { $count ->
    [one] Un cliente citó un mensaje que no tenemos
   *[other] Los clientes citaron { $count } mensajes que no tenemos
}
gap-silent = { $count ->
    [one] Un número activo quedó en silencio
   *[other] Un número activo quedó en silencio ({ $count } veces)
}
gap-other = { $count ->
    [one] Puede faltar algo
   *[other] Puede faltar algo ({ $count } señales)
}
gap-settled = { $count ->
    [one] Se leyó la lista del proveedor: faltaba { $count }, ya está.
   *[other] Se leyó la lista del proveedor: faltaban { $count }, ya están.
}
gap-noted = { $count ->
    [one] Meta ya no repite más; llegó { $count } por la lista.
   *[other] Meta ya no repite más; llegaron { $count } por la lista.
}
gap-open-listed = { $count ->
    [one] Se está leyendo la lista del proveedor; hasta ahora trajo { $count }.
   *[other] Se está leyendo la lista del proveedor; hasta ahora trajo { $count }.
}
gap-open-meta = { $count ->
    [one] Meta repite por su cuenta hasta 7 días; no hay lista que leer. Llegó { $count }.
   *[other] Meta repite por su cuenta hasta 7 días; no hay lista que leer. Llegaron { $count }.
}
gap-state-open = abierto
gap-state-settled = resuelto
gap-state-noted = anotado
lists-title = Listas de Twilio
lists-until = leída hasta
lists-never = aún no leída
lists-listed = { $count ->
    [one] { $count } mensaje
   *[other] { $count } mensajes
}
lists-found = { $count ->
    [0] no faltaba nada
    [one] faltaba { $count }
   *[other] faltaban { $count }
}
