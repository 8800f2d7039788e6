costs-export = Exportar CSV
costs-earlier = Mes anterior
costs-later = Mes siguiente
costs-none-title = Sin costos este mes
costs-none = Un mensaje cuesta cuando se entrega; aquí aparece en ese momento.
costs-total = Costo
costs-estimated = estimado
costs-parts = Meta { $vendor } + Twilio { $carrier }
costs-messages = Mensajes
costs-billed = { $count ->
    [one] { $count } con costo
   *[other] { $count } con costo
}
costs-unknown = Costo desconocido
costs-unknown-about = mensajes; no están en la suma
costs-without = { $count ->
    [one] { $count } sin precio conocido
   *[other] { $count } sin precio conocido
}
costs-free = Gratis de este mes
costs-free-about = mensajes de servicio, según las etiquetas de Meta
costs-amount = Monto
costs-by-day = Por día
costs-by-category = Por categoría
costs-by-agent = Por agente
costs-by-queue = Por cola
costs-by-market = Por mercado
costs-nobody = Sin agente
costs-compared = Comparado con Meta
costs-compared-none = Meta no informó movimientos de este mes para este número.
costs-read = leído
costs-ours = Nuestro registro
costs-theirs = Meta
costs-difference = Diferencia
costs-cards = Tarjetas de precios
costs-card-from = desde { $day }
costs-card-read = consultada el { $day }
costs-estimate-about = Lo que sale de una tarjeta es una estimación: los tramos por volumen, los redondeos y los impuestos solo están en la factura.
costs-billing = Facturación de la cuenta
costs-billing-assumed = supuesta
costs-billing-person = indicada
costs-billing-vendor = según el proveedor
costs-currency = Moneda
costs-zone = Zona horaria
costs-zone-about = Por su nombre, como America/Bogota: en ella empiezan los días y los meses de la cuenta. Cuenta para lo que se registre desde ahora.
costs-zone-wrong = No conozco esa zona horaria. Escríbela como America/Bogota.
costs-currency-wrong = Esa moneda no está en la lista.
costs-save = Guardar
costs-saved = Guardado
cost-was = costó { $amount }
cost-about = costó aprox. { $amount }
cost-card = tarjeta { $day }
cost-category-marketing = marketing
cost-category-marketing-lite = marketing (MM)
cost-category-utility = utilidad
cost-category-authentication = autenticación
cost-category-authentication-international = autenticación internacional
cost-category-service = servicio
cost-category-referral = llegada por anuncio
cost-category-ai = asistente de IA
cost-category-inbound = recibido
cost-category-unknown = sin categoría
cost-basis-free = gratis
cost-basis-entry = gratis por anuncio
cost-basis-failed = no entregado
cost-market-latam = Resto de Latinoamérica
cost-market-na = Norteamérica
cost-market-other = Otros
cost-market-unknown = Sin país
cost-unknown-market = costo desconocido: la dirección no indica un país
cost-unknown-card = costo desconocido: no hay tarjeta de esa moneda para ese día
cost-unknown-on-card = costo desconocido: el mercado no está en la tarjeta
cost-unknown-available = costo desconocido: la tarjeta no tiene precio para esa categoría
cost-unknown-category = costo desconocido: falta la categoría
cost-unknown-told = más la tarifa de Meta, que el proveedor no informa
details-cost = Costo
details-cost-unknown = { $count ->
    [one] { $count } mensaje sin precio conocido
   *[other] { $count } mensajes sin precio conocido
}
costs-month-of = { $month ->
    [m1] Enero
    [m2] Febrero
    [m3] Marzo
    [m4] Abril
    [m5] Mayo
    [m6] Junio
    [m7] Julio
    [m8] Agosto
    [m9] Septiembre
    [m10] Octubre
    [m11] Noviembre
   *[m12] Diciembre
} de { $year }
costs-card-source = Fuente: { $source }
cost-next = Cuesta unos { $amount }
cost-at-least = Cuesta { $amount } o más
cost-not-known = Costo no conocido
cost-since = precio desde el { $day }
cost-unknown-carrier = el operador dice cuánto costó después de enviarlo
