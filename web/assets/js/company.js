// Two at one conversation: telling others that somebody looks or writes here. Who else is there is drawn by the server.
import { isLive, tellServer } from "./live.js";
import { openConversation } from "./panes.js";

const EVERY = 4000;

const field = () => document.getElementById("draft");
let typing = { in: null, at: 0 };

function look() {
  const conv = openConversation();
  if (conv) tellServer({ t: "look", conv, on: !document.hidden });
}
document.addEventListener("visibilitychange", look);
document.addEventListener("live", ({ detail }) => detail === "on" && document.hidden && look());
// This came after the line.
if (document.hidden && isLive()) look();

document.addEventListener("input", ({ target }) => {
  if (target !== field() || !target.value.trim()) return;
  // A note is answered by nobody: who reads it is not kept from writing.
  if (document.getElementById("dock").hasAttribute("data-note")) return;
  const conv = openConversation();
  if (typing.in === conv && Date.now() - typing.at < EVERY) return;
  // For colleagues alone; the composer tells the customer.
  if (tellServer({ t: "typing", conv, note: true })) typing = { in: conv, at: Date.now() };
});

function rest() {
  if (!typing.in) return;
  tellServer({ t: "typing", conv: typing.in, on: false });
  typing = { in: null, at: 0 };
}
document.addEventListener("patched", () => field()?.value.trim() || rest());
document.addEventListener("leaving", rest);
