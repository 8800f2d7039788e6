// Sounds in bubbles: one player for the page, which goes on when its bubble is drawn anew.
import { act } from "./act.js";

const audio = new Audio();
let playing = "";

const all = (id) => document.querySelectorAll(`[data-sound="${id}"]`);
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const length = (box) => Number(box.dataset.seconds) || (Number.isFinite(audio.duration) ? audio.duration : 0);

function draw() {
  for (const box of all(playing)) {
    const whole = length(box);
    box.querySelector("use").setAttribute("href", audio.paused ? "#i-play" : "#i-pause");
    box.querySelector(".seek").value = whole ? (audio.currentTime / whole) * 100 : 0;
    box.querySelector("[data-time]").textContent = clock(audio.currentTime || whole);
  }
}

// What was playing goes back to its beginning.
function leave() {
  audio.pause();
  audio.currentTime = 0;
  draw();
}

act("play", (button) => {
  const id = button.closest("[data-sound]").dataset.sound;
  if (id !== playing) {
    if (playing) leave();
    playing = id;
    audio.src = `/files/${id}`;
  }
  if (audio.paused) audio.play().catch(draw);
  else audio.pause();
});
document.addEventListener("input", ({ target }) => {
  if (!target.matches(".seek")) return;
  const box = target.closest("[data-sound]");
  if (box.dataset.sound !== playing) {
    if (playing) leave();
    playing = box.dataset.sound;
    audio.src = `/files/${playing}`;
  }
  const whole = length(box);
  if (whole) audio.currentTime = (target.value / 100) * whole;
});
for (const event of ["play", "pause", "timeupdate", "durationchange"]) audio.addEventListener(event, draw);
audio.addEventListener("ended", leave);
document.addEventListener("patched", () => playing && draw());
document.addEventListener("leaving", () => {
  if (playing) leave();
  playing = "";
});
