sign-in-page = Entrar
sign-in-title = Entra a tu bandeja
sign-in-hint = Usa la cuenta que te dio tu administrador.
sign-in-email = Correo
sign-in-password = Contraseña
sign-in-show = Mostrar contraseña
sign-in-action = Entrar
sign-in-language = Idioma
sign-in-hosted = Alojado por { $company }
sign-in-wrong = El correo o la contraseña no coinciden. Revisa ambos e intenta de nuevo.
sign-in-stale = Esta página estuvo abierta mucho tiempo. Intenta de nuevo.
sign-in-throttled-seconds = { $count ->
    [one] Demasiados intentos. Espera { $count } segundo.
   *[other] Demasiados intentos. Espera { $count } segundos.
}
sign-in-throttled-minutes = { $count ->
    [one] Demasiados intentos. Espera { $count } minuto.
   *[other] Demasiados intentos. Espera { $count } minutos.
}
art-1 = Hola, ¿me ayudan con mi cita? 🦷
art-2 = ¡Claro, Lucía! Te propongo el sábado a las 9:30.
art-3 = Oi! Vocês atendem convênio?
art-4 = Atendemos sim, Ana Paula. Qual é o seu plano?
