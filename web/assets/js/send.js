// Every request that changes something leaves through here: token, idempotency key, one way of failing.
const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

/**
 * Send a command. Never throws: answers `{ ok, status, text, error }`, where status 0 means that nobody knows
 * whether the server heard it. Sending the same `key` again is harmless.
 */
export const send = (method, url, fields = {}, key = crypto.randomUUID()) =>
  exchange(url, {
    method,
    body: fields instanceof Blob ? fields : "content" in fields ? JSON.stringify(fields) : new URLSearchParams(fields),
    headers: {
      ...("content" in fields && { "Content-Type": "application/json" }),
      "X-CSRF": csrf,
      "Idempotency-Key": key,
    },
  });

/** Ask for what the server draws or knows; answers as {@link send} does. */
export const get = (url, signal) => exchange(url, { signal });

async function exchange(url, { headers, signal = AbortSignal.timeout(20_000), ...more }) {
  try {
    const answer = await fetch(url, { headers: { ...headers, "HX-Request": "true" }, signal, ...more });
    const text = await answer.text();
    const error = answer.ok ? null : refusal(text);
    // Signed in again in another tab: this page's token is the old one's, as good as none.
    const status = error?.code === "stale_form" ? 401 : answer.status;
    if (status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
    return { ok: answer.ok, status, text, error };
  } catch {
    return { ok: false, status: 0, text: "", error: null };
  }
}

/** What is more than words: `send` takes it as JSON. */
export const json = (value) => new Blob([JSON.stringify(value)], { type: "application/json" });

// {"error":"window_closed","message":"…"}; anything else is no sentence for a person.
function refusal(text) {
  try {
    const { error, message } = JSON.parse(text);
    return { code: error, message };
  } catch {
    return null;
  }
}
