side-title = Filas e visões
list-title = Conversas
list-mine = Minhas
list-open-count = { $count ->
    [one] { $count } aberta
   *[other] { $count } abertas
}
list-sort-again = Ordenar de novo
list-empty-title = Nada pendente
list-empty = Quando chegar uma conversa, ela aparece aqui.
row-window-closed = fechada
row-waiting = Tempo esperando resposta
kind-text = Mensagem
kind-image = Foto
kind-audio = Áudio
kind-voice = Mensagem de voz
kind-video = Vídeo
kind-document = Documento
kind-sticker = Figurinha
kind-location = Localização
kind-contacts = Contato
kind-choice = Opção escolhida
kind-form = Formulário
kind-reaction = Removeu a reação
kind-order = Pedido
kind-template = Modelo
kind-system = Aviso do WhatsApp
kind-edit = Mensagem editada
kind-revoke = Mensagem apagada
kind-welcome = Abriu o chat
kind-unsupported = Mensagem não compatível
preview-reaction = Reagiu com { $text }
preview-edit = Editado: { $text }
