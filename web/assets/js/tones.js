// Small sounds, made and not fetched. Loaded with the first of them, after somebody has touched the page.
const audio = new AudioContext();

// Notes of a tone: at which second, which frequency, how long, which wave.
const TONES = {
  chime: [[0, 659, 0.35, "sine"], [0.14, 880, 0.5, "sine"]],
  drop: [[0, 988, 0.18, "triangle"]],
  knock: [[0, 196, 0.09, "triangle"], [0.16, 196, 0.09, "triangle"]],
  bell: [[0, 523, 1.1, "sine"], [0, 1046, 0.7, "sine"], [0, 1570, 0.35, "sine"]],
};

/** Play one, as loud as somebody wants it, in percent. */
export async function play(tone, volume) {
  if (audio.state !== "running") await audio.resume().catch(() => {});
  const notes = TONES[tone];
  if (audio.state !== "running" || !notes) return;
  document.dispatchEvent(new CustomEvent("rang", { detail: tone }));
  for (const [at, frequency, length, type] of notes) {
    const begin = audio.currentTime + at;
    const gain = audio.createGain();
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime((volume / 100) * 0.3, begin + 0.012);
    gain.gain.exponentialRampToValueAtTime(0.0001, begin + length);
    const wave = new OscillatorNode(audio, { frequency, type });
    wave.connect(gain).connect(audio.destination);
    wave.start(begin);
    wave.stop(begin + length);
  }
}
