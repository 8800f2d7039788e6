// The help of the keys, turning single ones off, and going to other pages. Loaded with the first of them.
import { hold } from "./keys.js";
import { send } from "./send.js";

const table = document.getElementById("keys");

/** Show the help. */
export function help() {
  if (!table.open) table.showModal();
  return true;
}

/** Whether single keys do something, from now on and everywhere. */
export function keep(on) {
  table.toggleAttribute("data-off", !on);
  return send("POST", "/me/keys", on ? { on: "1" } : {});
}

/** Whether Enter alone sends, or Ctrl and Enter: for this browser, and while storage is forbidden for this page. */
export function keepCtrl(on) {
  try {
    if (on) localStorage.setItem("bandeja:ctrl-enter", "1");
    else localStorage.removeItem("bandeja:ctrl-enter");
  } catch {
    // The box is ticked as long as this page lives.
  }
}

/** To another page: once it is on its way, this one's keys are over. */
export function go(name) {
  const link = document.querySelector(`.rail a.rail-link[href^="/${name.slice("go-".length)}"]`);
  if (!link) return;
  hold(() => new Promise((done) => addEventListener("pageshow", done, { once: true })));
  link.click();
}
