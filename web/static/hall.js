// The hall's page: the countdown, and a look at camera, microphone and line.  Camera and microphone
// are asked for only after a press, and let go when the page is left.

const clock = document.querySelector("[data-until]");
const LOUD_ENOUGH = 6;
const WEAK_MS = 400;
const TRIES = 5;
let stream = null;

function countdown() {
  const drift = Date.parse(clock.dataset.now) - Date.now();
  const until = Date.parse(clock.dataset.until);
  const end = Date.parse(clock.dataset.end);
  const words = document.querySelector("[data-clock-words]");
  const pad = (n) => String(n).padStart(2, "0");
  const tick = () => {
    const left = Math.round((until - Date.now() - drift) / 1000);
    if ("reload" in clock.dataset && left <= 0) { clearInterval(timer); setTimeout(() => location.reload(), 500 + Math.random() * 1500); }
    const s = Math.abs(left);
    clock.textContent = `${pad(Math.floor(s / 3600))}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
    if (words) words.textContent = left > 0 ? words.dataset.before : Date.now() + drift > end ? words.dataset.over : words.dataset.after;
  };
  const timer = setInterval(tick, 1000);
  tick();
}

function check(name, state, words) {
  const chip = document.querySelector(`[data-check=${name}]`);
  const place = chip.querySelector("[data-words]");
  chip.className = `chip ${state}`;
  chip.querySelector(".mark").textContent = { ok: "●", warn: "▲", bad: "✕" }[state];
  place.textContent = place.dataset[words];
}

async function testLine() {
  const times = [];
  try {
    for (let n = 0; n < TRIES; n += 1) {
      const start = performance.now();
      await fetch("/healthz", { cache: "no-store" });
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    if (times[Math.floor(TRIES / 2)] > WEAK_MS) check("line", "warn", "weak");
    else check("line", "ok", "good");
  } catch {
    check("line", "bad", "bad");
  }
}

function meter(media) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const level = document.getElementById("level");
  const samples = new Uint8Array(analyser.fftSize);
  let heard = false;
  context.createMediaStreamSource(media).connect(analyser);
  const draw = () => {
    analyser.getByteTimeDomainData(samples);
    const loud = Math.min(100, Math.max(...samples.map((s) => Math.abs(s - 128))) * 1.2);
    level.value = loud;
    if (!heard && loud > LOUD_ENOUGH) { heard = true; check("microphone", "ok", "good"); }
    if (media.active) requestAnimationFrame(draw); else context.close();
  };
  check("microphone", "warn", "quiet");
  draw();
}

function beep() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const gain = context.createGain();
  gain.gain.value = 0.2;
  tone.frequency.value = 523;
  tone.connect(gain).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.8);
  tone.onended = () => context.close();
}

async function look(button) {
  stream?.getTracks().forEach((track) => track.stop());
  document.querySelector("[data-denied]").hidden = true;
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const has = (kind) => devices.some((device) => device.kind === kind);
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: has("videoinput"), audio: has("audioinput") });
  } catch (error) {
    document.querySelector("[data-denied]").hidden = error.name !== "NotAllowedError";
    check("camera", "bad", "bad");
    check("microphone", "bad", "bad");
    return;
  } finally {
    button.textContent = button.dataset.again;
  }
  document.querySelector("[data-look]").hidden = false;
  document.querySelector("[data-video]").srcObject = stream;
  if (stream.getVideoTracks().length) check("camera", "ok", "good"); else check("camera", "bad", "bad");
  if (stream.getAudioTracks().length) meter(stream); else check("microphone", "bad", "bad");
}

if (clock) countdown();
const button = document.querySelector("[data-test]");
if (button) {
  testLine();
  if (navigator.mediaDevices?.getUserMedia) {
    button.hidden = false;
    button.addEventListener("click", () => look(button));
    document.querySelector("[data-speaker]").addEventListener("click", beep);
    addEventListener("pagehide", () => stream?.getTracks().forEach((track) => track.stop()));
  }
}
