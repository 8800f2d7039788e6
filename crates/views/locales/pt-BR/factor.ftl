factor-title = Segunda etapa ao entrar
factor-about = Além da senha, um código de um app no seu telefone. Quem adivinhar sua senha não entra.
factor-none = Você ainda não tem. É preciso um app de autenticação, como Google Authenticator, Microsoft Authenticator ou o do seu gerenciador de senhas.
factor-set-up = Configurar
factor-on = App de autenticação
factor-active = Ativo
factor-codes-left = { $count ->
    [0] Não restam códigos de reserva. Crie outros.
    [one] Resta { $count } código de reserva. Crie outros.
   *[other] Restam { $count } códigos de reserva.
}
factor-code-or-recovery = Código do app ou de reserva
factor-replace = Trocar de telefone
factor-replace-about = O app anterior deixa de servir quando você confirmar o novo.
factor-remake = Criar outros códigos de reserva
factor-remake-about = Os anteriores deixam de servir.
factor-off = Desativar
factor-off-about = Você voltará a entrar só com a senha. Suas outras sessões são encerradas.
factor-off-done = Segunda etapa desativada
factor-insists = Sua empresa exige a segunda etapa, por isso não é possível desativar.
factor-stale = Essa página ficou aberta por muito tempo. Comece de novo.
factor-back = Voltar aos seus ajustes
factor-set-title = Configure sua segunda etapa
factor-set-own = São dois passos; sua conta não muda até você confirmar o código.
factor-set-must = Sua empresa exige uma segunda etapa para entrar. É configurada uma única vez.
factor-step-scan = Escaneie esta imagem com seu app de autenticação
factor-step-type = Não consegue escanear? Digite esta chave no app:
factor-picture = Imagem com a chave, para a câmera do telefone
factor-step-code = Digite o código de 6 dígitos que o app mostra
factor-code-wrong = Esse código não corresponde a esta chave. Verifique se a hora do telefone é automática e digite o código novo.
factor-set-action = Confirmar
factor-copy = Copiar
factor-copied = Copiado
factor-print = Imprimir
factor-codes-title = Guarde seus códigos de reserva
factor-codes-about = Se perder o telefone, cada um deixa você entrar uma vez. Guarde onde só você encontre, não neste equipamento.
factor-codes-once = Não são mostrados de novo.
factor-codes-kept = Já guardei
code-page = Confirme que é você
code-title = Confirme que é você
code-hint = Digite o código do seu app de autenticação para
code-label = Código
code-about = 6 dígitos, ou um dos seus códigos de reserva.
code-action = Verificar
code-other-account = Trocar de conta
code-wrong = Esse código não está certo ou já foi usado. Digite o que o app mostra agora.
code-lost = Perdi meu telefone
code-lost-about = Use um dos seus códigos de reserva. Se não tiver, peça a quem administra o Bandeja que remova sua segunda etapa.
