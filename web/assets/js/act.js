// One click listener for the page: `<button data-act="name">` calls what was registered under that name.
const actions = new Map();

/** Register what a name does; it gets the element and the event. */
export function act(name, run) {
  actions.set(name, run);
}

// The second of two quick clicks counts where the first one did: what came under the pointer meanwhile was not meant.
let last = null;
document.addEventListener("click", (event) => {
  const element = event.target.closest?.("[data-act]");
  if (event.detail > 1 && element !== last) return;
  last = element;
  const run = element && actions.get(element.dataset.act);
  if (run) run(element, event);
});
