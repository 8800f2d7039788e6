// A list of choices above the field in which somebody writes: arrows choose, Enter or Tab takes, Esc closes. The focus
// stays in the field.
let open = null;

/** Close whatever is offered. */
export function close() {
  if (!open) return;
  const { box, field } = open;
  open = null;
  box.remove();
  for (const name of ["aria-controls", "aria-activedescendant"]) field.removeAttribute(name);
}

const options = () => [...open.list.querySelectorAll('[role="option"]')];

function choose(at) {
  const all = options();
  if (!all.length) return;
  const index = (at + all.length) % all.length;
  all.forEach((one, n) => one.setAttribute("aria-selected", String(n === index)));
  open.at = index;
  open.field.setAttribute("aria-activedescendant", all[index].id);
  all[index].scrollIntoView({ block: "nearest" });
  open.chosen?.(index);
}

/**
 * Offer choices for a field. `box` is drawn by the caller and holds a listbox; `take(index)` is called with the choice,
 * `chosen(index)` while somebody moves.
 */
export function offer(field, box, { take, chosen = null }) {
  close();
  const list = box.matches('[role="listbox"]') ? box : box.querySelector('[role="listbox"]');
  list.id ||= "choices";
  open = { field, box, list, take, chosen, at: 0 };
  options().forEach((one, n) => (one.id = `choice-${n}`));
  field.form.append(box);
  field.setAttribute("aria-controls", list.id);
  choose(0);
}

/** Whether something is offered now. */
export const isOpen = () => open !== null;

const keys = {
  ArrowDown: () => choose(open.at + 1),
  ArrowUp: () => choose(open.at - 1),
  Enter: () => open.take(open.at),
  Tab: () => open.take(open.at),
  Escape: close,
};

// Before the composer, for which Enter sends.
addEventListener(
  "keydown",
  (event) => {
    if (!open || event.target !== open.field || event.isComposing || event.shiftKey) return;
    const run = keys[event.key];
    if (!run || (!options().length && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  },
  true,
);
document.addEventListener("pointerdown", (event) => {
  const option = open?.list.contains(event.target) && event.target.closest('[role="option"]');
  if (option) {
    // The field keeps the focus.
    event.preventDefault();
    open.take(options().indexOf(option));
  } else if (open && !open.box.contains(event.target) && event.target !== open.field) close();
});
document.addEventListener("leaving", close);
