// Words of the viewer's language, handed over by the page.
const page = document.documentElement;
const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
const plural = new Intl.PluralRules(page.lang);

export const lang = page.lang;
export const zone = page.dataset.tz || undefined;

/** The text of a key, with `{name}` filled in. */
export function t(key, fill = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => fill[name] ?? whole);
}

/** The text of a key that comes in `-one` and `-other`, for a number. */
export function n(key, count, fill = {}) {
  const exact = `${key}-${plural.select(count)}`;
  return t(exact in words ? exact : `${key}-other`, { n: count, ...fill });
}
