// What can be done to the open conversation: resolve, take, send again, show the contact, go back.
import { act } from "./act.js";
import { hold, key, when } from "./keys.js";
import { firstSeen } from "./list.js";
import { tellServer } from "./live.js";
import { open, openConversation } from "./panes.js";
import { toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

async function command(button, url, done, fields) {
  if (button.getAttribute("aria-busy") === "true") return false;
  button.setAttribute("aria-busy", "true");
  const answer = await send("POST", url, fields);
  button.removeAttribute("aria-busy");
  if (answer.ok) toast(t(done));
  else toast(answer.error?.message ?? t(answer.status === 403 ? "failed-forbidden" : "failed"), { loud: true });
  return answer.ok;
}

// Most of what is done to a conversation is fetched when it is first asked for.
for (const deed of ["block", "close", "closeWith", "joinWith", "reopen", "snooze", "tags", "unblock", "vendorBlock", "wake"]) {
  act(deed, (button) => when(import("./work.js"), (work) => work[deed](button)));
}
act("claim", (button) => command(button, `/conversations/${openConversation()}/claim`, "claimed"));
act("resend", (button) => command(button, `/messages/${button.dataset.message}/resend`, "resent"));

act("join", (button) => when(import("./work.js"), (work) => work.join(button)));
act("part", async (button) => (await command(button, `/contacts/merges/${button.dataset.merge}/undo`, "parted")) && (await import("./anew.js")).redraw());

const details = () => document.getElementById("details-pane");
const toggleDetails = () => details()?.toggleAttribute("data-open");
act("details", toggleDetails);

// The list's row of a conversation, if it can be seen, else the first before the eyes.
const rowOf = (id) => document.querySelector(`#row-${id}:not(.vh)`);
const focusRow = (id) => (rowOf(id) ?? firstSeen())?.querySelector("a").focus();
const back = () => open(null, { focus: null }).then(() => focusRow());
act("back", (link, event) => {
  event.preventDefault();
  back();
});

const press = (deed) => document.querySelector(`#thread-pane [data-act="${deed}"]:not([hidden])`)?.click();
for (const [name, deed] of [["resolve", "close"], ["resolve-with", "closeWith"], ["snooze", "snooze"], ["tags", "tags"]]) key(name, () => press(deed));

// So are dialogs.
for (const name of ["transfer", "why", "consent", "card"]) act(name, (button) => when(import("./hand.js"), ({ ask }) => ask(button, name)));
act("dialog-close", (button) => button.closest("dialog").close());
key("transfer", () => {
  const button = document.querySelector('[data-act="transfer"]');
  return button?.checkVisibility() ? button.click() : false;
});

// Several at once: the bar of what was chosen comes with the first of them; until then no key is meant for what is open.
const bulk = (run) => void hold(() => import("./bulk.js").then(run, () => toast(t("failed"), { loud: true })), true);
try {
  const going = sessionStorage.getItem("bandeja:bulk");
  if (going) import("./bulk.js").then(({ follow }) => follow(going), () => {}); // the next time
} catch {} // Where the browser keeps nothing.
// Which row was meant is seen now, wherever the hand is once it is loaded.
const chosen = () => document.activeElement?.closest("#list > li") ?? rowOf(openConversation());
function choose(range) {
  const row = chosen();
  bulk((several) => several.choose(row, range));
}
key("choose", () => choose(false));
key("choose-range", () => choose(true));
act("choose", () => bulk((several) => several.start()));
key("back", () => {
  focusRow(openConversation());
  if (!matchMedia("(min-width: 720px)").matches) back();
});
// The menu of the thread's head goes with a choice, and when the hand goes elsewhere.
const more = () => document.querySelector("details.more-menu[open]");
document.addEventListener("click", ({ target }) => {
  const menu = more();
  if (menu && (!menu.contains(target) || target.closest(".menu-item"))) menu.open = false;
});
key("details", toggleDetails);
// For later: it is left, so that it does not count as read at once again.
function unread() {
  const id = openConversation();
  if (!id || !tellServer({ t: "unseen", conv: id })) return false;
  open(null).then(() => focusRow(id));
}
act("unread", unread);
key("unread", unread);
key("leave", () => {
  const menu = more();
  if (!menu) return details()?.removeAttribute("data-open");
  menu.open = false;
  menu.querySelector("summary").focus();
});
