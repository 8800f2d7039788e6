// Styles that are fetched with what they are for.
/** Have a stylesheet of this name, and wait until it is there. */
export async function sheet(name) {
  if (document.querySelector(`link[href$="/css/${name}.css"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(`../css/${name}.css`, import.meta.url).href;
  const drawn = new Promise((done) => ["load", "error"].forEach((end) => link.addEventListener(end, done, { once: true })));
  document.head.append(link);
  await drawn;
}
