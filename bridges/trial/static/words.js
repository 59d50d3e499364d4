// The page's words, in its language, as the server drew them.
const words = JSON.parse(document.body.dataset.words);

/** Return a text with `{limit}` and the given values filled in. */
export function say(key, values = {}) {
  const all = { limit: words.limit, ...values };
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => all[name] ?? "");
}

/** Tell whether there is a text for the key. */
export function knows(key) {
  return key in words;
}
