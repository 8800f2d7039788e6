// Show the password while typing it. Without this script the form works as well.
const button = document.querySelector('[data-act="show-password"]');
const field = document.getElementById("password");
if (button && field) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
}

// Keys and recovery codes are copied and printed where that is allowed.
for (const one of document.querySelectorAll('[data-act="copy-text"]')) {
  one.hidden = !navigator.clipboard;
  one.addEventListener("click", async () => {
    await navigator.clipboard.writeText(one.dataset.text);
    const word = one.querySelector("[data-done]");
    word.textContent = word.dataset.done;
  });
}
const print = document.querySelector('[data-act="print"]');
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
