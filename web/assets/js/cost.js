// What the next answer costs, beside the field; nothing stands there while it is free.
import { openConversation } from "./panes.js";
import { get } from "./send.js";

// With so few free ones left this month each answer may be the one that costs.
const FEW = 50;
let left = Infinity;

async function ask() {
  const conv = openConversation();
  const line = document.getElementById("reply-cost");
  if (!line) return;
  const answer = await get(`/conversations/${conv}/cost`);
  if (!answer.ok || conv !== openConversation()) return;
  const told = JSON.parse(answer.text);
  left = told.left ?? Infinity;
  line.hidden = !told.words;
  line.firstElementChild.textContent = told.words ?? "";
  line.lastElementChild.textContent = told.about;
  line.title = told.about;
}

document.addEventListener("opened", ask);
document.addEventListener("given", () => left < FEW && ask());
ask();
