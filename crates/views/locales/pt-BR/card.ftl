card-title = Dados do contato
card-edit = Editar
card-name = Nome
card-vip = Cliente VIP: vai antes na fila
card-owner = Responsável
card-nobody = Ninguém
card-language = Idioma que pediu
card-unstated = Não disse
card-yes = Sim
card-no = Não
card-save = Salvar
card-fault-blank = é necessário.
card-fault-unreadable = é longo demais ou tem caracteres que não se leem.
card-fault-unknown = não existe mais; escolha outra opção.
card-fault-too-long = é longo demais.
card-fault-number = escreva um número, como 1500 ou 1500,5.
card-fault-two-numbers = pode ser lido como milhares ou como decimais: escreva 1500, ou 1,5.
card-fault-date = escreva uma data que exista: ano-mês-dia.
card-fault-flag = escolha sim ou não.
card-fault-choice = escolha uma das opções.
card-fault-link = escreva um endereço que comece com https://.
card-fault-id = não tem a forma de um { $name }.
card-fault-mistyped = o dígito verificador não confere; revise o { $name }.

# What they allow, files, one field
details-copy = Copiar { $value }
details-copy-short = Copiar
details-edit-field = Editar { $name }
details-files = Arquivos
files-none = Ainda não há arquivos.
files-more = Ver mais arquivos
consent-note = Anotar
consent-none = Não disse nada. Só o que proíbe impede o envio.
consent-title = Anotar um consentimento
consent-about = Fica para sempre, com seu nome e a hora. Vale em todos os canais.
consent-purpose = Para quê?
consent-for-marketing = Ofertas e novidades
consent-for-anything = Qualquer mensagem
consent-said = O que disse?
consent-gives = Aceita
consent-takes = Não quer
consent-proof = Como disse?
consent-proof-example = Por telefone, ao marcar a consulta
consent-save = Anotar

# What is known, and from whom
card-hidden = Oculto: mostre ou mude no painel.
known-bot = Dados do bot
known-form = Dados do formulário
known-import = Dados importados
known-written = Escrito por { $name }, { $when }
known-collected = Coletado por { $name }, { $when }
known-corrected = Corrigido por { $name }
known-show = Mostrar { $name }
known-hide = Ocultar { $name }
details-outcome = Terminou em
sys-collected = { $count ->
    [one] { $name } coletou um dado
   *[other] { $name } coletou { $count } dados
}
js-card-theirs = Outra pessoa colocou: { $text }. Se você salvar, fica o seu.
js-card-theirs-none = Outra pessoa apagou. Se você salvar, fica o seu.
js-card-take-theirs = Usar o dela
