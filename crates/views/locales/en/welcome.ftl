welcome-page = Your password
welcome-title = Hello, { $name }
welcome-hint = Choose a password of 12 to 128 characters. A phrase you remember does very well.
welcome-password = New password
welcome-action = Save and sign in
welcome-length = The password must have between 12 and 128 characters.
welcome-usual = That password is easy to guess: it uses well-known words, your name or the company’s. Choose another.
