// Helps to choose halls: search without diacritics, groups that tick their halls, and who is taken
// at the chosen time.  The form works without any of it.

const form = document.getElementById("booking");
const items = [...form.querySelectorAll("[data-part] .sites > li")].map((item) => ({ item, box: item.querySelector("input"), folded: item.dataset.folded }));
const groups = [...form.querySelectorAll("input[name=groups]")];
const find = document.getElementById("find");
const none = form.querySelector("[data-none]");
const count = form.querySelector("[data-count]");
const clashCount = form.querySelector("[data-clash-count]");
const REST_MS = 400;
const TIMES = ["date", "start", "end", "next_day"];
const own = new Set(items.filter(({ box }) => box.checked).map(({ box }) => box.value));

function fold(text) {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").split(/\s+/).join(" ").trim();
}

function narrow() {
  const wanted = fold(find.value);
  let shown = 0;
  for (const { item, folded } of items) {
    item.hidden = !folded.includes(wanted);
    if (!item.hidden) shown += 1;
  }
  for (const part of form.querySelectorAll("[data-part]")) part.hidden = !part.querySelector("li:not([hidden])");
  none.hidden = shown > 0;
}

function words(place, n) {
  return n === 1 ? place.dataset.one : place.dataset.many.replace("{n}", n);
}

function chosen() {
  const main = form.querySelector("[name=main_site]").value;
  return new Set([main, ...items.filter(({ box }) => box.checked).map(({ box }) => box.value)].filter(Boolean));
}

function total() {
  const all = chosen();
  count.textContent = words(count, all.size);
  const taken = [...form.querySelectorAll("[data-busy]")].filter((place) => place.textContent && all.has(place.dataset.busy)).length;
  clashCount.hidden = taken === 0;
  clashCount.textContent = taken ? words(clashCount, taken) : "";
}

function follow() {
  const on = new Set(groups.filter((group) => group.checked).map((group) => group.value));
  for (const { box } of items) {
    const member = box.dataset.groups.split(" ").some((code) => on.has(code));
    if (member) { box.checked = true; box.dataset.grouped = "1"; }
    else if (box.dataset.grouped) { box.checked = own.has(box.value); delete box.dataset.grouped; }
  }
  total();
}

let waiting = 0;
async function clashes() {
  const data = new FormData(form);
  const query = new URLSearchParams(TIMES.filter((name) => data.has(name)).map((name) => [name, data.get(name)]));
  if (form.dataset.conference) query.set("except", form.dataset.conference);
  const answer = await fetch(`${form.dataset.clashes}?${query}`, { credentials: "same-origin" }).catch(() => null);
  const taken = answer?.ok ? (await answer.json()).taken : {};
  for (const place of form.querySelectorAll("[data-busy]")) place.textContent = taken[place.dataset.busy] ? ` ✕ ${taken[place.dataset.busy]}` : "";
  total();
}

form.addEventListener("change", (event) => {
  const { target } = event;
  if (target.name === "groups") follow();
  if (target.name === "sites") {
    if (target.checked) own.add(target.value); else own.delete(target.value);
    if (!target.checked) for (const group of groups) if (target.dataset.groups.split(" ").includes(group.value) && group.checked) {
      // One hall less than the group: the group becomes its halls one by one.
      group.checked = false;
      for (const { box } of items) if (box.checked) { own.add(box.value); delete box.dataset.grouped; }
    }
  }
  if (TIMES.includes(target.name)) {
    clearTimeout(waiting);
    waiting = setTimeout(clashes, REST_MS);
  }
  total();
});

for (const helper of form.querySelectorAll("[data-script]")) helper.hidden = false;
find.addEventListener("input", narrow);
find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
follow();
clashes();
document.getElementById("problems")?.focus();
