// The room page: tells us again and again that the hall is here, follows a move to another bridge,
// warns before the end, and declares the head-count without leaving the room.

const { heartbeat, origin, place, base } = document.body.dataset;
const line = document.querySelector("[data-line]");
const frame = document.querySelector("iframe");
const form = document.querySelector("[data-headcount]");
const BEAT_SECONDS = 10;
const JITTER_MS = 1000;
const GONE = new Set([403, 404, 410]);

function show(good) {
  const words = good ? line.dataset.good : line.dataset.bad;
  if (line.dataset.shown === words) return;
  line.dataset.shown = words;
  line.className = `chip ${good ? "ok" : "warn"}`;
  line.textContent = `${good ? "●" : "▲"} ${words}`;
}

const WARNINGS = [[2, "two"], [10, "ten"]];

function warn({ now, end }) {
  const left = (Date.parse(end) - Date.parse(now)) / 60000;
  const due = left > 0 ? WARNINGS.find(([minutes]) => left <= minutes) : undefined;
  const place = document.querySelector("[data-warning]");
  const words = due ? `▲ ${place.dataset[due[1]]}` : "";
  if (place.textContent !== words) place.textContent = words;
  place.hidden = !due;
}

async function beat() {
  let seconds = BEAT_SECONDS;
  try {
    const answer = await fetch(heartbeat, { method: "POST", body: new URLSearchParams({ place }), credentials: "same-origin", signal: AbortSignal.timeout(8000) });
    if (GONE.has(answer.status)) { location.replace(base); return; }
    show(answer.ok);
    const news = answer.ok ? await answer.json() : {};
    if (news.end) warn(news);
    // The bridge is in doubt: we are told to ask more often.
    seconds = news.again ?? seconds;
    if (news.place && news.place !== place) { setTimeout(() => document.querySelector("[data-again]").submit(), Math.random() * JITTER_MS); return; }
  } catch {
    show(false);
  }
  setTimeout(beat, seconds * 1000);
}

addEventListener("message", (event) => {
  // Only the bridge we framed may speak; anything else on the page is ignored.
  if (event.source !== frame.contentWindow || event.origin !== origin) return;
  if (event.data?.event === "left") location.assign(base);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) form.querySelector("button").textContent = form.dataset.done;
});

// Loading this page again leads to the hall's page, not to a question whether to send a form twice.
history.replaceState(null, "", base);
beat();
