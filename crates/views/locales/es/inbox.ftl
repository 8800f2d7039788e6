side-title = Colas y vistas
list-title = Conversaciones
list-mine = Mías
list-open-count = { $count ->
    [one] { $count } abierta
   *[other] { $count } abiertas
}
list-sort-again = Ordenar de nuevo
list-empty-title = Nada pendiente
list-empty = Cuando entre una conversación la verás aquí.
row-window-closed = cerrada
row-waiting = Tiempo esperando respuesta
kind-text = Mensaje
kind-image = Foto
kind-audio = Audio
kind-voice = Nota de voz
kind-video = Video
kind-document = Documento
kind-sticker = Sticker
kind-location = Ubicación
kind-contacts = Contacto
kind-choice = Opción elegida
kind-form = Formulario
kind-reaction = Quitó su reacción
kind-order = Pedido
kind-template = Plantilla
kind-system = Aviso de WhatsApp
kind-edit = Mensaje editado
kind-revoke = Mensaje eliminado
kind-welcome = Abrió el chat
kind-unsupported = Mensaje no compatible
preview-reaction = Reaccionó con { $text }
preview-edit = Editado: { $text }
