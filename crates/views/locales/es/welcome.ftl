welcome-page = Tu contraseña
welcome-title = Hola, { $name }
welcome-hint = Elige una contraseña de 12 a 128 caracteres. Una frase que recuerdes sirve muy bien.
welcome-password = Contraseña nueva
welcome-action = Guardar y entrar
welcome-length = La contraseña debe tener entre 12 y 128 caracteres.
welcome-usual = Esa contraseña es fácil de adivinar: usa palabras conocidas, tu nombre o el de la empresa. Elige otra.
