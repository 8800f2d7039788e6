// What is this person's own, as the server tells every page of theirs (`#mine`), and how much of it is read.
const reads = new Map();
const box = () => document.getElementById("mine");

/** Somebody has read so many of a conversation's messages, here or in another tab. */
export function readOf(conv, count) {
  reads.set(conv, Math.max(reads.get(conv) ?? 0, count));
}

/** Meant to be come back to: read only up to here. */
export function unreadFrom(conv, count) {
  reads.set(conv, count);
  const item = document.getElementById(`mine-${conv}`);
  if (item?.dataset.read) item.dataset.read = count;
}

// "f 1795189500 120 …" as `due.js` reads it: by when, from how many seconds on it is soon.
function promisedIn(data) {
  if (!data) return null;
  const [, at, soon] = data.split(" ");
  return { data, at: at * 1000, soon: soon * 1000 };
}

/** Whether the server has told all of it. */
export const isTold = () => "told" in (box()?.dataset ?? {});

/** All of it. */
export function own() {
  return [...(box()?.children ?? [])].map(({ id, dataset }) => {
    const conv = id.slice("mine-".length);
    if (dataset.read) readOf(conv, Number(dataset.read));
    return {
      conv,
      who: dataset.who,
      line: dataset.line,
      queue: dataset.queue,
      inbound: Number(dataset.in),
      unread: Math.max(0, Number(dataset.in) - (reads.get(conv) ?? 0)),
      waits: dataset.waits ? dataset.waits * 1000 : 0,
      promised: promisedIn(dataset.promised),
      shuts: dataset.shuts ? dataset.shuts * 1000 : 0,
      taken: "taken" in dataset,
    };
  });
}
