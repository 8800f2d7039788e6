// Which rows of the list have a draft of one's own. A row as the server draws it is the same for everybody.
import { all, rows } from "./drafts.js";

const list = () => document.getElementById("list");

function draw() {
  const drafts = rows();
  for (const row of list()?.children ?? []) {
    const text = drafts.get(row.id.slice("row-".length));
    const words = text && row.querySelector("a")?.ariaCurrent !== "true" ? `${list().dataset.draftWord}: ${text.slice(0, 120)}` : null;
    const line = row.querySelector(".l2");
    if (!line || (line.dataset.draft ?? null) === words) continue;
    if (words) line.dataset.draft = words;
    else delete line.dataset.draft;
  }
}

for (const name of ["patched", "opened", "draft-row", "draft-new"]) document.addEventListener(name, draw);
all().then(draw);
