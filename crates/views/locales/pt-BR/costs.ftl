costs-export = Exportar CSV
costs-earlier = Mês anterior
costs-later = Mês seguinte
costs-none-title = Sem custos neste mês
costs-none = Uma mensagem custa quando é entregue; aparece aqui nesse momento.
costs-total = Custo
costs-estimated = estimado
costs-parts = Meta { $vendor } + Twilio { $carrier }
costs-messages = Mensagens
costs-billed = { $count ->
    [one] { $count } com custo
   *[other] { $count } com custo
}
costs-unknown = Custo desconhecido
costs-unknown-about = mensagens; não estão na soma
costs-without = { $count ->
    [one] { $count } sem preço conhecido
   *[other] { $count } sem preço conhecido
}
costs-free = Grátis deste mês
costs-free-about = mensagens de serviço, segundo as etiquetas da Meta
costs-amount = Valor
costs-by-day = Por dia
costs-by-category = Por categoria
costs-by-agent = Por agente
costs-by-queue = Por fila
costs-by-market = Por mercado
costs-nobody = Sem agente
costs-compared = Comparado com a Meta
costs-compared-none = A Meta não informou movimentos deste mês para este número.
costs-read = lido
costs-ours = Nosso registro
costs-theirs = Meta
costs-difference = Diferença
costs-cards = Tabelas de preços
costs-card-from = desde { $day }
costs-card-read = consultada em { $day }
costs-estimate-about = O que sai de uma tabela é uma estimativa: faixas por volume, arredondamentos e impostos só estão na fatura.
costs-billing = Faturamento da conta
costs-billing-assumed = presumida
costs-billing-person = informada
costs-billing-vendor = segundo o provedor
costs-currency = Moeda
costs-zone = Fuso horário
costs-zone-about = Pelo nome, como America/Sao_Paulo: nele começam os dias e os meses da conta. Vale para o que for registrado a partir de agora.
costs-zone-wrong = Não conheço esse fuso horário. Escreva como America/Sao_Paulo.
costs-currency-wrong = Essa moeda não está na lista.
costs-save = Salvar
costs-saved = Salvo
cost-was = custou { $amount }
cost-about = custou aprox. { $amount }
cost-card = tabela { $day }
cost-category-marketing = marketing
cost-category-marketing-lite = marketing (MM)
cost-category-utility = utilidade
cost-category-authentication = autenticação
cost-category-authentication-international = autenticação internacional
cost-category-service = serviço
cost-category-referral = chegada por anúncio
cost-category-ai = assistente de IA
cost-category-inbound = recebida
cost-category-unknown = sem categoria
cost-basis-free = grátis
cost-basis-entry = grátis por anúncio
cost-basis-failed = não entregue
cost-market-latam = Restante da América Latina
cost-market-na = América do Norte
cost-market-other = Outros
cost-market-unknown = Sem país
cost-unknown-market = custo desconhecido: o endereço não indica um país
cost-unknown-card = custo desconhecido: não há tabela dessa moeda para esse dia
cost-unknown-on-card = custo desconhecido: o mercado não está na tabela
cost-unknown-available = custo desconhecido: a tabela não tem preço para essa categoria
cost-unknown-category = custo desconhecido: falta a categoria
cost-unknown-told = mais a tarifa da Meta, que o provedor não informa
details-cost = Custo
details-cost-unknown = { $count ->
    [one] { $count } mensagem sem preço conhecido
   *[other] { $count } mensagens sem preço conhecido
}
costs-month-of = { $month ->
    [m1] Janeiro
    [m2] Fevereiro
    [m3] Março
    [m4] Abril
    [m5] Maio
    [m6] Junho
    [m7] Julho
    [m8] Agosto
    [m9] Setembro
    [m10] Outubro
    [m11] Novembro
   *[m12] Dezembro
} de { $year }
costs-card-source = Fonte: { $source }
cost-next = Custa cerca de { $amount }
cost-at-least = Custa { $amount } ou mais
cost-not-known = Custo não conhecido
cost-since = preço desde { $day }
cost-unknown-carrier = a operadora diz quanto custou depois do envio
