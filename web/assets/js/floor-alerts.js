// What calls for a supervisor: said once when it comes, and seen by one for all of them.
import { act } from "./act.js";
import { say, toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

const list = document.getElementById("floor-alerts");
const badge = document.querySelector("[data-alert-count]");
const what = (item) => [...item.querySelectorAll(".alert-what")].map((line) => line.textContent).join(". ");
const about = (item) => `${item.id} ${what(item)}`;
const known = new Set([...list.children].map(about));

function tell() {
  const items = [...list.children].filter((item) => !("leaving" in item.dataset));
  badge.hidden = items.length === 0;
  badge.textContent = items.length;
  const fresh = items.filter((item) => !known.has(about(item)));
  known.clear();
  for (const item of items) known.add(about(item));
  // One sentence at a time; who looks sees the rest.
  const [first] = fresh;
  if (first) say(t("alert-new", { name: first.querySelector(".alert-who").textContent, text: what(first) }));
}
document.addEventListener("patched", tell);

act("alert-seen", async (button) => {
  if (button.getAttribute("aria-busy") === "true") return;
  const item = button.closest("li");
  const next = item.nextElementSibling ?? item.previousElementSibling;
  button.setAttribute("aria-busy", "true");
  const answer = await send("POST", `/conversations/${button.dataset.conversation}/alerts/seen`);
  button.removeAttribute("aria-busy");
  if (!answer.ok) return toast(answer.error?.message ?? t(answer.status === 403 ? "failed-forbidden" : "failed"), { loud: true });
  toast(t("alert-seen"));
  // The item goes with the next frame; the focus goes on to its neighbour.
  if (item.contains(document.activeElement)) (next?.querySelector("a") ?? list).focus();
});
