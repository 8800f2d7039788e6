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
composer-placeholder = Escreva para { $name } pelo { $channel }. «/» para respostas rápidas
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
dock-resolved = Se { $name } escrever de novo, ela é reaberta; passado o tempo do canal, começa outra.
details-title = Dados do contato
details-toggle = Dados do contato
details-since = Cliente desde
details-fields = Atributos
details-addresses = Endereços
details-channel = Canal
details-previous = Outras conversas
details-first = É a primeira conversa.
details-more-previous = Há mais de antes: suba na conversa para vê-las.
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
consent-nothing-on = Pediu para não receber mensagens por { $channel }, nem promoções por nenhum canal
consent-anything-on = Aceita receber mensagens por { $channel }
author-phone-app = Do telefone da empresa
message-referral-named = Chegou pelo anúncio «{ $headline }»
message-referral-open = Ver o anúncio
message-forwarded = Encaminhada
message-forwarded-often = Encaminhada muitas vezes
message-product = Pergunta pelo produto { $product }
message-revoked = Apagada pelo cliente
message-revoked-by-us = Apagada
message-see-original = Ver o original
message-edited = editada
message-see-raw = Ver dados
message-unsupported-do = Peça que envie de outra forma, como texto ou foto.
line-changed-number = { $name } mudou de número no WhatsApp
line-changed-id = O WhatsApp mudou o id de { $name }
reaction-customer = O cliente reagiu com { $emoji }
reaction-us = Reagimos com { $emoji }
details-consent = Consentimento
message-form-address = Endereço de entrega
form-name = Nome
form-address = Endereço
form-city = Cidade
form-state = Estado
form-post-code = CEP
form-house = Casa
form-building = Edifício
form-floor = Andar
form-tower = Torre
form-unit = Unidade
form-landmark = Referência
form-email = E-mail
unsupported-poll = enquete
unsupported-video-note = nota de vídeo
unsupported-live-location = localização em tempo real
unsupported-edit = correção
unsupported-group-invite = convite para um grupo
unsupported-event = evento
unsupported-media = arquivo de antes da conexão
message-referral-post = Chegou por uma publicação
message-referral-post-named = Chegou pela publicação «{ $headline }»
message-referral-post-open = Ver a publicação
details-same = A mesma pessoa
details-join = Unir
details-join-with = Unir com { $name }
details-joined-on = Unido em
details-part = Separar
details-part-from = Separar de { $name }
alike-message = Uma mensagem trouxe os dados dos dois
alike-number = Mudou para um número que esta pessoa tem
details-tags = Etiquetas

# Who else is there
company-viewing = { $others ->
    [0] { $name } também está vendo esta conversa
    [one] { $name } e mais uma pessoa também estão vendo esta conversa
   *[other] { $name } e mais { $others } pessoas também estão vendo esta conversa
}
company-typing = { $others ->
    [0] { $name } está digitando…
    [one] { $name } e mais uma pessoa estão digitando…
   *[other] { $name } e mais { $others } pessoas estão digitando…
}
composer-send-anyway = Enviar assim
dock-answer-beside = Responder também

# The past above
past-of = Conversa de
past-what = { $channel } · { $queue } · { $state }
past-closed-by = encerrada por { $name }
past-closed = encerrada
past-open = aberta
past-more = Ver a conversa anterior
parallel-what = Também por { $what }
past-open-with = aberta, com { $name }
parallel-show = Ver aqui
