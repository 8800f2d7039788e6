sign-in-page = Sign in
sign-in-title = Sign in to your inbox
sign-in-hint = Use the account your administrator gave you.
sign-in-email = Email
sign-in-password = Password
sign-in-show = Show password
sign-in-action = Sign in
sign-in-language = Language
sign-in-hosted = Hosted by { $company }
sign-in-wrong = The email or the password does not match. Check both and try again.
sign-in-stale = This page was open for too long. Try again.
sign-in-throttled-seconds = { $count ->
    [one] Too many attempts. Wait { $count } second.
   *[other] Too many attempts. Wait { $count } seconds.
}
sign-in-throttled-minutes = { $count ->
    [one] Too many attempts. Wait { $count } minute.
   *[other] Too many attempts. Wait { $count } minutes.
}
art-1 = Hi, can you help with my appointment? 🦷
art-2 = Of course, Lucía! How about Saturday at 9:30?
art-3 = Oi! Vocês atendem convênio?
art-4 = Atendemos sim, Ana Paula. Qual é o seu plano?
