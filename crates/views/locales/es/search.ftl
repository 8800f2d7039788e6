search-title = Buscar
search-label = Qué buscas
search-placeholder = Nombre, número, o palabras de un mensaje
search-go = Buscar
search-filters = Filtros
search-channel = Canal
search-queue = Cola
search-person = Persona
search-tag = Etiqueta
search-kind = Tipo
search-direction = De quién
search-direction-in = Del cliente
search-direction-out = De nosotros
search-from = Desde
search-to = Hasta
search-any = Todos
search-any-f = Todas
search-unfilter = Quitar filtros
search-results = Resultados
search-contacts = Contactos
search-nearly = Nombres parecidos
search-messages = Mensajes y notas
search-note = Nota interna
search-closed = Resuelta
search-snoozed = Pospuesta
search-waiting = En espera
search-start-title = Busca en todo lo que puedes ver
search-start = Mensajes, notas y contactos. Los acentos no importan, un nombre puede llevar un error, y de un número basta un pedazo.
search-short-title = Escribe un poco más
search-short = Hacen falta dos letras, o cuatro cifras de un número.
search-slow-title = Son demasiados resultados
search-slow = Agrega otra palabra o un filtro y busca de nuevo.
search-none-title = No se encontró nada
search-none = Prueba con otra palabra o con menos palabras.
search-hidden-numbers = Por número encuentras solo los contactos cuyos datos puedes ver completos.
search-more-contacts = Hay más contactos así. Escribe algo más del nombre o del número.
search-more = Mostrar más
search-older = Seguir buscando más atrás
search-cut = Se buscó hasta el { $when }.
search-and-more = {" "}y más
palette-title = Buscar y ejecutar
palette-placeholder = Busca a alguien, un mensaje o una acción
palette-recent = Recientes
palette-acts = En esta conversación
palette-go = Ir a
palette-all = Ver todos los resultados
palette-none = Nada con esas palabras.
palette-move = elegir
palette-do = abrir o hacer
palette-count-many = {"{"}n{"}"} opciones
keys-palette = Buscar y ejecutar acciones
search-said-contacts = { $count ->
    [one] { $count } contacto
   *[other] { $count } contactos
}
search-said-messages = { $count ->
    [one] { $count } mensaje
   *[other] { $count } mensajes
}
palette-count = { $count ->
    [one] { $count } opción
   *[other] { $count } opciones
}
