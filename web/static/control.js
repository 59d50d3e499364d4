// The control page: opens the bridge in the frame, shows who is there and whose microphone is on,
// and carries out what a button asks.  Each press is written down by the service first, then done
// inside the room, and only what was seen to happen is reported as done.  Every few seconds it says
// that it is in the room, does what programs asked for, and follows a room that has moved.

const page = document.querySelector("[data-control]");
const told = page.dataset;
const said = page.querySelector("[data-said]");
const list = page.querySelector(".leads");
const where = document.getElementById("l-where");
const SEEN_MS = 9000;
const RECORDER_MS = 95000;
const BEAT_SECONDS = 5;
const JITTER_MS = 1000;
const OVER = 410;

const people = new Map();
const running = { record: false, stream: false };
const refused = { record: false, stream: false };
const waiting = new Set();
let inside = false;

const LOOKS = { "seen-inside": "ok", inside: "ok", unseen: "warn", moved: "warn", "not-inside": "warn", left: "warn", failed: "bad", forbidden: "bad", "not-available": "bad", "no-stream": "bad", "recorder-refused": "bad", "no-script": "bad" };

function say(key) {
  said.className = `note ${LOOKS[key] ?? ""}`.trim();
  said.textContent = said.dataset[key.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())];
}

/** Return the short names of each hall, as the service last told them. */
function halls() {
  const pairs = where.textContent.trim().split(" ").filter(Boolean).map((one) => one.split(":"));
  return new Map(pairs.map(([site, names]) => [site, names.split(",")]));
}

function drawHall(row, names) {
  const there = (names ?? []).filter((name) => people.has(name));
  const heard = there.map((name) => people.get(name).on);
  const state = !inside ? "unknown" : !there.length ? "away" : heard.includes(true) ? "on" : heard.includes(undefined) ? "inside" : "off";
  row.querySelector("[data-mic]").textContent = list.dataset[state];
  const mark = row.querySelector("[data-mark]");
  const isThere = ["on", "inside", "off"].includes(state);
  mark.textContent = isThere ? "●" : "○";
  mark.className = `mark ${state === "off" || !isThere ? "dim" : "ok"}`;
  row.querySelector("button").disabled = !isThere;
  return state;
}

function draw() {
  const names = halls();
  const states = [...list.children].map((row) => drawHall(row, names.get(row.dataset.site)));
  const count = page.querySelector("[data-count]");
  count.textContent = inside ? `${states.filter((state) => state === "on").length} ${count.dataset.words}` : "";
  for (const button of page.querySelectorAll("[data-needs-inside]")) button.disabled = !inside;
  for (const kind of ["record", "stream"]) page.querySelector(`[data-on=${kind}]`).hidden = !running[kind];
  for (const look of [...waiting]) look();
}

function hear(news) {
  if (news.inside) { inside = true; say("inside"); beat(); }
  if (news.came) people.set(news.came, { raw: news.raw ?? news.came, on: news.on });
  if (news.went) people.delete(news.went);
  if (news.heard && people.has(news.heard)) people.get(news.heard).on = news.on;
  if (news.recording) {
    running[news.recording] = news.on;
    refused[news.recording] = news.refused;
  }
  if (news.left || news.noScript) {
    inside = false;
    people.clear();
    say(news.left ? "left" : "no-script");
  }
  draw();
}

/** Wait until something is seen in the room, or not any longer. */
function until(isSo, patience) {
  return new Promise((resolve) => {
    const end = (found) => { waiting.delete(look); clearTimeout(timer); resolve(found); };
    const look = () => isSo() && end("seen-inside");
    const timer = setTimeout(() => end(""), patience);
    waiting.add(look);
    look();
  });
}

async function mute(names) {
  const answers = await Promise.race([
    Promise.all(names.map((name) => bridge.mute(name, people.get(name).raw))),
    new Promise((resolve) => { setTimeout(() => resolve([]), SEEN_MS); }),
  ]);
  const refused = answers.find(Boolean);
  return refused ?? until(() => names.every((name) => !people.has(name) || people.get(name).on === false), SEEN_MS);
}

/** Do inside the room what was asked; return what was seen of it, "" for nothing. */
async function perform(action, whom, to) {
  if (action === "mute") {
    const names = whom.filter((name) => people.has(name));
    return names.length ? mute(names) : "not-inside";
  }
  if (action === "mute-all") return mute([...people.keys()].filter((name) => !whom.includes(name)));
  const [kind, wish] = action.split("-");
  if (kind === "lobby") return bridge.lobby(wish === "on");
  const isOn = wish === "start";
  const address = to || document.getElementById("stream-to")?.value || "";
  // A page that has gone may have begun it.
  if (isOn && running[kind]) return "seen-inside";
  if (kind === "stream" && isOn && !address) return "no-stream";
  refused[kind] = false;
  const unknown = await bridge.record(kind, isOn, address);
  const seen = unknown || await until(() => running[kind] === isOn || refused[kind], RECORDER_MS);
  return seen && isOn && refused[kind] ? "recorder-refused" : seen;
}

async function post(path, fields) {
  const body = new URLSearchParams({ csrf: told.csrf, ...fields });
  const answer = await fetch(`${told.base}${path}`, { method: "POST", body, credentials: "same-origin", signal: AbortSignal.timeout(8000) });
  if (!answer.ok && answer.status !== OVER) throw new Error(String(answer.status));
  return answer.json();
}

async function carryOut({ id, action, whom, to }) {
  const outcome = await perform(action, whom, to);
  say(outcome || "unseen");
  if (outcome) await post(`/inside/${id}`, { said: outcome });
}

async function press(button) {
  const { action, about } = button.dataset;
  say("asked");
  try {
    const asked = await post("/inside", { action, site: about ?? "" });
    await carryOut({ ...asked, action });
  } catch {
    say("failed");
  }
}

const { seat, at } = told;
let timer = 0;
let speaking = false;
let news = false;

/** Enter the room where it is now; each page takes its own moment. */
function follow() {
  say("moved");
  setTimeout(() => document.querySelector("[data-connect]").form.submit(), Math.random() * JITTER_MS);
}

async function speak() {
  const { place: now, again, orders } = await post("/seat", { seat, place: at, state: inside ? "inside" : "outside" });
  if (now && now !== at) return follow();
  for (const order of orders ?? []) {
    say("ordered");
    carryOut(order).catch(() => say("failed"));
  }
  if (now) timer = setTimeout(beat, again * 1000);
  return undefined;
}

async function beat() {
  clearTimeout(timer);
  news = speaking;
  if (speaking) return;
  speaking = true;
  try {
    await speak();
  } catch {
    timer = setTimeout(beat, BEAT_SECONDS * 1000);
  }
  speaking = false;
  if (news) beat();
}

const { open } = await import(told.kind === "trial" ? "./frame-trial.js" : "./frame-jitsi.js");
const bridge = open({
  place: page.querySelector("[data-frame]"),
  title: told.frameTitle,
  locale: document.documentElement.lang,
  silent: true,
  hear,
  ...told,
});
page.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (button && !button.disabled) press(button);
});
const ALL = { childList: true, characterData: true, subtree: true };
new MutationObserver(draw).observe(where, ALL);
// What a program asks for stands on the list at once: that is the moment to speak.
new MutationObserver(beat).observe(document.getElementById("l-asked"), ALL);
addEventListener("pagehide", () => {
  navigator.sendBeacon(`${told.base}/seat`, new URLSearchParams({ csrf: told.csrf, seat, place: at, state: "gone" }));
});
draw();
beat();

// Loading this page again leads to the page before the room, not to a question about a form.
history.replaceState(null, "", told.base);
