// One click listener for the page: `<button data-act="name">` calls what was registered under that name.
const actions = new Map();

/** Register what a name does; it gets the element and the event. */
export function act(name, run) {
  actions.set(name, run);
}

document.addEventListener("click", (event) => {
  const element = event.target.closest?.("[data-act]");
  const run = element && actions.get(element.dataset.act);
  if (run) run(element, event);
});
