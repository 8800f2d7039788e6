thread-back = Voltar para a lista
thread-label = Mensagens com { $name }
thread-none-title = Escolha uma conversa
thread-none-before = Ou pressione
thread-none-after = para abrir a primeira.
resolve = Resolver
resend = Enviar de novo
claim = Assumir
author-machine = Mensagem automática
message-referral = Chegou por um anúncio
message-edit = Editou uma mensagem anterior
message-picked = Escolheu:
message-form-named = Formulário “{ $name }”
message-order = { $count ->
    [one] Pedido de { $count } produto
   *[other] Pedido de { $count } produtos
}
message-unsupported = Esta mensagem só pode ser vista no celular do cliente.
message-unsupported-what = Esta mensagem ({ $what }) só pode ser vista no celular do cliente.
message-unknown = Mensagem de um tipo novo ({ $what }). Ficou salva como chegou.
line-reaction = { $name } reagiu com { $emoji }
line-reaction-removed = { $name } removeu a reação
line-revoke = { $name } apagou uma mensagem
line-welcome = { $name } abriu o chat
line-system = Aviso do WhatsApp: { $text }
delivery-sending = Enviando
delivery-uncertain = Não confirmada
delivery-uncertain-why = Não confirmada: pode ter chegado. Envie de novo só se o cliente não recebeu.
delivery-sent = Enviado
delivery-delivered = Entregue
delivery-read = Lido
delivery-played = Ouvido
delivery-failed = Não enviado
sys-opened = Entrou na fila { $queue }
sys-reopened = Reaberta na fila { $queue }
sys-assigned-routed = { $candidates ->
    [one] Atribuída a { $name }: esperou { $waited }, a única pessoa livre ({ $load } de { $capacity })
   *[other] Atribuída a { $name }: esperou { $waited }, a menos ocupada de { $candidates } ({ $load } de { $capacity })
}
sys-assigned-moved = { $by } atribuiu a { $name }
sys-assigned-taken = { $name } assumiu da fila
sys-released = Voltou para a fila
sys-released-by = { $by } devolveu para a fila
sys-transferred = Passou para a fila { $queue }
sys-closed = Resolvida
sys-closed-by = { $name } resolveu
state-bot = com o bot
state-queued = na fila
state-assigned = aberta
state-snoozed = adiada
state-closed = resolvida
composer-title = Responder
composer-label = Mensagem
composer-placeholder = Escreva para { $name } pelo { $channel }
composer-enter = envia ·
composer-shift-enter = quebra
composer-send = Enviar
dock-closed-title = Só é possível enviar um modelo aprovado
dock-closed = Quando { $name } responder, você poderá escrever livremente por 24 horas.
dock-other-title = Outra pessoa está atendendo
dock-other = Você pode ler; quem está com ela responde.
dock-unassigned-title = Ninguém está atendendo ainda
dock-unassigned = Está na fila e vai para a primeira pessoa livre.
dock-resolved-title = Conversa resolvida
dock-resolved = Se { $name } escrever de novo, ela é reaberta.
details-title = Dados do contato
details-toggle = Dados do contato
details-since = Cliente desde
details-addresses = Endereços
details-channel = Canal
details-previous = Outras conversas
details-first = É a primeira conversa.
identity-phone = Telefone
identity-bsuid = Id. do WhatsApp
identity-parent-bsuid = Id. do grupo
identity-masked = (parcialmente oculto)
sys-assigned-joined = { $name } segue com ela: o contato mudou
sys-address-changed = O cliente mudou de número ou de id. As respostas vão para o novo endereço.
sys-contacts-joined = Dois contatos que eram a mesma pessoa foram unidos
sys-contacts-parted = Os dois contatos unidos foram separados
sys-past-imported = { $count ->
    [one] { $count } mensagem anterior à conexão foi adicionada
   *[other] { $count } mensagens anteriores à conexão foram adicionadas
}
consent-no-offers = Pediu para não receber promoções
consent-offers = Aceita receber promoções
consent-nothing = Pediu para não receber mensagens
consent-anything = Aceita receber mensagens
