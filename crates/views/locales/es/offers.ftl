offers-title = Para ti
offer-left = Tiempo para responder
offer-note = Nota
offer-accept = Aceptar
offer-decline = Rechazar
offer-routed = { $candidates ->
    [one] Esperó { $waited }; eres la única persona libre
   *[other] Esperó { $waited }; eres quien menos tiene de { $candidates }
}
offer-owner = Es tu cliente
offer-last-agent = Ya lo atendiste la última vez
offer-handed-over = Te la pasa { $name }
offer-back-declined = { $name } no aceptó a { $contact }. Sigue contigo.
offer-back-lapsed = { $name } no respondió por { $contact }. Sigue contigo.
offer-back-open = Abrir la conversación
next-take = Tomar siguiente
next-waiting = { $count ->
    [one] { $count } espera
   *[other] { $count } esperan
}
state-offered = ofrecida a { $name }
floor-offered = Ofrecida a { $name }
sys-assigned-handed-over = { $name } la recibió de { $by }
sys-transferred-by = { $by } la pasó a la cola { $queue }
sys-transferred-team = { $by } la pasó al equipo { $team } (cola { $queue })
sys-offered = Se le ofrece a { $name }
sys-offered-by = { $by } se la ofrece a { $name }
sys-declined = { $name } no la aceptó
sys-lapsed = { $name } no respondió a tiempo
sys-declined-back = { $name } no la aceptó; sigue con { $by }
sys-lapsed-back = { $name } no respondió a tiempo; sigue con { $by }
sys-relaxed = { $count ->
    [one] Espera mucho: se pide menos a quien la tome
   *[other] Espera mucho: se pide menos a quien la tome (paso { $count })
}
sys-alert-waits = Aviso a supervisión: espera demasiado
sys-alert-silent = Aviso a supervisión: quien la atiende no responde
sys-alert-first = Aviso a supervisión: la primera respuesta llega tarde
sys-alert-next = Aviso a supervisión: la respuesta llega tarde
sys-alert-resolution = Aviso a supervisión: no se resolvió a tiempo
sys-tagged = Etiqueta añadida: { $tag }
sys-tagged-by = { $by } añadió la etiqueta { $tag }
sys-untagged = Etiqueta quitada: { $tag }
sys-untagged-by = { $by } quitó la etiqueta { $tag }
js-offered = { $name } en { $text }: te ofrecen la conversación. Y para aceptar, D para rechazar.
js-offer-over = Se acabó el tiempo
js-offer-declined = Rechazada. Se ofrece a otra persona.
js-next-none = No hay nadie esperando
keys-next = Tomar la siguiente de tus colas
sys-alerts-seen = { $by } está al tanto
