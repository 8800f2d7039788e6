search-title = Buscar
search-label = O que você procura
search-placeholder = Nome, número ou palavras de uma mensagem
search-go = Buscar
search-filters = Filtros
search-channel = Canal
search-queue = Fila
search-person = Pessoa
search-tag = Etiqueta
search-kind = Tipo
search-direction = De quem
search-direction-in = Do cliente
search-direction-out = De nós
search-from = De
search-to = Até
search-any = Todos
search-any-f = Todas
search-unfilter = Remover filtros
search-results = Resultados
search-contacts = Contatos
search-nearly = Nomes parecidos
search-messages = Mensagens e notas
search-note = Nota interna
search-closed = Resolvida
search-snoozed = Adiada
search-waiting = Em espera
search-start-title = Busque em tudo o que você pode ver
search-start = Mensagens, notas e contatos. Os acentos não importam, um nome pode ter um erro, e de um número basta um pedaço.
search-short-title = Escreva um pouco mais
search-short = São necessárias duas letras, ou quatro dígitos de um número.
search-slow-title = São resultados demais
search-slow = Acrescente outra palavra ou um filtro e busque de novo.
search-none-title = Nada foi encontrado
search-none = Tente outra palavra ou menos palavras.
search-hidden-numbers = Por número você encontra só os contatos cujos dados pode ver por completo.
search-more-contacts = Há mais contatos assim. Escreva algo mais do nome ou do número.
search-more = Mostrar mais
search-older = Continuar buscando mais para trás
search-cut = A busca foi até { $when }.
search-and-more = {" "}e mais
palette-title = Buscar e executar
palette-placeholder = Busque alguém, uma mensagem ou uma ação
palette-recent = Recentes
palette-acts = Nesta conversa
palette-go = Ir para
palette-all = Ver todos os resultados
palette-none = Nada com essas palavras.
palette-move = escolher
palette-do = abrir ou fazer
palette-count-many = {"{"}n{"}"} opções
keys-palette = Buscar e executar ações
search-said-contacts = { $count ->
    [one] { $count } contato
   *[other] { $count } contatos
}
search-said-messages = { $count ->
    [one] { $count } mensagem
   *[other] { $count } mensagens
}
palette-count = { $count ->
    [one] { $count } opção
   *[other] { $count } opções
}
