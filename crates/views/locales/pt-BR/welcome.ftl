welcome-page = Sua senha
welcome-title = Olá, { $name }
welcome-hint = Escolha uma senha de 12 a 128 caracteres. Uma frase que você lembre serve muito bem.
welcome-password = Senha nova
welcome-action = Salvar e entrar
welcome-length = A senha deve ter entre 12 e 128 caracteres.
welcome-usual = Essa senha é fácil de adivinhar: usa palavras conhecidas, seu nome ou o da empresa. Escolha outra.
