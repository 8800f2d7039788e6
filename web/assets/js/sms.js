// How many segments a text takes as SMS: what is paid for (twilio.md §11).
const BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const TWICE = "^{}\\[~]|€\f";

/** The segments of a text: 160 or 153 letters of the phones' own alphabet, 70 or 67 of any other. */
function segments(text) {
  if (!text) return 0;
  let units = 0;
  for (const letter of text) {
    if (BASIC.includes(letter)) units += 1;
    else if (TWICE.includes(letter)) units += 2;
    else return parts(text.length, 70, 67);
  }
  return parts(units, 160, 153);
}
/** Show how long it is, and how many times it is paid for. */
export function tell(element, text) {
  const count = segments(text);
  if (count < 2) return;
  element.hidden = false;
  element.textContent = `${[...text].length} · ${count} SMS`;
}
const parts = (units, one, many) => (units <= one ? 1 : Math.ceil(units / many));
