// Whom a note may name: those who can see the conversation, offered while "@" is typed.
import { close, offer } from "./choices.js";
import { plain } from "./plain.js";
import { get } from "./send.js";

const known = new Map(); // conversation → people

async function people(conv) {
  if (!known.has(conv)) {
    const answer = await get(`/conversations/${conv}/readers`);
    if (!answer.ok) return [];
    known.set(conv, JSON.parse(answer.text));
  }
  return known.get(conv);
}
// Who may see it changes with it.
document.addEventListener("opened", () => known.clear());

/** Offer people for what stands before the caret, if it begins to name one. */
export async function suggest(conv) {
  const field = document.getElementById("draft");
  const all = await people(conv);
  if (document.activeElement !== field) return;
  const before = field.value.slice(0, field.selectionStart);
  const typed = before.match(/(?:^|[\s(¿¡])@([^@\n]{0,40})$/u)?.[1];
  const wanted = typed === undefined ? null : plain(typed);
  const found = wanted === null ? [] : all.filter(({ name }) => plain(name).split(" ").some((_, n, parts) => parts.slice(n).join(" ").startsWith(wanted)));
  const whole = found.length === 1 && plain(found[0].name) === wanted;
  if (!found.length || whole) return close();
  const shown = found.slice(0, 8);
  const box = document.createElement("div");
  box.className = "menu choices";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", field.form.dataset.mentionTitle);
  box.append(
    ...shown.map(({ name }) => {
      const option = document.createElement("div");
      option.className = "menu-item";
      option.setAttribute("role", "option");
      option.textContent = name;
      return option;
    }),
  );
  const start = field.selectionStart - typed.length;
  offer(field, box, {
    take(index) {
      close();
      // Whoever types fast has gone on with the name since this was drawn.
      const end = Math.max(start + typed.length, field.selectionStart);
      field.setRangeText(`${shown[index].name} `, start, end, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
}
