// Sounds in bubbles: one player for the page, which goes on when its bubble is drawn anew, as fast as the person likes.
import { write } from "./clocks.js";
import { t } from "./words.js";

const audio = new Audio();
const RATES = [1, 1.5, 2];
const SPEED = "bandeja:speed";
let playing = "";

const all = (id) => document.querySelectorAll(`[data-sound="${id}"]`);
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const length = (box) => Number(box.dataset.seconds) || (Number.isFinite(audio.duration) ? audio.duration : 0);

function draw() {
  for (const box of all(playing)) {
    const whole = length(box);
    const seek = box.querySelector(".seek");
    box.querySelector("use").setAttribute("href", audio.paused ? "#i-play" : "#i-pause");
    seek.value = whole ? (audio.currentTime / whole) * 100 : 0;
    seek.setAttribute("aria-valuetext", t("of", { n: clock(audio.currentTime), name: clock(whole) }));
    box.querySelector("[data-time]").textContent = clock(audio.currentTime || whole);
  }
}

// What was playing goes back to its beginning.
function leave() {
  audio.pause();
  audio.currentTime = 0;
  draw();
}

// How fast sounds play for this person.
function speed() {
  try {
    return Number(localStorage.getItem(SPEED)) || 1;
  } catch {
    return audio.defaultPlaybackRate;
  }
}

/** Show it on every player. */
export function drawSpeed() {
  const words = `${speed()}×`;
  for (const button of document.querySelectorAll(".speed")) write(button, words);
}

function take(box) {
  const id = box.dataset.sound;
  if (id === playing) return;
  if (playing) leave();
  playing = id;
  audio.src = `/files/${id}`;
  audio.defaultPlaybackRate = audio.playbackRate = speed();
}

/** Play or pause the sound of a button. */
export function play(button) {
  take(button.closest("[data-sound]"));
  if (audio.paused) audio.play().catch(draw);
  else audio.pause();
}

/** Go to where its bar stands. */
export function seek(bar) {
  const box = bar.closest("[data-sound]");
  take(box);
  const whole = length(box);
  if (whole) audio.currentTime = (bar.value / 100) * whole;
  draw();
}

/** The next of the speeds, from now on and for all. */
export function faster() {
  const rate = RATES[(RATES.indexOf(speed()) + 1) % RATES.length];
  audio.defaultPlaybackRate = audio.playbackRate = rate;
  try {
    localStorage.setItem(SPEED, rate);
  } catch {
    // It holds as long as this page.
  }
  drawSpeed();
}

for (const event of ["play", "pause", "timeupdate", "durationchange"]) audio.addEventListener(event, draw);
audio.addEventListener("ended", leave);
document.addEventListener("patched", () => playing && draw());
document.addEventListener("leaving", () => {
  if (playing) leave();
  playing = "";
});
