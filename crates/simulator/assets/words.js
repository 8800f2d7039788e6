// The page's words. Spanish stands in the HTML itself; the other languages replace it.

const pt = {
  skip: "Ir para a mensagem", product: "Bandeja", inbox: "Caixa de entrada", floor: "Supervisão ao vivo", admin: "Ajustes",
  simulator: "Simulador", no_account: "Sem conta da Meta", language: "Idioma", view: "Visão",
  lead: "Escreva como cliente. O que você enviar chega à caixa de entrada pelo mesmo caminho de um webhook real.",
  open_inbox: "Abrir a caixa", reset: "Reiniciar", pane_phone: "Telefone", pane_side: "Controles", pane_log: "Eventos",
  customer: "Cliente", channel: "Canal", scripts: "Roteiros", script_appointment: "Marcar consulta",
  script_urgent: "Reclamação urgente", script_photo: "Foto e áudio", script_burst: "Rajada de 20",
  script_template: "Responder ao modelo", script_stop: "Sair da lista", time: "Tempo", clock: "Relógio da conversa",
  advance: "Adiantar", faults: "Falhas", slow: "Entregar com atraso", slow_sub: "3 s", fail: "Falhar a entrega",
  fail_sub: "erro 131026", repeat: "Repetir cada webhook", repeat_sub: "teste de duplicados",
  disorder: "Desordenar os status", disorder_sub: "lido antes de entregue", block: "Bloquear a empresa",
  block_sub: "reduz a qualidade", silent: "Aceitar sem responder", silent_sub: "envios sem confirmação",
  broken: "Recusar os envios", broken_sub: "erro 500", phone: "Telefone do cliente", business_account: "conta comercial",
  thread: "Conversa do cliente", unquote: "Remover a resposta", attach_file: "Escolher arquivo", attach_photo: "Foto",
  attach_voice: "Áudio", attach_video: "Vídeo", attach_document: "Documento", attach_sticker: "Figurinha", attach_location: "Localização", attach_contact: "Contato", attach_form: "Formulário", message: "Mensagem do cliente",
  message_short: "Mensagem", attach: "Anexar", send: "Enviar como cliente", live: "ao vivo", clear: "Limpar",
  detail: "Detalhe do evento", copy: "Copiar",
};

const en = {
  skip: "Skip to the message", product: "Bandeja", inbox: "Inbox", floor: "Live board", admin: "Settings",
  simulator: "Simulator", no_account: "No Meta account", language: "Language", view: "View",
  lead: "Write as a customer. What you send reaches the inbox the way a real webhook does.",
  open_inbox: "Open the inbox", reset: "Start over", pane_phone: "Phone", pane_side: "Controls", pane_log: "Events",
  customer: "Customer", channel: "Channel", scripts: "Scripts", script_appointment: "Ask for a visit",
  script_urgent: "Urgent complaint", script_photo: "Photo and voice note", script_burst: "Burst of 20",
  script_template: "Answer the template", script_stop: "Opt out", time: "Time", clock: "The conversation's clock",
  advance: "Advance", faults: "Faults", slow: "Deliver late", slow_sub: "3 s", fail: "Fail the delivery",
  fail_sub: "error 131026", repeat: "Repeat every webhook", repeat_sub: "tests duplicates",
  disorder: "Shuffle the statuses", disorder_sub: "read before delivered", block: "Block the business",
  block_sub: "lowers the quality", silent: "Accept without answering", silent_sub: "unconfirmed sends",
  broken: "Refuse what is sent", broken_sub: "error 500", phone: "The customer's phone", business_account: "business account",
  thread: "The customer's chat", unquote: "Remove the reply", attach_file: "Choose a file", attach_photo: "Photo",
  attach_voice: "Voice note", attach_video: "Video", attach_document: "Document", attach_sticker: "Sticker", attach_location: "Location", attach_contact: "Contact", attach_form: "Form", message: "The customer's message",
  message_short: "Message", attach: "Attach", send: "Send as the customer", live: "live", clear: "Clear",
  detail: "Event detail", copy: "Copy",
};

// What the scripts of the page itself say.
const said = {
  es: {
    new_customer: "Cliente nuevo", any_number: "número al azar", hidden: "sin número visible", today: "Hoy",
    window_open: (left) => `Ventana abierta: quedan ${left}. Con + 24 h se cierra y solo quedan plantillas.`,
    window_closed: "Ventana cerrada: la empresa solo puede enviar plantillas hasta que el cliente escriba.",
    window_sms: "Los SMS no tienen ventana.", empty: "Todavía no hay mensajes. Escribe el primero como cliente.",
    sent: "enviado", delivered: "recibido", read: "leído", pending: "enviando", failed: "no llegó",
    lost: "Un mensaje de la empresa no llegó", typing: "La empresa está escribiendo", react: "Reaccionar",
    answer: "Responder", not_sent: "La bandeja no lo aceptó. El webhook se repetirá.", refused: "No se pudo enviar: ",
    nothing_to_answer: "No hay ninguna plantilla con botones por responder.", copied: "Copiado", offline: "sin conexión",
    unread: "mensajes sin leer", edited: "editado", edit: "Cambiar", take_back: "Eliminar", revoked: "Eliminaste este mensaje", image: "Imagen", play: "Escuchar la nota de voz", pause: "Pausar", reset: "Todo empieza de nuevo.",
    kinds: { in: "entrada", out: "salida", status: "estado", repeat: "repetido", read: "leído", typing: "escribiendo", verify: "verificado",
      refused: "rechazo", failed: "falla", lost: "perdido", time: "reloj", code: "código", faults: "fallas" },
  },
  pt: {
    new_customer: "Cliente novo", any_number: "número aleatório", hidden: "sem número visível", today: "Hoje",
    window_open: (left) => `Janela aberta: restam ${left}. Com + 24 h ela fecha e só restam modelos.`,
    window_closed: "Janela fechada: a empresa só pode enviar modelos até o cliente escrever.",
    window_sms: "SMS não tem janela.", empty: "Ainda não há mensagens. Escreva a primeira como cliente.",
    sent: "enviado", delivered: "recebido", read: "lido", pending: "enviando", failed: "não chegou",
    lost: "Uma mensagem da empresa não chegou", typing: "A empresa está escrevendo", react: "Reagir",
    answer: "Responder", not_sent: "A caixa não aceitou. O webhook será repetido.", refused: "Não foi possível enviar: ",
    nothing_to_answer: "Não há modelo com botões para responder.", copied: "Copiado", offline: "sem conexão",
    unread: "mensagens não lidas", edited: "editada", edit: "Editar", take_back: "Apagar", revoked: "Você apagou esta mensagem", image: "Imagem", play: "Ouvir o áudio", pause: "Pausar", reset: "Tudo começa de novo.",
    kinds: { in: "entrada", out: "saída", status: "status", repeat: "repetido", read: "lido", typing: "escrevendo", verify: "verificado",
      refused: "recusa", failed: "falha", lost: "perdido", time: "relógio", code: "código", faults: "falhas" },
  },
  en: {
    new_customer: "New customer", any_number: "random number", hidden: "no visible number", today: "Today",
    window_open: (left) => `Window open: ${left} left. + 24 h closes it and leaves templates only.`,
    window_closed: "Window closed: only templates until the customer writes.",
    window_sms: "SMS has no window.", empty: "No messages yet. Write the first one as the customer.",
    sent: "sent", delivered: "received", read: "read", pending: "sending", failed: "did not arrive",
    lost: "A message from the business did not arrive", typing: "The business is typing", react: "React",
    answer: "Reply", not_sent: "The inbox did not accept it. The webhook will come again.", refused: "Could not send: ",
    nothing_to_answer: "There is no template with buttons to answer.", copied: "Copied", offline: "offline",
    unread: "unread messages", edited: "edited", edit: "Edit", take_back: "Delete", revoked: "You deleted this message", image: "Image", play: "Play the voice note", pause: "Pause", reset: "Everything starts over.",
    kinds: { in: "in", out: "out", status: "status", repeat: "repeated", read: "read", typing: "typing", verify: "verified",
      refused: "refused", failed: "failed", lost: "lost", time: "clock", code: "code", faults: "faults" },
  },
};

// What the customers say; Ana Paula writes Portuguese whatever the page's language is.
export const lines = {
  es: {
    appointment: ["Hola, buenas tardes 🙂", "Quisiera pedir una cita para una limpieza", "¿Tienen algo el sábado por la mañana?"],
    urgent: ["Buenas, es URGENTE", "Ayer me sacaron la muela y no para de sangrar 😟", "Llamé tres veces y nadie contesta"],
    photo: "Esta es la radiografía que me pidieron", burst: (n) => `Mensaje ${n} de 20`, stop: "BAJA",
  },
  pt: {
    appointment: ["Oi, boa tarde 🙂", "Queria marcar uma consulta para limpeza", "Vocês têm horário no sábado de manhã?"],
    urgent: ["Oi, é URGENTE", "Ontem tirei o dente e não para de sangrar 😟", "Liguei três vezes e ninguém atende"],
    photo: "Esta é a radiografia que pediram", burst: (n) => `Mensagem ${n} de 20`, stop: "PARAR",
  },
};

const spanish = new Map();

/** Put the page into a language, and answer the words its scripts need. */
export function speak(language) {
  const words = { pt, en }[language];
  const change = (attribute, read, write) => {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      const key = element.getAttribute(attribute);
      if (!spanish.has(`${attribute}:${key}`)) spanish.set(`${attribute}:${key}`, read(element));
      write(element, words?.[key] ?? spanish.get(`${attribute}:${key}`));
    }
  };
  change("data-w", (e) => e.textContent, (e, text) => { e.textContent = text; });
  change("data-w-label", (e) => e.getAttribute("aria-label"), (e, text) => {
    e.setAttribute("aria-label", text);
    if (e.title) e.title = text;
  });
  change("data-w-placeholder", (e) => e.placeholder, (e, text) => { e.placeholder = text; });
  document.documentElement.lang = { es: "es-419", pt: "pt-BR", en: "en" }[language];
  return said[language];
}
