// A voice note: recorded here with one channel, packed for WhatsApp by the server.
import { act } from "./act.js";
import { beside, mayGo, post, title } from "./outbox.js";
import { openConversation } from "./panes.js";
import { shout, toast } from "./say.js";
import { upload } from "./upload.js";
import { t } from "./words.js";

// Speech at 16 kbit/s: four minutes stay below the 512 kB above which WhatsApp shows a sound file instead.
const RATE = 16_000;
const PLAY_ICON = 512 * 1024;
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus"];

// What was recorded stays with its conversation until it is sent or thrown away: conversation → the recording.
const all = new Map();
const here = () => all.get(openConversation());
const form = () => document.getElementById("composer");
// The recorder stands where an answer is written, and nowhere else.
const canRecord = () => document.querySelector('#dock[data-mode="open"]:not([data-note], [data-pick])');

async function start() {
  if (here() || !form()) return;
  const type = TYPES.find((one) => globalThis.MediaRecorder?.isTypeSupported(one));
  if (!type || !navigator.mediaDevices) return trouble(t("record-unable"));
  const mine = { conv: openConversation(), who: title(), parts: [], bytes: 0 };
  all.set(mine.conv, mine);
  try {
    mine.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  } catch {
    if (mine !== here()) return;
    all.delete(mine.conv);
    return trouble(t("record-denied"));
  }
  // Given up, or somewhere else, since the browser was asked.
  if (mine !== here() || !canRecord()) {
    if (all.get(mine.conv) === mine) all.delete(mine.conv);
    return mine.stream.getTracks().forEach((track) => track.stop());
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
  show(mine);
  form().querySelector('[data-act="record-send"]').focus();
}

function show(mine) {
  form().dataset.recording = "";
  draw(mine);
}

// The window ended, it was handed on, or a note is written: nobody is heard whom no button tells so. What was said stays.
function hidden(mine) {
  stop(mine);
  const { textContent: words } = document.querySelector("#voice-kept > span");
  toast(words, { loud: true });
}

// The level is a picture of what the microphone hears; the time is read out by nobody, it moves too fast.
function draw(mine) {
  if (mine !== here() || !form()) return;
  if (!mine.note && !canRecord()) return hidden(mine);
  const box = form().querySelector(".recorder");
  const samples = new Uint8Array(mine.meter.fftSize);
  if (!mine.note) mine.meter.getByteTimeDomainData(samples);
  const loudest = mine.note ? 0 : samples.reduce((most, one) => Math.max(most, Math.abs(one - 128)), 0) / 128;
  box.querySelector("meter").value = Math.min(1, loudest * 1.6);
  const seconds = Math.floor(((mine.until ?? Date.now()) - mine.since) / 1000);
  box.querySelector("[data-time]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  box.querySelector("[data-long]").hidden = mine.bytes < PLAY_ICON;
  if (!mine.note) setTimeout(() => draw(mine), 80);
}

/** End the recording; what was recorded, each time it is asked for. */
function stop(mine) {
  mine.until ??= Date.now();
  mine.note ??= new Promise((done) => {
    const end = () => {
      mine.stream.getTracks().forEach((track) => track.stop());
      mine.context.close();
      done(new Blob(mine.parts, { type: mine.recorder.mimeType }));
    };
    if (mine.recorder.state === "inactive") return end();
    mine.recorder.onstop = end;
    mine.recorder.stop();
  });
  return mine.note;
}

function close(mine) {
  const open = mine === here();
  all.delete(mine.conv);
  if (!open || !form()) return;
  delete form().dataset.recording;
  document.getElementById("draft")?.focus();
}

function trouble(why) {
  const line = document.getElementById("composer-error");
  if (!line) return;
  line.textContent = why;
  line.hidden = !why;
  if (why) shout(why);
}

act("record", start);
act("record-cancel", () => {
  const mine = here();
  if (!mine) return;
  close(mine);
  if (mine.recorder) stop(mine);
});
act("record-send", async (button) => {
  const mine = here();
  if (!mine?.recorder || mine.going) return;
  const note = stop(mine);
  if (!mayGo(mine.conv, () => button.click())) return;
  const replyTo = beside.get(mine.conv)?.replyTo;
  mine.going = true;
  button.setAttribute("aria-busy", "true");
  trouble("");
  const answer = await upload(mine.conv, await note, { voice: true });
  mine.going = false;
  button.removeAttribute("aria-busy");
  // Thrown away meanwhile.
  if (all.get(mine.conv) !== mine) return;
  if (answer.ok) {
    close(mine);
    return post(mine.conv, "", { file: answer.file, replyTo, who: mine.who, sure: true });
  }
  if (mine === here()) trouble(answer.why);
  else toast(`${mine.who}: ${answer.why}`, { loud: true });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && here() && canRecord()?.contains(event.target)) form().querySelector('[data-act="record-cancel"]').click();
});
document.addEventListener("leaving", () => {
  const mine = here();
  if (mine?.recorder) stop(mine);
  else if (mine) all.delete(mine.conv);
});
document.addEventListener("opened", () => here() && form() && show(here()));
