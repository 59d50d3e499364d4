// Keys that lead where a link of the page leads: ← → T 1 … 6 and ?.  Who does not want them turns
// them off in their list; a field, a menu or an open dialog keeps its own keys.

const STORE = "shortcuts";
const box = document.querySelector("[data-keys]");
const wanted = () => { try { return localStorage.getItem(STORE) !== "off"; } catch { return true; } };
let on = wanted();

function typing(target) {
  return target.closest?.("input, select, textarea, [contenteditable], [data-moving]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || !on || typing(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const place = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!place) return;
  event.preventDefault();
  if (place.tagName === "SUMMARY") { place.parentElement.open = !place.parentElement.open; place.focus(); return; }
  place.click();
});

if (box) {
  for (const helper of document.querySelectorAll(".keys [data-script]")) helper.hidden = false;
  box.checked = on;
  box.addEventListener("change", () => {
    on = box.checked;
    try { localStorage.setItem(STORE, on ? "on" : "off"); } catch { /* kept for this page only */ }
  });
}

// A choice of day or unit shows at once; without scripts the button does it.
for (const form of document.querySelectorAll("form.whose:not([data-quiet])")) {
  form.addEventListener("change", () => form.requestSubmit());
}
