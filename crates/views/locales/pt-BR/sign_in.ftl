sign-in-page = Entrar
sign-in-title = Entre na sua caixa
sign-in-hint = Use a conta que seu administrador criou.
sign-in-email = E-mail
sign-in-password = Senha
sign-in-show = Mostrar senha
sign-in-action = Entrar
sign-in-language = Idioma
sign-in-hosted = Hospedado por { $company }
sign-in-wrong = O e-mail ou a senha não conferem. Verifique os dois e tente de novo.
sign-in-stale = Esta página ficou aberta por muito tempo. Tente de novo.
sign-in-throttled-seconds = { $count ->
    [one] Tentativas demais. Espere { $count } segundo.
   *[other] Tentativas demais. Espere { $count } segundos.
}
sign-in-throttled-minutes = { $count ->
    [one] Tentativas demais. Espere { $count } minuto.
   *[other] Tentativas demais. Espere { $count } minutos.
}
art-1 = Oi, podem me ajudar com a consulta? 🦷
art-2 = Claro, Lucía! Que tal sábado às 9h30?
art-3 = Oi! Vocês atendem convênio?
art-4 = Atendemos sim, Ana Paula. Qual é o seu plano?
