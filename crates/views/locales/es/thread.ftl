thread-back = Volver a la lista
thread-label = Mensajes con { $name }
thread-none-title = Elige una conversación
thread-none-before = O pulsa
thread-none-after = para abrir la primera.
resolve = Resolver
resend = Enviar otra vez
claim = Tomar
author-machine = Mensaje automático
message-referral = Llegó desde un anuncio
message-edit = Editó un mensaje anterior
message-picked = Eligió:
message-form-named = Formulario «{ $name }»
message-order = { $count ->
    [one] Pedido de { $count } producto
   *[other] Pedido de { $count } productos
}
message-unsupported = Este mensaje solo se puede ver en el teléfono del cliente.
message-unsupported-what = Este mensaje ({ $what }) solo se puede ver en el teléfono del cliente.
message-unknown = Mensaje de un tipo nuevo ({ $what }). Quedó guardado tal como llegó.
line-reaction = { $name } reaccionó con { $emoji }
line-reaction-removed = { $name } quitó su reacción
line-revoke = { $name } eliminó un mensaje
line-welcome = { $name } abrió el chat
line-system = Aviso de WhatsApp: { $text }
delivery-sending = Enviando
delivery-uncertain = Sin confirmar
delivery-uncertain-why = Sin confirmar: puede que haya llegado. Envíalo otra vez solo si el cliente no lo recibió.
delivery-sent = Enviado
delivery-delivered = Entregado
delivery-read = Leído
delivery-played = Escuchado
delivery-failed = No enviado
sys-opened = Entró a la cola { $queue }
sys-reopened = Reabierta en la cola { $queue }
sys-assigned-routed = { $candidates ->
    [one] Asignada a { $name }: esperó { $waited }, la única persona libre ({ $load } de { $capacity })
   *[other] Asignada a { $name }: esperó { $waited }, la menos ocupada de { $candidates } ({ $load } de { $capacity })
}
sys-assigned-moved = { $by } la asignó a { $name }
sys-assigned-taken = { $name } la tomó de la cola
sys-released = Volvió a la cola
sys-released-by = { $by } la devolvió a la cola
sys-transferred = Pasó a la cola { $queue }
sys-closed = Resuelta
sys-closed-by = { $name } la resolvió
state-bot = con el bot
state-queued = en cola
state-assigned = abierta
state-snoozed = pospuesta
state-closed = resuelta
composer-title = Responder
composer-label = Mensaje
composer-placeholder = Escribe a { $name } por { $channel }. «/» para respuestas rápidas
composer-enter = envía ·
composer-shift-enter = salto
composer-send = Enviar
dock-closed-title = Solo puedes enviar una plantilla aprobada
dock-closed = Cuando { $name } responda, podrás escribirle libremente por 24 horas.
dock-other-title = La atiende otra persona
dock-other = Puedes leerla; responde quien la tiene asignada.
dock-unassigned-title = Nadie la atiende todavía
dock-unassigned = Está en cola y se asignará a la primera persona libre.
dock-resolved-title = Conversación resuelta
dock-resolved = Si { $name } escribe de nuevo, se reabre; pasado el tiempo del canal, empieza otra.
details-title = Datos del contacto
details-toggle = Datos del contacto
details-since = Cliente desde
details-fields = Atributos
details-addresses = Direcciones
details-channel = Canal
details-previous = Otras conversaciones
details-first = Es su primera conversación.
details-more-previous = Hay más de antes: sube en el chat para verlas.
identity-phone = Teléfono
identity-bsuid = Id. de WhatsApp
identity-parent-bsuid = Id. del grupo
identity-masked = (oculto en parte)
sys-assigned-joined = { $name } sigue con ella: el contacto cambió
sys-address-changed = El cliente cambió de número o de id. Las respuestas van a su nueva dirección.
sys-contacts-joined = Se unieron dos contactos que eran la misma persona
sys-contacts-parted = Se separaron los dos contactos que se habían unido
sys-past-imported = { $count ->
    [one] Se añadió { $count } mensaje anterior a la conexión
   *[other] Se añadieron { $count } mensajes anteriores a la conexión
}
consent-no-offers = Pidió no recibir promociones
consent-offers = Acepta recibir promociones
consent-nothing = Pidió que no le escribamos
consent-anything = Acepta que le escribamos
consent-nothing-on = Pidió que no le escribamos por { $channel }, ni promociones por ningún canal
consent-anything-on = Acepta que le escribamos por { $channel }
author-phone-app = Desde el teléfono del negocio
message-referral-named = Llegó por el anuncio «{ $headline }»
message-referral-open = Ver el anuncio
message-forwarded = Reenviado
message-forwarded-often = Reenviado muchas veces
message-product = Pregunta por el producto { $product }
message-revoked = Eliminado por el cliente
message-revoked-by-us = Eliminado
message-see-original = Ver el original
message-edited = editado
message-see-raw = Ver datos
message-unsupported-do = Pídele que lo envíe de otra forma, como texto o foto.
line-changed-number = { $name } cambió de número de WhatsApp
line-changed-id = WhatsApp cambió el id de { $name }
reaction-customer = El cliente reaccionó con { $emoji }
reaction-us = Reaccionamos con { $emoji }
details-consent = Consentimiento
message-form-address = Dirección de entrega
form-name = Nombre
form-address = Dirección
form-city = Ciudad
form-state = Región
form-post-code = Código postal
form-house = Casa
form-building = Edificio
form-floor = Piso
form-tower = Torre
form-unit = Unidad
form-landmark = Referencia
form-email = Correo
unsupported-poll = encuesta
unsupported-video-note = videonota
unsupported-live-location = ubicación en vivo
unsupported-edit = corrección
unsupported-group-invite = invitación a un grupo
unsupported-event = evento
unsupported-media = archivo de antes de la conexión
message-referral-post = Llegó por una publicación
message-referral-post-named = Llegó por la publicación «{ $headline }»
message-referral-post-open = Ver la publicación
details-same = La misma persona
details-join = Unir
details-join-with = Unir con { $name }
details-joined-on = Unido el
details-part = Separar
details-part-from = Separar de { $name }
alike-message = Un mensaje trajo los datos de ambos
alike-number = Cambió a un número que tiene esta persona
details-tags = Etiquetas

# Who else is there
company-viewing = { $others ->
    [0] { $name } también está viendo esta conversación
    [one] { $name } y una persona más también están viendo esta conversación
   *[other] { $name } y { $others } personas más también están viendo esta conversación
}
company-typing = { $others ->
    [0] { $name } está escribiendo…
    [one] { $name } y una persona más están escribiendo…
   *[other] { $name } y { $others } personas más están escribiendo…
}
composer-send-anyway = Enviar así
dock-answer-beside = Responder también

# The past above
past-of = Conversación del
past-what = { $channel } · { $queue } · { $state }
past-closed-by = cerrada por { $name }
past-closed = cerrada
past-open = abierta
past-more = Ver la conversación anterior
parallel-what = También por { $what }
past-open-with = abierta, con { $name }
parallel-show = Ver aquí
