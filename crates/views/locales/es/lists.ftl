list-waiting = Sin asignar
list-mentions = Menciones
list-snoozed = Pospuestas
list-closed = Resueltas
list-all = Todas
side-queues = Colas
side-saved = Vistas guardadas
list-sorts = Orden
list-sort = Ordenar: { $by }
sort-newest = Actividad más reciente
sort-longest = Más tiempo esperando
sort-due = SLA, lo que vence primero
sort-window = Ventana, lo que cierra primero
list-filter = Filtrar
list-find = Buscar en esta vista
list-chips = Filtros rápidos
list-chip-off = Quitar
chip-unread = No leídas
chip-risk = En riesgo
chip-closing = Ventana por cerrar
chip-vip = Clientes VIP
chip-waits = { $count ->
    [one] Espera más de { $count } min
   *[other] Espera más de { $count } min
}
list-nothing-title = Nada con estos filtros
list-nothing = Quita un filtro o busca otra cosa.
list-looking = Aún se busca más atrás…
list-unfilter = Quitar filtros
list-empty-waiting = Nadie espera. Lo que llegue sin dueño aparece aquí.
list-empty-mentions = Cuando alguien te mencione en una nota lo verás aquí.
list-empty-snoozed = Lo que pospongas espera aquí hasta su hora.
list-empty-closed = Aquí queda lo que se resuelve.
list-empty-all = No hay conversaciones abiertas.
filter-queues = Colas
filter-channels = Canales
filter-tags = Etiquetas
filter-marks = Solo
filter-waits = Espera más de
filter-minutes = min
filter-apply = Aplicar
filter-cancel = Cerrar
view-save-title = Guardar esta vista
view-name = Nombre de la vista
view-save = Guardar
view-shared = Para todo el equipo
view-remove = Eliminar esta vista
view-no-name = Ponle un nombre a la vista.
view-long-name = { $count ->
    [one] El nombre puede tener { $count } carácter como máximo.
   *[other] El nombre puede tener { $count } caracteres como máximo.
}
view-too-many = { $count ->
    [one] Puedes guardar { $count } vista como máximo. Elimina alguna primero.
   *[other] Puedes guardar { $count } vistas como máximo. Elimina alguna primero.
}
