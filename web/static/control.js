// The control page: opens the bridge in the frame, shows who is there and whose microphone is on,
// and carries out what a button asks.  Each press is written down by the service first, then done
// inside the room, and only what was seen to happen is reported as done.

const page = document.querySelector("[data-control]");
const told = page.dataset;
const said = page.querySelector("[data-said]");
const list = page.querySelector(".leads");
const where = document.getElementById("l-where");
const SEEN_MS = 9000;
const RECORDER_MS = 95000;

const people = new Map();
const running = { record: false, stream: false };
const waiting = new Set();
let inside = false;

const LOOKS = { "seen-inside": "ok", inside: "ok", unseen: "warn", "not-inside": "warn", left: "warn", failed: "bad", forbidden: "bad", "not-available": "bad", "no-script": "bad" };

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
  const state = !there.length ? "away" : heard.includes(true) ? "on" : heard.includes(undefined) ? "inside" : "off";
  row.querySelector("[data-mic]").textContent = list.dataset[state];
  const mark = row.querySelector("[data-mark]");
  mark.textContent = state === "away" ? "○" : "●";
  mark.className = `mark ${{ away: "dim", on: "ok", inside: "ok", off: "dim" }[state]}`;
  row.querySelector("button").disabled = !inside || state === "away";
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
  if (news.inside) { inside = true; say("inside"); }
  if (news.came) people.set(news.came, { raw: news.raw ?? news.came, on: news.on });
  if (news.went) people.delete(news.went);
  if (news.heard && people.has(news.heard)) people.get(news.heard).on = news.on;
  if (news.recording) running[news.recording] = news.on;
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
async function perform(action, whom) {
  if (action === "mute") {
    const names = whom.filter((name) => people.has(name));
    return names.length ? mute(names) : "not-inside";
  }
  if (action === "mute-all") return mute([...people.keys()].filter((name) => !whom.includes(name)));
  const [kind, wish] = action.split("-");
  if (kind === "lobby") return bridge.lobby(wish === "on");
  const isOn = wish === "start";
  const refused = await bridge.record(kind, isOn, document.getElementById("stream-to")?.value ?? "");
  return refused || until(() => running[kind] === isOn, RECORDER_MS);
}

async function post(path, fields) {
  const body = new URLSearchParams({ csrf: told.csrf, ...fields });
  const answer = await fetch(`${told.base}/inside${path}`, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function press(button) {
  const { action, about } = button.dataset;
  say("asked");
  try {
    const asked = await post("", { action, site: about ?? "" });
    const outcome = await perform(action, asked.whom);
    say(outcome || "unseen");
    if (outcome) await post(`/${asked.id}`, { said: outcome });
  } catch {
    say("failed");
  }
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
new MutationObserver(draw).observe(where, { childList: true, characterData: true, subtree: true });
draw();

// Loading this page again leads to the page before the room, not to a question about a form.
history.replaceState(null, "", told.base);
