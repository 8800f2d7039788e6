transfer-open = Passar
transfer-title = Para quem você passa { $name }?
transfer-search = Buscar pessoa, equipe ou fila
transfer-to = Destino
transfer-people = Pessoas
transfer-no-people = Ninguém das suas filas está conectado.
transfer-teams = Equipes
transfer-nobody = ninguém conectado
transfer-queues = Filas
transfer-no-queues = Não há outras filas.
transfer-available = { $count ->
    [one] { $count } disponível
   *[other] { $count } disponíveis
}
transfer-note = Nota para quem a pegar (o cliente não vê)
transfer-skill = Pedir também
transfer-skill-none = Nada mais
transfer-level = Nível
transfer-keep = Continuar com ela
transfer-do = Passar
refusal-no-such-target = Esse destino não existe mais ou não está ao seu alcance. Escolha outro.
refusal-same-queue = Já está nessa fila.
refusal-nobody-of-team = Ninguém dessa equipe está conectado agora. Escolha outro destino.
refusal-theirs-already = Essa pessoa já está com ela. Escolha outra.
refusal-target-away = Essa pessoa não está disponível agora. Escolha outra.
refusal-target-full = Essa pessoa já tem o máximo de conversas. Escolha outra.
refusal-note-too-long = A nota tem { $length } caracteres e cabem { $longest }. Encurte.
js-handed-waits = Já espera quem a pegue
js-handed-offered = É oferecida; segue com você até aceitar
keys-transfer = Passar a conversa
why-open = Por quê?
why-title = Por que está onde está?
why-now = agora mesmo
why-nobody = Ninguém a atende nem espera em uma fila.
why-entry-rule = Entrou em { $queue } pela regra «{ $rule }».
why-entry-none = Entrou em { $queue }: nenhuma regra dizia outra coisa.
why-policy = roteamento versão { $version }
why-policy-none = antes da primeira versão do roteamento
why-given = Foi atribuída a { $name } depois de { $waited } de espera.
why-offered = Foi oferecida a { $name } depois de { $waited } de espera.
why-waits = Espera há { $waited }.
why-somebody = outra pessoa
why-people = Pessoas consideradas
why-person = Pessoa
why-load = Carga
why-verdict = Resultado
why-unseen = { $count ->
    [one] E mais { $count } pessoa que você não vê.
   *[other] E mais { $count } pessoas que você não vê.
}
why-none = O roteamento ainda não decidiu nada sobre ela.
verdict-chosen = Escolhida
verdict-other-queue = Não atende esta fila
verdict-other-team = Não é da equipe para a qual foi passada
verdict-no-skill = Não tem { $skill } (pede-se nível { $needed }, tem { $has })
verdict-low-skill = Tem { $skill } no nível { $has } e pede-se { $needed }
verdict-too-heavy = Nunca cabe: ocupa { $weight } e tem { $capacity } vagas ({ $load } em uso)
verdict-away = { $state }
verdict-full = No limite: { $load } de { $capacity }, e ocupa { $weight }
verdict-queue-full = No limite desta fila: { $load } de { $capacity }, e ocupa { $weight }
verdict-wrapping-up = Fechando a anterior até { $when }
verdict-keeps-room = Sua vaga fica guardada para uma que chegou antes
verdict-barred = Devolveu, recusou ou não respondeu
verdict-reserved = Podia, mas outra pessoa vai primeiro até { $when }
verdict-reserved-for = Podia, mas { $name } vai primeiro até { $when }
verdict-not-preferred = Podia, mas foi primeiro quem já conhece o cliente
verdict-busier = { $count ->
    [one] Podia, mas tinha mais ({ $count })
   *[other] Podia, mas tinha mais ({ $count })
}
verdict-idle-for-less = Podia, mas recebeu outra há menos tempo
wait-nobody-serves = Ninguém atende esta fila.
wait-nobody-of-team = Ninguém é da equipe para a qual foi passada.
wait-nobody-skilled = Ninguém da fila sabe o que se pede.
wait-too-heavy = Ocupa mais vagas do que qualquer pessoa tem.
wait-away = Quem poderia está em pausa ou desconectado.
wait-full = Quem poderia está no limite.
wait-wrapping-up = Quem poderia está fechando a anterior.
wait-kept = A vaga livre fica guardada para uma que chegou antes.
wait-barred = Quem poderia já devolveu, recusou ou não respondeu.
wait-preferred = Espera um pouco por quem vai primeiro.
