// A file on its way to the server, with its progress.
import { t } from "./words.js";

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

/** Send a file; answers `{ ok, file, why }` and never throws. `signal` gives it up. */
export function upload(conv, blob, { name = "", voice = false, progress, signal } = {}) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const asked = new URLSearchParams({ name, type: blob.type, voice });
    request.open("POST", `/conversations/${conv}/files?${asked}`);
    request.setRequestHeader("X-CSRF", csrf);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => progress?.(total ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
      const ok = request.status === 201;
      done({ ok, file: ok ? request.response : null, why: ok ? "" : (request.response?.message ?? t("failed")) });
    };
    request.onerror = () => done({ ok: false, file: null, why: t("not-uploaded") });
    request.onabort = () => done({ ok: false, file: null, why: "" });
    signal?.addEventListener("abort", () => request.abort());
    request.send(blob);
  });
}
