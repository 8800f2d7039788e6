// What is being written, kept for each conversation: the answer and the note apart.
const PREFIX = `bandeja:draft:${document.body.dataset.me}:`;
const name = (conv, note) => `${PREFIX}${conv}${note ? ":note" : ""}`;

/** What was being written there. */
export function read(conv, note) {
  try {
    return localStorage.getItem(name(conv, note)) ?? "";
  } catch {
    return ""; // Without storage a draft lives as long as its page.
  }
}

/** Keep what is being written; nothing, when there is nothing. */
export function write(conv, note, text) {
  try {
    if (text.trim()) localStorage.setItem(name(conv, note), text);
    else localStorage.removeItem(name(conv, note));
  } catch {
    // See above.
  }
}
