// Setting a presence, one's own or a colleague's. The new look arrives on the socket, as for every other tab.
import { say, toast } from "./say.js";
import { send } from "./send.js";
import { t } from "./words.js";

/** One's own, or that of the person the button names. */
export async function set(button) {
  const { to: state, code = "", person } = button.dataset;
  const answer = await send("PUT", person ? `/people/${person}/presence` : "/me/presence", { state, code });
  if (!answer.ok) toast(answer.error?.message ?? t("failed"), { loud: true });
  else if (person) location.reload();
  else say(t(code ? "presence-set" : `presence-${state}`));
}

/** What had to be written up is. */
export async function endWrapUp(button) {
  button.disabled = true;
  const answer = await send("POST", "/me/wrap-up/end", {});
  button.disabled = false;
  if (answer.ok) say(t("wrap-up-ended"));
  else toast(answer.error?.message ?? t("failed"), { loud: true });
}
