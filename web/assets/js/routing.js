// Forms of the routing: one more row, copied from the empty one at the end.
import { act } from "./act.js";

act("row-add", (button) => {
  const rows = button.closest("section").querySelector("[data-rows]");
  const row = rows.lastElementChild.cloneNode(true);
  for (const field of row.querySelectorAll("[name]")) {
    field.name = field.name.replace(/\.(\d+)\./, (_, at) => `.${Number(at) + 1}.`);
    if (field.type === "checkbox") field.checked = false;
    else if (field.tagName === "SELECT") field.selectedIndex = [...field.options].findIndex((option) => option.defaultSelected);
    else if (field.type !== "hidden" || !field.defaultValue) field.value = "";
    if (field.selectedIndex === -1) field.selectedIndex = 0;
  }
  rows.append(row);
  row.querySelector("select, input:not([type=hidden]), textarea")?.focus();
});
for (const button of document.querySelectorAll('fieldset:not([disabled]) [data-act="row-add"]')) button.hidden = false;
