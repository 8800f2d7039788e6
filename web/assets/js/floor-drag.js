// Dragging a conversation onto an agent. The dialog (button, or the key A) does the same without a pointer.
import { agentName, assign, facts, told } from "./floor-assign.js";
import { toast } from "./say.js";

const rows = document.getElementById("floor-conversations");
const agents = document.getElementById("floor-agents");
const allowed = "mayAssign" in document.getElementById("floor").dataset;

let dragged = null;
let over = null;

rows.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.("tr");
  dragged = allowed && row ? facts(row.id.slice("fc-".length)) : null;
  if (!dragged) return event.preventDefault();
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.name);
  event.dataTransfer.setDragImage(ghost(row), 12, 16);
  document.documentElement.dataset.dragging = "";
});

// The picture under the pointer must be in the page for one moment.
function ghost(row) {
  const picture = document.createElement("div");
  picture.className = "drag-ghost floor-ghost";
  picture.append(row.querySelector(".grip").cloneNode(true), dragged.name);
  document.body.append(picture);
  setTimeout(() => picture.remove());
  return picture;
}

const target = (event) => {
  const line = event.target.closest?.("#floor-agents > li");
  return line && line.id.slice("fa-".length) !== dragged?.holder ? line : null;
};

function mark(line) {
  if (line === over) return;
  over?.classList.remove("drop");
  over?.querySelector(".drop-here")?.remove();
  over = line;
  if (!line) return;
  line.classList.add("drop");
  line.firstElementChild.append(document.getElementById("assign-drop").content.cloneNode(true));
}

agents.addEventListener("dragover", (event) => {
  const line = dragged && target(event);
  mark(line);
  if (!line) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
});
agents.addEventListener("dragleave", (event) => agents.contains(event.relatedTarget) || mark(null));
agents.addEventListener("drop", async (event) => {
  const line = dragged && target(event);
  if (!line) return;
  event.preventDefault();
  const [of, person] = [dragged, line.id.slice("fa-".length)];
  mark(null);
  if (!agentName(person)) return;
  const wrong = await assign(of, person);
  if (wrong) toast(wrong, { loud: true });
  else told(of, person);
});
rows.addEventListener("dragend", () => {
  dragged = null;
  mark(null);
  delete document.documentElement.dataset.dragging;
});
