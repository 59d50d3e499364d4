// The room page: opens the bridge in our frame, tells us again and again that the hall is inside,
// follows a move to another bridge, warns before the end, and declares the head-count.

const told = document.body.dataset;
const { heartbeat, place, base } = told;
const main = document.getElementById("main");
const line = document.querySelector("[data-line]");
const form = document.querySelector("[data-headcount]");
const BEAT_SECONDS = 10;
const JITTER_MS = 1000;
const GONE = new Set([403, 404, 410]);
// Only the bridge knows who is inside: an open page is not, before its own door or after it hung up.
let inside = false;
// Who was sent out or not let in is told so by the room; that we hear them well is then no news.
let out = false;
let next = 0;

function show(good) {
  const words = good ? line.dataset.good : line.dataset.bad;
  line.hidden = good && out;
  if (line.dataset.shown === words) return;
  line.dataset.shown = words;
  line.className = `chip ${good ? "ok" : "warn"}`;
  line.textContent = `${good ? "●" : "▲"} ${words}`;
}

const WARNINGS = [[2, "two"], [10, "ten"]];

/** Name what is to be said: of the planned end before it, and after it of when all are sent out. */
function due(left, toClose) {
  const [minutes, kind] = left > 0 ? [left, ""] : [toClose, "shut-"];
  const found = WARNINGS.find(([most]) => minutes <= most);
  if (found) return kind + found[1];
  return kind ? "over" : "";
}

function warn({ now, end, closes }) {
  const until = (moment) => (Date.parse(moment) - Date.parse(now)) / 60000;
  const said = due(until(end), until(closes));
  const place = document.querySelector("[data-warning]");
  const words = said ? `▲ ${place.getAttribute(`data-${said}`)}` : "";
  if (place.textContent !== words) place.textContent = words;
  place.hidden = !said;
}

async function beat() {
  next = 0;
  let seconds = BEAT_SECONDS;
  try {
    const answer = await fetch(heartbeat, { method: "POST", body: new URLSearchParams({ place, inside: inside ? "1" : "" }), credentials: "same-origin", signal: AbortSignal.timeout(8000) });
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
  next = setTimeout(beat, seconds * 1000);
}

/** Beat at once, where no beat is under way. */
function beatNow() {
  if (next) { clearTimeout(next); beat(); }
}

function hear(news) {
  if (news.inside) { inside = true; out = false; beatNow(); }
  if (news.left) { inside = false; out = true; line.hidden = line.dataset.shown === line.dataset.good; }
  if (news.closed) location.assign(base);
  if (news.noScript) showPlain();
}

/** Show a bridge that did not give its script: the hall can take part, but nobody tells us of it. */
function showPlain() {
  const frame = document.createElement("iframe");
  Object.assign(frame, { src: told.url, title: told.title, allow: told.allow, referrerPolicy: "no-referrer" });
  main.append(frame);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) form.querySelector("button").textContent = form.dataset.done;
});

// Loading this page again leads to the hall's page, not to a question whether to send a form twice.
history.replaceState(null, "", base);
beat();
try {
  const { open } = await import(told.kind === "trial" ? "./frame-trial.js" : "./frame-jitsi.js");
  open({ ...told, place: main, locale: document.documentElement.lang, leaves: true, hear });
} catch {
  showPlain();
}
