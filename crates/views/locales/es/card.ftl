card-title = Datos del contacto
card-edit = Editar
card-name = Nombre
card-vip = Cliente VIP: va antes en la cola
card-owner = Responsable
card-nobody = Nadie
card-language = Idioma que pidió
card-unstated = No lo ha dicho
card-yes = Sí
card-no = No
card-save = Guardar
card-fault-blank = hace falta.
card-fault-unreadable = es demasiado largo o tiene caracteres que no se pueden leer.
card-fault-unknown = ya no existe; elige otra opción.
card-fault-too-long = es demasiado largo.
card-fault-number = escribe un número, como 1500 o 1500,5.
card-fault-two-numbers = puede leerse como miles o como decimales: escribe 1500, o 1,5.
card-fault-date = escribe una fecha que exista: año-mes-día.
card-fault-flag = elige sí o no.
card-fault-choice = elige una de las opciones.
card-fault-link = escribe una dirección que empiece con https://.
card-fault-id = no tiene la forma de un { $name }.
card-fault-mistyped = el dígito verificador no coincide; revisa el { $name }.

# What they allow, files, one field
details-copy = Copiar { $value }
details-copy-short = Copiar
details-edit-field = Editar { $name }
details-files = Archivos
files-none = Todavía no hay archivos.
files-more = Ver más archivos
consent-note = Anotar
consent-none = No ha dicho nada. Solo lo que prohíbe se lo impide.
consent-title = Anotar un consentimiento
consent-about = Queda para siempre, con tu nombre y la hora. Vale en todos los canales.
consent-purpose = ¿Para qué?
consent-for-marketing = Ofertas y novedades
consent-for-anything = Cualquier mensaje
consent-said = ¿Qué dijo?
consent-gives = Acepta
consent-takes = No quiere
consent-proof = ¿Cómo lo dijo?
consent-proof-example = Por teléfono, al reservar su cita
consent-save = Anotar

# What is known, and from whom
card-hidden = Oculto: muéstralo o cámbialo en el panel.
known-bot = Datos del bot
known-form = Datos del formulario
known-import = Datos importados
known-written = Lo escribió { $name }, { $when }
known-collected = Recogido por { $name }, { $when }
known-corrected = Corregido por { $name }
known-show = Mostrar { $name }
known-hide = Ocultar { $name }
details-outcome = Terminó en
sys-collected = { $count ->
    [one] { $name } recogió un dato
   *[other] { $name } recogió { $count } datos
}
js-card-theirs = Otra persona puso: { $text }. Si guardas, queda lo tuyo.
js-card-theirs-none = Otra persona lo borró. Si guardas, queda lo tuyo.
js-card-take-theirs = Usar lo suyo
