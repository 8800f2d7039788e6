// Lists whose rows held still while they changed: whether all stand where they belong, and putting them there.
import { compare, placeOf } from "./patch.js";

// The elements of an ordered container, with their places.
const standing = (container) => [...container.children].filter(({ dataset }) => dataset.seq).map((element) => ({ element, place: placeOf(container, element) }));

/** Whether all stand where they belong. */
export const isSorted = (container) => standing(container).every(({ place }, at, all) => at === 0 || compare(container, all[at - 1].place, place) <= 0);

/** Put all where they belong. The longest run that stands right already is not touched. */
export function sort(container) {
  const now = standing(container);
  const wanted = now.toSorted((one, other) => compare(container, one.place, other.place));
  wanted.forEach((one, at) => (one.at = at));
  const ends = [];
  for (const one of now) {
    const length = ends.findLastIndex((end) => end.at < one.at) + 1;
    one.before = ends[length - 1];
    ends[length] = one;
  }
  for (let one = ends.at(-1); one; one = one.before) one.stays = true;
  for (const { element, stays, at } of wanted) {
    if (stays) continue;
    if (at) wanted[at - 1].element.after(element);
    else container.prepend(element);
  }
}
