// Narrows the halls while one types, and lets bars of one's own be moved: by mouse or pen, or with
// the arrow keys on a focused bar.  A move is an ordinary change: it names the version it was made
// from and a key of its own; when it is refused the bar goes back and the reason is told.

const place = document.getElementById("gantt");
const note = document.getElementById("gantt-note");
const find = document.getElementById("find");
const STEP_MINUTES = 15;
const STEP = STEP_MINUTES / Number(place.dataset.minutes);
const clock = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Ho_Chi_Minh" });
const known = new Map([...place.querySelectorAll("[data-conference]")].map((item) => [item.dataset.conference, { ...item.dataset, title: item.textContent, by: 0 }]));

function fold(text) {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").trim();
}

function narrow() {
  const wanted = fold(find.value);
  let shown = 0;
  for (const part of place.querySelectorAll("[data-part]")) {
    let left = 0;
    for (const row of part.querySelectorAll("tr:not(.group-row)")) {
      row.hidden = !fold(row.cells[0].textContent).includes(wanted);
      if (!row.hidden) left += 1;
    }
    part.hidden = left === 0;
    shown += left;
  }
  place.querySelector("[data-none]").hidden = shown > 0;
}

function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function shifted(moment, minutes) {
  return new Date(new Date(moment).getTime() + minutes * 60000);
}

function times(one) {
  const minutes = one.by * STEP_MINUTES;
  return { title: one.title, start: clock.format(shifted(one.start, minutes)), end: clock.format(shifted(one.end, minutes)) };
}

function tell(text, kind, lines = [], url = "") {
  note.className = `note ${kind}`;
  note.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }));
  if (lines.length) {
    const list = document.createElement("ul");
    list.append(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    note.append(list);
  }
  if (url) note.append(Object.assign(document.createElement("a"), { href: url, textContent: place.dataset.form }));
  note.hidden = false;
}

function bars(id) {
  return place.querySelectorAll(`[data-c="${id}"]`);
}

function timed(words, { start, end }) {
  return words.replace(/^\d\d:\d\d(–\d\d:\d\d)?/, (whole, until) => (until ? `${start}–${end}` : start));
}

// A bar stands where it would be held, and its words, its tip and the line at the bottom say when.
function draw(id) {
  const one = known.get(id);
  for (const bar of bars(id)) {
    bar.style.gridColumnStart = String(Number(one.slot) + one.by * STEP + 1);
    bar.toggleAttribute("data-moving", one.by !== 0);
    bar.textContent = timed(bar.textContent, times(one));
    bar.title = timed(bar.title, times(one));
  }
  if (!peek.hidden) look(document.activeElement);
}

function limited(one, by) {
  const slots = Number(place.querySelector(".scale").className.match(/\bq(\d+)/)[1]);
  const least = -Math.floor(Number(one.slot) / STEP);
  const most = Math.floor((slots - Number(one.slot) - Number(one.span)) / STEP);
  return Math.max(least, Math.min(most, by));
}

function shift(id, by) {
  const one = known.get(id);
  one.by = limited(one, by);
  for (const bar of bars(id)) bar.removeAttribute("data-clash");
  draw(id);
  if (one.by) tell(fill(place.dataset.wordsMoving, times(one)), "warn");
}

function putBack(id) {
  const one = known.get(id);
  if (!one.by) return;
  one.by = 0;
  draw(id);
  tell(fill(place.dataset.back, times(one)), "warn");
}

async function refused(id, answer) {
  const why = await answer.json().catch(() => ({}));
  const lines = (why.rivals ?? []).map((rival) => fill(place.dataset.taken, { hall: rival.label, host: rival.host.name, start: clock.format(new Date(rival.start)), end: clock.format(new Date(rival.end)) }));
  known.get(id).by = 0;
  draw(id);
  tell(fill(place.dataset.failed, { why: why.title ?? answer.status }), "bad", lines.slice(0, 8), `/conferences/${id}/change`);
  for (const rival of why.rivals ?? []) for (const bar of bars(id)) if (bar.closest("tr").querySelector(`a[href="/sites/${rival.site}"]`)) bar.dataset.clash = "";
}

async function save(id) {
  const one = known.get(id);
  if (!one.by || one.busy) return;
  one.busy = true;
  one.key ??= crypto.randomUUID?.() ?? String(Math.random());
  const minutes = one.by * STEP_MINUTES;
  const body = { start: shifted(one.start, minutes).toISOString(), end: shifted(one.end, minutes).toISOString() };
  const headers = { "Content-Type": "application/json", "If-Match": `"${one.version}"`, "Idempotency-Key": one.key + one.by, "X-CSRF-Token": place.dataset.csrf, "Accept-Language": document.documentElement.lang };
  const answer = await fetch(`/api/v1/conferences/${id}`, { method: "PATCH", body: JSON.stringify(body), headers, credentials: "same-origin" }).catch(() => null);
  one.busy = false;
  if (!answer) { tell(fill(place.dataset.failed, { why: place.dataset.lostWords }), "bad"); return; }
  if (!answer.ok) { await refused(id, answer); return; }
  if (answer.status === 202) { one.by = 0; one.key = undefined; draw(id); tell(place.dataset.submitted, "ok"); return; }
  const now = await answer.json();
  Object.assign(one, { version: String(now.version), start: now.start, end: now.end, slot: String(Number(one.slot) + one.by * STEP), by: 0, key: undefined });
  draw(id);
  tell(fill(place.dataset.saved, times(one)), "ok");
}

place.addEventListener("keydown", (event) => {
  const bar = event.target.closest?.("[data-c]");
  if (!bar || event.ctrlKey || event.altKey || event.metaKey) return;
  const id = bar.dataset.c;
  const one = known.get(id);
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by) shift(id, one.by + by);
  else if (event.key === "Enter" && one.by) save(id);
  else if (event.key === "Escape" && one.by) putBack(id);
  else return;
  event.preventDefault();
});

let drag = null;
place.addEventListener("pointerdown", (event) => {
  const bar = event.target.closest?.("[data-c]");
  if (!bar || event.button !== 0) return;
  const lane = bar.parentElement;
  const slots = Number(place.querySelector(".scale").className.match(/\bq(\d+)/)[1]);
  drag = { id: bar.dataset.c, from: event.clientX, began: known.get(bar.dataset.c).by, step: (lane.clientWidth / slots) * STEP, moved: false };
});
addEventListener("pointermove", (event) => {
  if (!drag) return;
  const by = drag.began + Math.round((event.clientX - drag.from) / drag.step);
  if (by !== known.get(drag.id).by) { drag.moved = true; shift(drag.id, by); }
});
addEventListener("pointerup", () => {
  if (drag?.moved) save(drag.id);
  if (drag) setTimeout(() => { drag = null; });
});
addEventListener("pointercancel", () => { if (drag) putBack(drag.id); drag = null; });
place.addEventListener("click", (event) => { if (drag?.moved) event.preventDefault(); });
place.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-c]")) event.preventDefault(); });

find?.addEventListener("input", narrow);

// What a narrow bar cannot say, the line at the bottom says while the bar has the focus.
const peek = Object.assign(document.createElement("p"), { className: "peek noprint", hidden: true });
peek.setAttribute("aria-hidden", "true");
document.body.append(peek);
function look(at) {
  const bar = at.closest?.(".b");
  peek.hidden = !bar;
  if (bar) peek.textContent = `${bar.closest("tr").cells[0].textContent}: ${bar.title}`;
}
place.addEventListener("focusin", (event) => look(event.target));
place.addEventListener("focusout", () => { peek.hidden = true; });
