// Keeps a page true without jumping: on each piece of news the page is fetched again and only the
// marked parts that differ are changed in place.  A lost connection says so and heals by itself.

const { stream, topics } = document.querySelector("script[data-stream]").dataset;
const LOST = document.body.dataset.lost;
const REST_MS = 250;
const AGAIN_MS = 3000;
const SHARE = 2;  // a page rests at least so many times as long as it took to fetch

let waiting = 0;
let took = 0;
let running = false;
let again = false;

function notice(lost) {
  let bar = document.querySelector(".lost");
  if (lost && !bar) {
    bar = document.createElement("p");
    bar.className = "lost";
    bar.setAttribute("role", "status");
    bar.textContent = LOST;
    document.querySelector("main").before(bar);
  }
  if (!lost && bar) bar.remove();
}

function swapChildren(old, fresh) {
  const known = new Map([...old.children].map((child) => [child.id, child]));
  const order = [...fresh.children].map((child) => {
    const before = known.get(child.id);
    if (!before) return child;
    if (before.outerHTML.replace(" fresh", "") === child.outerHTML) return before;
    if (before.className.replace(" fresh", "") !== child.className) child.classList.add("fresh");
    return child;
  });
  if (order.some((child, index) => old.children[index] !== child) || order.length !== old.children.length) old.replaceChildren(...order);
}

function swap(page) {
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const old = document.getElementById(fresh.id);
    if (!old || old.contains(document.activeElement) || old.outerHTML === fresh.outerHTML) continue;
    if (fresh.dataset.live === "children") swapChildren(old, fresh);
    else if (old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
  }
}

async function refresh() {
  waiting = 0;
  if (running) { again = true; return; }
  running = true;
  const began = performance.now();
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin", redirect: "follow" });
    if (answer.redirected) location.reload();
    else if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    notice(true);
  } finally {
    running = false;
    took = performance.now() - began;
    if (again) { again = false; later(); }
  }
}

// News that never pauses must not keep the page from looking: who waits already goes on waiting.
function later() {
  waiting ||= setTimeout(refresh, Math.max(REST_MS, SHARE * took));
}

function listen() {
  const source = new EventSource(stream);
  let lost = false;
  source.onopen = () => { notice(false); if (lost) later(); lost = false; };
  for (const topic of topics.split(" ")) source.addEventListener(topic, later);
  source.onerror = () => {
    lost = true;
    setTimeout(() => { if (source.readyState !== EventSource.OPEN) notice(true); }, 1000);
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_MS);
  };
  addEventListener("pagehide", () => source.close(), { once: true });
}

listen();
// The minutes in the sentences grow old even when nothing happens.
setInterval(() => { if (document.visibilityState === "visible") refresh(); }, 60000);
