refusal-window-closed = La ventana de 24 horas se cerró. Solo puedes enviar una plantilla aprobada.
refusal-no-offers = La persona pidió no recibir más promociones. Puedes escribirle por otros temas, no enviarle esta plantilla.
refusal-opted-out = La persona pidió que no le escriban por este canal. Contáctala por otro medio.
refusal-conversation-closed = La conversación ya está resuelta.
refusal-already-closed = Otra persona la resolvió hace un momento.
refusal-empty = Escribe algo antes de enviar.
refusal-too-long = El texto tiene { $length } caracteres y este canal admite { $longest }. Acórtalo o divídelo en dos.
refusal-not-resendable = Este mensaje ya va en camino o llegó. Reenviarlo lo duplicaría.
refusal-held-by = { $name } ya tiene esta conversación.
refusal-offered-to = Se le está ofreciendo a { $name }. Si no responde en unos segundos, la podrás tomar.
refusal-held-by-nobody = Alguien cambió esta conversación hace un momento. Mira cómo quedó e inténtalo otra vez.
refusal-target-outside-queue = Esa persona no atiende esta cola.
refusal-target-offline = Esa persona no está conectada. Elige a otra.
refusal-full = Ya tienes el máximo de conversaciones. Resuelve una para tomar otra.
refusal-not-available = No estás disponible. Cambia tu estado para tomar la siguiente.
refusal-same-contact = Es el mismo contacto.
refusal-joined-before = Ese contacto ya se unió con otro. Actualiza la página para ver cómo quedó.
refusal-parted-before = Ya se habían separado.
refusal-joined-since = Desde entonces el contacto se unió con otro. Separa primero esa unión.
refusal-same-number = Los dos tienen el mismo número, escrito de dos maneras. No se pueden separar.
refusal-changed-since = Desde entonces cambiaron sus direcciones o conversaciones, así que ya no se sabe qué es de quién.
refusal-wrote-since = El cliente siguió escribiendo en la conversación de los dos, así que ya no se pueden separar.
refusal-not-yet = El proveedor pide no intentarlo antes del { $when }.
refusal-offer-over = Esta oferta ya no está en pie.
refusal-no-websocket = Esta dirección es para páginas abiertas de Bandeja.
refusal-other-team = La pasaron a otro equipo. Si nadie de ahí la toma, volverá a ser de toda la cola.
refusal-unknown-pause = Esa pausa no está en la lista. Elige una de las que muestra el menú.
refusal-pause-full = { $count ->
    [0] Nadie de { $queue } puede estar ahora en { $pause }.
   *[other] Ya hay { $count } en { $pause } de { $queue }. Espera a que vuelva alguien.
}
refusal-card-changed-since = Otra persona cambió estos datos mientras los editabas. Lo tuyo sigue aquí y aún no se guardó: revísalo y guarda otra vez.
refusal-card-unread = No entendimos lo que se envió. Vuelve a abrir los datos del contacto.
refusal-consent-unproven = Escribe cómo lo dijo la persona, en menos de 300 caracteres.
