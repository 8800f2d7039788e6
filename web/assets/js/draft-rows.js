// Which rows of the list have a draft of one's own. A row as the server draws it is the same for everybody.
import { PREFIX, fetchAll, load, memory, push, take } from "./drafts.js";

const list = () => document.getElementById("list");

// Conversation → its words.
function rows() {
  const found = new Map();
  const collect = (key, { text }) => text && !key.endsWith(":note") && found.set(key, text);
  for (const [key, one] of memory) collect(key, one);
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) collect(key.slice(PREFIX.length), load(key.slice(PREFIX.length)));
  } catch {
    // Forbidden; the page's own memory has them.
  }
  return found;
}

// Also those that this browser never saw.
async function all() {
  for (const one of await fetchAll("/me/drafts")) take(one);
  for (const key of [...rows().keys()]) if (load(key).dirty) push(key, false);
}

// Rows that say so. The others, thousands maybe, are not looked at.
let marked = new Set();
function draw() {
  const drafts = rows();
  const now = new Set();
  for (const id of new Set([...drafts.keys(), ...marked])) {
    const row = document.getElementById(`row-${id}`);
    const line = row?.querySelector(".l2");
    if (!line) continue;
    const text = drafts.get(id);
    const words = text && row.querySelector("a")?.ariaCurrent !== "true" ? `${list().dataset.draftWord}: ${text.slice(0, 120)}` : null;
    if (words) now.add(id);
    if ((line.dataset.draft ?? null) === words) continue;
    if (words) line.dataset.draft = words;
    else delete line.dataset.draft;
  }
  marked = now;
}

for (const name of ["patched", "opened", "draft-row", "draft-new"]) document.addEventListener(name, draw);
all().then(draw);
