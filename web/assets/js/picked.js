// Which of the labels under our question the customer picked.
/** Show it in the open thread. */
export function mark() {
  for (const tag of document.querySelectorAll("[data-thread] .pick-tag")) {
    const { message } = tag.closest(".bubble").querySelector(".quote")?.dataset ?? {};
    const labels = message ? document.querySelectorAll(`#m-${CSS.escape(message)} .opts > span:not(.picked)`) : [];
    for (const label of labels) {
      if (label.textContent !== tag.querySelector(".medium").textContent) continue;
      label.classList.add("picked");
      label.prepend(document.getElementById("mark-picked").content.cloneNode(true));
    }
  }
}
