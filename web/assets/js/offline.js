// The strip above the composer that tells how the connection is. Writing goes on either way.
import { say, shout } from "./say.js";
import { t } from "./words.js";

const PATIENCE = 3000;
let timer = 0;
let lost = false;
let shown = false;

function strip(text, ok) {
  for (const element of document.querySelectorAll("#offline")) {
    element.hidden = !text;
    element.textContent = text ?? "";
    element.classList.toggle("ok", Boolean(ok));
  }
}

document.addEventListener("live", ({ detail }) => {
  if (detail === "on") {
    clearTimeout(timer);
    lost = false;
    if (!shown) return strip(null);
    shown = false;
    strip(t("online"), true);
    say(t("online"));
    timer = setTimeout(() => strip(null), 2000);
  } else if (detail === "off" && !lost) {
    // Every try that fails says "off" again; the patience counts from the first.
    lost = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      shown = true;
      strip(t("offline"));
      shout(t("offline"));
    }, PATIENCE);
  }
});
document.addEventListener("opened", () => shown && strip(t("offline")));
