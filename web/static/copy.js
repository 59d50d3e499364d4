// Copies links; without the clipboard (plain http) the text is selected, ready for Ctrl+C.

const said = document.querySelector("[data-said]");

async function copy(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field?.select();
    return field ? document.execCommand("copy") : false;
  }
}

function done(button) {
  const words = button.textContent;
  button.textContent = button.dataset.done;
  if (said) said.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = words; }, 2000);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = button.parentElement.querySelector("[data-link]");
  button.hidden = false;
  button.addEventListener("click", async () => { if (await copy(field.value, field)) done(button); });
}

const all = document.querySelector("[data-copy-all]");
if (all) {
  all.hidden = false;
  all.addEventListener("click", async () => {
    const lines = [...document.querySelectorAll("[data-link]")].map((field) => `${field.dataset.label}: ${field.value}`);
    const box = document.createElement("textarea");
    box.value = lines.join("\n");
    document.body.append(box);
    if (await copy(box.value, box)) done(all);
    box.remove();
  });
}
