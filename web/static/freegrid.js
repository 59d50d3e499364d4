// Shows who holds the chosen halls and officials while one types.  The server draws the grid; an old answer never
// replaces a newer one, the place keeps its height, and only a changed sentence is announced.

const form = document.getElementById("booking");
const place = document.getElementById("free");
const said = document.getElementById("free-said");
const REST_MS = 150;
const FIELDS = new Set(["date", "start", "end", "next_day", "sites", "groups", "main_site", "chair_id", "delegates"]);
let asked = 0;
let waiting = 0;

async function look() {
  const turn = ++asked;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (FIELDS.has(name) || name === "csrf") body.append(name, value);
  body.append("conference", form.dataset.conference);
  const answer = await fetch(form.dataset.grid, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  if (turn !== asked) return;
  place.style.minHeight = `${place.offsetHeight}px`;
  place.replaceChildren(...fresh.childNodes);
  const sentence = place.querySelector("[data-sentence]")?.lastChild.textContent.trim() ?? "";
  if (said.textContent !== sentence) said.textContent = sentence;
}

function later(event) {
  if (!FIELDS.has(event.target.name)) return;
  clearTimeout(waiting);
  waiting = setTimeout(look, REST_MS);
}

form.addEventListener("input", later);
form.addEventListener("change", later);
look();
