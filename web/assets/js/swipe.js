// A message that is swept aside is answered. Loaded with the first touch.
import { can, choose } from "./quote.js";

const FAR = 60;
const STRAIGHT = 30;
let from = null;

document.addEventListener("touchstart", ({ target, touches: [{ clientX, clientY }] }) => (from = { target, clientX, clientY }), { passive: true });
document.addEventListener(
  "touchend",
  ({ changedTouches: [{ clientX, clientY }] }) => {
    const message = from?.target.closest?.('[data-thread] > .msg[id^="m-"]');
    if (message && can() && clientX - from.clientX > FAR && Math.abs(clientY - from.clientY) < STRAIGHT) choose(message);
  },
  { passive: true },
);
