// A voice note: recorded here with one channel, packed for WhatsApp by the server.
import { act } from "./act.js";
import { post } from "./outbox.js";
import { openConversation } from "./panes.js";
import { shout } from "./say.js";
import { upload } from "./upload.js";
import { t } from "./words.js";

// Speech at 16 kbit/s: four minutes stay below the 512 kB above which WhatsApp shows a sound file instead.
const RATE = 16_000;
const PLAY_ICON = 512 * 1024;
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus"];

let current = null;
const form = () => document.getElementById("composer");

async function start() {
  if (current || !form()) return;
  const type = TYPES.find((one) => globalThis.MediaRecorder?.isTypeSupported(one));
  if (!type || !navigator.mediaDevices) return trouble(t("record-unable"));
  const mine = (current = { conv: openConversation(), parts: [], bytes: 0 });
  try {
    mine.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  } catch {
    current = null;
    return trouble(t("record-denied"));
  }
  mine.recorder = new MediaRecorder(mine.stream, { mimeType: type, audioBitsPerSecond: RATE });
  mine.recorder.ondataavailable = ({ data }) => {
    mine.parts.push(data);
    mine.bytes += data.size;
  };
  mine.context = new AudioContext();
  mine.meter = mine.context.createAnalyser();
  mine.meter.fftSize = 512;
  mine.context.createMediaStreamSource(mine.stream).connect(mine.meter);
  mine.since = Date.now();
  mine.recorder.start(500);
  trouble("");
  form().dataset.recording = "";
  form().querySelector('[data-act="record-send"]').focus();
  draw(mine);
}

// The level is a picture of what the microphone hears; the time is read out by nobody, it moves too fast.
function draw(mine) {
  if (mine !== current || !form()) return;
  const samples = new Uint8Array(mine.meter.fftSize);
  mine.meter.getByteTimeDomainData(samples);
  const loudest = samples.reduce((most, one) => Math.max(most, Math.abs(one - 128)), 0) / 128;
  const box = form().querySelector(".recorder");
  box.querySelector("meter").value = Math.min(1, loudest * 1.6);
  const seconds = Math.floor((Date.now() - mine.since) / 1000);
  box.querySelector("[data-time]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  box.querySelector("[data-long]").hidden = mine.bytes < PLAY_ICON;
  setTimeout(() => draw(mine), 80);
}

function stop(mine) {
  return new Promise((done) => {
    const end = () => {
      mine.stream.getTracks().forEach((track) => track.stop());
      mine.context.close();
      done(new Blob(mine.parts, { type: mine.recorder.mimeType }));
    };
    if (mine.recorder.state === "inactive") return end();
    mine.recorder.onstop = end;
    mine.recorder.stop();
  });
}

function leave() {
  const mine = current;
  current = null;
  if (form()) delete form().dataset.recording;
  return mine;
}

function trouble(why) {
  const line = document.getElementById("composer-error");
  if (!line) return;
  line.textContent = why;
  line.hidden = !why;
  if (why) shout(why);
}

act("record", start);
act("record-cancel", async () => {
  const mine = leave();
  if (mine?.recorder) await stop(mine);
  document.getElementById("draft")?.focus();
});
act("record-send", async (button) => {
  const mine = current;
  if (!mine?.recorder || button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const note = await stop(mine);
  const answer = await upload(mine.conv, note, { voice: true });
  button.removeAttribute("aria-busy");
  if (current === mine) leave();
  if (answer.ok) post(mine.conv, "", { file: answer.file });
  else trouble(answer.why);
  document.getElementById("draft")?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && current && form()?.contains(event.target)) form().querySelector('[data-act="record-cancel"]').click();
});
document.addEventListener("leaving", () => {
  const mine = leave();
  if (mine?.recorder) stop(mine);
});
