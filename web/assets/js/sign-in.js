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
