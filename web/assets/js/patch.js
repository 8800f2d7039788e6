// Applying HTML of the server: three ways, idempotent, newer never overwritten by older.
// This is the one place of the page that turns text into markup.
const policy = globalThis.trustedTypes?.createPolicy("bandeja", { createHTML: (html) => html }) ?? {
  createHTML: (html) => html,
};

// What the viewer did to an element and no push may undo.
const KEPT = new Set(["open", "data-quoted"]);

/** The elements of a fragment that this origin's server rendered. */
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return template.content;
}

/** A whole page of this origin's server, as a document apart. */
export function parsePage(html) {
  return new DOMParser().parseFromString(policy.createHTML(html), "text/html");
}

const version = (element) => Number(element.dataset.v ?? 0);

/** Apply the updates of a frame in order, then tell the page's modules once. */
export function apply(updates) {
  const touched = [];
  for (const { to, how, h } of updates) {
    if (how === "gone" || how === "stale") document.dispatchEvent(new CustomEvent(how, { detail: to }));
    const target = document.getElementById(to);
    if (!target) continue;
    if (how === "delete") remove(target);
    else if (how === "morph") {
      const next = fragment(h).firstElementChild;
      if (next && version(next) >= version(target)) touched.push(morph(target, next));
    } else touched.push(...place(target, fragment(h), target.dataset.hold === "still"));
  }
  announce(touched);
}

/** Tell the page's modules that these elements are new or changed. */
export function announce(elements) {
  document.dispatchEvent(new CustomEvent("patched", { detail: elements }));
}

/** Where an element of an ordered container stands, for {@link compare}. */
export const placeOf = ({ dataset: { by } }, element) => [element.dataset[by] ?? "", element.dataset.seq];
/** Which of two places of a container comes first: negative, zero or positive. */
export function compare({ dataset: { order } }, [by, seq], [than, other]) {
  if (by !== than) return by < than ? -1 : 1;
  if (seq === other) return 0;
  return seq < other === (order !== "desc") ? -1 : 1;
}

/** Whether a place is beyond what of a container is on the page: its `span`, after which place to which, where there is more. */
export function isBeyond(container, at) {
  const [from, to] = container.span ?? [];
  return Boolean((from && compare(container, at, from) <= 0) || (to && compare(container, at, to) > 0));
}

/**
 * Put elements into an ordered container, each once, wherever it came from first. What is new and beyond its span is not;
 * what is new may be put `last`, whatever its place.
 */
export function place(container, content, last = false) {
  const placed = [];
  for (const node of [...content.children]) {
    const old = node.id && document.getElementById(node.id);
    const drawn = node.dataset.client && document.getElementById(`p-${node.dataset.client}`);
    if (old) {
      if (version(node) < version(old)) continue;
      const moved = compare(container, placeOf(container, old), placeOf(container, node)) !== 0;
      placed.push(morph(old, node));
      if (moved && !("hold" in container.dataset)) insert(container, old);
    } else if (!isBeyond(container, placeOf(container, node))) {
      drawn?.remove();
      if (last) container.append(node);
      else insert(container, node);
      placed.push(node);
    }
  }
  return placed;
}

/** Put an element where it belongs ({@link compare}). What has no `data-seq` is left where it is. */
export function insert(container, node) {
  const here = placeOf(container, node);
  const stands = (other) => other !== node && other.dataset.seq;
  const after = (other) => compare(container, placeOf(container, other), here) > 0;
  // Most come in near one end; a list of thousands is not looked through for each.
  if (container.dataset.order === "desc") {
    let next = container.firstElementChild;
    while (next && !(stands(next) && after(next))) next = next.nextElementSibling;
    if (next) return next.before(node);
  }
  let last = container.lastElementChild;
  while (last && !(stands(last) && !after(last))) last = last.previousElementSibling;
  const first = last ? null : [...container.children].find(stands);
  if (last) last.after(node);
  else if (first) first.before(node);
  else container.prepend(node);
}

/** Take an element away. A focused one stays, dimmed, until the focus leaves it; if it came back meanwhile, it stays. */
export function remove(element) {
  if (!element.contains(document.activeElement)) return element.remove();
  element.dataset.leaving = "";
  // Later: the focus also leaves when somebody else is taking the element away.
  element.addEventListener("focusout", () => queueMicrotask(() => "leaving" in element.dataset && element.remove()), { once: true });
}

/** Make one element like another and keep its identity: focus, selection and open menus live on. */
export function morph(element, next) {
  for (const { name } of [...element.attributes]) {
    if (!next.hasAttribute(name) && !KEPT.has(name)) element.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
  let child = element.firstChild;
  for (const wanted of [...next.childNodes]) {
    const same = child && child.nodeName === wanted.nodeName && (child.id ?? "") === (wanted.id ?? "");
    if (!same) {
      element.insertBefore(wanted, child);
      continue;
    }
    if (child.nodeType === Node.ELEMENT_NODE) morph(child, wanted);
    else if (child.nodeValue !== wanted.nodeValue) child.nodeValue = wanted.nodeValue;
    child = child.nextSibling;
  }
  while (child) {
    const rest = child.nextSibling;
    // What the page itself put there stays.
    if (!("own" in (child.dataset ?? {}))) child.remove();
    child = rest;
  }
  return element;
}
