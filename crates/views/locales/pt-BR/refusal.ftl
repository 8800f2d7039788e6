refusal-window-closed = A janela de 24 horas fechou. Só é possível enviar um modelo aprovado.
refusal-no-offers = A pessoa pediu para não receber mais promoções. Você pode escrever sobre outros assuntos, mas não enviar este modelo.
refusal-opted-out = A pessoa pediu para não receber mensagens por este canal. Fale com ela por outro meio.
refusal-conversation-closed = A conversa já está resolvida.
refusal-already-closed = Outra pessoa a resolveu agora há pouco.
refusal-empty = Escreva algo antes de enviar.
refusal-too-long = O texto tem { $length } caracteres e este canal aceita { $longest }. Encurte ou divida em dois.
refusal-not-resendable = Esta mensagem já está a caminho ou chegou. Reenviá-la a duplicaria.
refusal-held-by = { $name } já está com esta conversa.
refusal-offered-to = Está sendo oferecida a { $name }. Se não responder em alguns segundos, você poderá pegá-la.
refusal-held-by-nobody = Alguém mudou esta conversa agora há pouco. Veja como ficou e tente de novo.
refusal-target-outside-queue = Essa pessoa não atende esta fila.
refusal-target-offline = Essa pessoa não está conectada. Escolha outra.
refusal-full = Você já tem o máximo de conversas. Resolva uma para pegar outra.
refusal-not-available = Você não está disponível. Mude seu estado para pegar a próxima.
refusal-same-contact = É o mesmo contato.
refusal-joined-before = Esse contato já foi unido a outro. Atualize a página para ver como ficou.
refusal-parted-before = Eles já tinham sido separados.
refusal-joined-since = Desde então o contato foi unido a outro. Separe primeiro essa união.
refusal-same-number = Os dois têm o mesmo número, escrito de duas formas. Não podem ser separados.
refusal-changed-since = Desde então mudaram endereços ou conversas, e não se sabe mais o que é de quem.
refusal-wrote-since = O cliente continuou escrevendo na conversa dos dois, então já não podem ser separados.
refusal-not-yet = O provedor pede para não tentar antes de { $when }.
refusal-offer-over = Esta oferta já não vale.
refusal-no-websocket = Este endereço é para páginas abertas da Bandeja.
refusal-other-team = Foi passada a outra equipe. Se ninguém de lá a pegar, volta a ser de toda a fila.
refusal-unknown-pause = Essa pausa não está na lista. Escolha uma das que o menu mostra.
refusal-pause-full = { $count ->
    [0] Ninguém de { $queue } pode estar agora em { $pause }.
   *[other] Já há { $count } em { $pause } de { $queue }. Espere alguém voltar.
}
refusal-card-changed-since = Outra pessoa mudou estes dados enquanto você editava. O seu continua aqui e ainda não foi salvo: confira e salve de novo.
refusal-card-unread = Não entendemos o que foi enviado. Abra os dados do contato de novo.
refusal-consent-unproven = Escreva como a pessoa disse, em menos de 300 caracteres.
