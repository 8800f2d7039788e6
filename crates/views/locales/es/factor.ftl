factor-title = Segundo paso al entrar
factor-about = Además de la contraseña, un código de una app en tu teléfono. Quien adivine tu contraseña no entra.
factor-none = Todavía no lo tienes. Necesitas una app de autenticación, como Google Authenticator, Microsoft Authenticator o la de tu gestor de contraseñas.
factor-set-up = Configurar
factor-on = App de autenticación
factor-active = Activo
factor-codes-left = { $count ->
    [0] No te quedan códigos de respaldo. Crea otros.
    [one] Te queda { $count } código de respaldo. Crea otros.
   *[other] Te quedan { $count } códigos de respaldo.
}
factor-code-or-recovery = Código de la app o de respaldo
factor-replace = Cambiar de teléfono
factor-replace-about = La app de antes deja de servir cuando confirmes la nueva.
factor-remake = Crear otros códigos de respaldo
factor-remake-about = Los de antes dejan de servir.
factor-off = Desactivar
factor-off-about = Volverás a entrar solo con la contraseña. Tus demás sesiones se cierran.
factor-off-done = Segundo paso desactivado
factor-insists = Tu empresa pide el segundo paso, por eso no se puede desactivar.
factor-stale = Esa página estuvo abierta mucho tiempo. Empieza de nuevo.
factor-back = Volver a tus ajustes
factor-set-title = Configura tu segundo paso
factor-set-own = Son dos pasos; tu cuenta no cambia hasta que confirmes el código.
factor-set-must = Tu empresa pide un segundo paso para entrar. Se configura una sola vez.
factor-step-scan = Escanea esta imagen con tu app de autenticación
factor-step-type = ¿No puedes escanear? Escribe esta clave en la app:
factor-picture = Imagen con la clave, para la cámara del teléfono
factor-step-code = Escribe el código de 6 dígitos que muestra la app
factor-code-wrong = Ese código no corresponde a esta clave. Revisa que la hora del teléfono sea automática y escribe el código nuevo.
factor-set-action = Confirmar
factor-copy = Copiar
factor-copied = Copiado
factor-print = Imprimir
factor-codes-title = Guarda tus códigos de respaldo
factor-codes-about = Si pierdes el teléfono, cada uno te deja entrar una vez. Guárdalos donde solo tú los encuentres, no en este equipo.
factor-codes-once = No se vuelven a mostrar.
factor-codes-kept = Ya los guardé
code-page = Confirma que eres tú
code-title = Confirma que eres tú
code-hint = Escribe el código de tu app de autenticación para
code-label = Código
code-about = 6 dígitos, o uno de tus códigos de respaldo.
code-action = Verificar
code-other-account = Cambiar de cuenta
code-wrong = Ese código no es correcto o ya se usó. Escribe el que muestra la app ahora.
code-lost = Perdí mi teléfono
code-lost-about = Usa uno de tus códigos de respaldo. Si no los tienes, pide a quien administra Bandeja que retire tu segundo paso.
