list-waiting = Sem responsável
list-mentions = Menções
list-snoozed = Adiadas
list-closed = Resolvidas
list-all = Todas
side-queues = Filas
side-saved = Visões salvas
list-sorts = Ordem
list-sort = Ordenar: { $by }
sort-newest = Atividade mais recente
sort-longest = Esperando há mais tempo
sort-due = SLA, o que vence primeiro
sort-window = Janela, a que fecha primeiro
list-filter = Filtrar
list-find = Buscar nesta visão
list-chips = Filtros rápidos
list-chip-off = Remover
chip-unread = Não lidas
chip-risk = Em risco
chip-closing = Janela fechando
chip-vip = Clientes VIP
chip-waits = { $count ->
    [one] Espera há mais de { $count } min
   *[other] Espera há mais de { $count } min
}
list-nothing-title = Nada com estes filtros
list-nothing = Remova um filtro ou busque outra coisa.
list-looking = Ainda procurando mais para trás…
list-unfilter = Remover filtros
list-empty-waiting = Ninguém espera. O que chegar sem responsável aparece aqui.
list-empty-mentions = Quando alguém mencionar você em uma nota, aparece aqui.
list-empty-snoozed = O que você adiar espera aqui até a hora.
list-empty-closed = Aqui fica o que foi resolvido.
list-empty-all = Não há conversas abertas.
filter-queues = Filas
filter-channels = Canais
filter-tags = Etiquetas
filter-marks = Somente
filter-waits = Espera há mais de
filter-minutes = min
filter-apply = Aplicar
filter-cancel = Fechar
view-save-title = Salvar esta visão
view-name = Nome da visão
view-save = Salvar
view-shared = Para toda a equipe
view-remove = Excluir esta visão
view-no-name = Dê um nome à visão.
view-long-name = { $count ->
    [one] O nome pode ter no máximo { $count } caractere.
   *[other] O nome pode ter no máximo { $count } caracteres.
}
view-too-many = { $count ->
    [one] Você pode salvar no máximo { $count } visão. Exclua alguma antes.
   *[other] Você pode salvar no máximo { $count } visões. Exclua alguma antes.
}
