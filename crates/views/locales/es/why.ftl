transfer-open = Pasar
transfer-title = ¿A quién le pasas a { $name }?
transfer-search = Buscar persona, equipo o cola
transfer-to = Destino
transfer-people = Personas
transfer-no-people = Nadie de tus colas está conectado.
transfer-teams = Equipos
transfer-nobody = nadie conectado
transfer-queues = Colas
transfer-no-queues = No hay otras colas.
transfer-available = { $count ->
    [one] { $count } disponible
   *[other] { $count } disponibles
}
transfer-note = Nota para quien la tome (el cliente no la ve)
transfer-skill = Pedir además
transfer-skill-none = Nada más
transfer-level = Nivel
transfer-keep = Seguir con ella
transfer-do = Pasar
refusal-no-such-target = Ese destino ya no existe o no está a tu alcance. Elige otro.
refusal-same-queue = Ya está en esa cola.
refusal-nobody-of-team = Nadie de ese equipo está conectado ahora. Elige otro destino.
refusal-theirs-already = Esa persona ya la tiene. Elige a otra.
refusal-target-away = Esa persona no está disponible ahora. Elige a otra.
refusal-target-full = Esa persona ya tiene el máximo de conversaciones. Elige a otra.
refusal-note-too-long = La nota tiene { $length } caracteres y caben { $longest }. Acórtala.
js-handed-waits = Ya espera a quien la tome
js-handed-offered = Se le ofrece; sigue contigo hasta que acepte
keys-transfer = Pasar la conversación
why-open = ¿Por qué?
why-title = ¿Por qué está donde está?
why-now = ahora mismo
why-nobody = Nadie la atiende ni espera en una cola.
why-entry-rule = Entró en { $queue } por la regla «{ $rule }».
why-entry-none = Entró en { $queue }: ninguna regla decía otra cosa.
why-policy = enrutamiento versión { $version }
why-policy-none = antes de la primera versión del enrutamiento
why-given = Se asignó a { $name } después de { $waited } de espera.
why-offered = Se ofreció a { $name } después de { $waited } de espera.
why-waits = Espera desde hace { $waited }.
why-somebody = otra persona
why-people = Personas consideradas
why-person = Persona
why-load = Carga
why-verdict = Resultado
why-unseen = { $count ->
    [one] Y { $count } persona más que no ves.
   *[other] Y { $count } personas más que no ves.
}
why-none = El enrutamiento no ha decidido nada sobre ella todavía.
verdict-chosen = Elegida
verdict-other-queue = No atiende esta cola
verdict-other-team = No es del equipo al que se pasó
verdict-no-skill = No tiene { $skill } (se pide nivel { $needed }, tiene { $has })
verdict-low-skill = Tiene { $skill } en nivel { $has } y se pide { $needed }
verdict-too-heavy = No le cabe nunca: ocupa { $weight } y tiene { $capacity } cupos ({ $load } en uso)
verdict-away = { $state }
verdict-full = Al tope: { $load } de { $capacity }, y ocupa { $weight }
verdict-queue-full = Al tope de esta cola: { $load } de { $capacity }, y ocupa { $weight }
verdict-wrapping-up = Cerrando lo anterior hasta las { $when }
verdict-keeps-room = Su cupo se guarda para una que llegó antes
verdict-barred = La devolvió, la rechazó o no respondió
verdict-reserved = Podía, pero va primero otra persona hasta las { $when }
verdict-reserved-for = Podía, pero va primero { $name } hasta las { $when }
verdict-not-preferred = Podía, pero fue primero quien ya conoce al cliente
verdict-busier = { $count ->
    [one] Podía, pero tenía más ({ $count })
   *[other] Podía, pero tenía más ({ $count })
}
verdict-idle-for-less = Podía, pero recibió otra hace menos tiempo
wait-nobody-serves = Nadie atiende esta cola.
wait-nobody-of-team = Nadie es del equipo al que se pasó.
wait-nobody-skilled = Nadie de la cola sabe lo que se pide.
wait-too-heavy = Ocupa más cupos de los que tiene cualquiera.
wait-away = Quienes podrían están en pausa o desconectados.
wait-full = Quienes podrían están al tope.
wait-wrapping-up = Quienes podrían están cerrando lo anterior.
wait-kept = El cupo libre se guarda para una que llegó antes.
wait-barred = Quienes podrían ya la devolvieron, la rechazaron o no respondieron.
wait-preferred = Espera un rato a quien va primero.
