// Questions that the house answers a few at a time.
import { get } from "./send.js";

const TRIES = 5;
const PAUSE = 1000;

/** Ask as `get` does. Who asks faster than they may, or while too many do, is asked to wait: in a moment it is their turn. */
export async function patiently(url, signal) {
  for (let tries = TRIES; ; tries -= 1) {
    const answer = await get(url, signal);
    if (tries === 1 || ![429, 503].includes(answer.status)) return answer;
    await new Promise((done) => setTimeout(done, PAUSE));
    if (signal?.aborted) return answer;
  }
}
