// The inside of a Jitsi, as far as its IFrame API goes: it takes commands by the messages that
// jitsi-meet takes (modules/API/API.js), judges them as strictly, and says what a test lets it say.

const hash = new URLSearchParams(location.hash.slice(1));
const scope = `jitsi_meet_external_api_${hash.get("jitsi_meet_external_api_id")}`;
const mine = String(Math.random());
const people = new Set();
const waiting = [];
let heardOf = false;

/** What was rightly asked, what was not, and with what the room was opened. */
window.told = [];
window.wrong = [];
window.settings = Object.fromEntries(
  [...hash].filter(([name]) => name.startsWith("config.")).map(([name, value]) => [name.slice(7), JSON.parse(value)]),
);
window.token = new URLSearchParams(location.search).get("jwt");

const is = (kind) => (value) => typeof value === kind;
const RECORDING = { mode: (mode) => ["file", "stream"].includes(mode), rtmpStreamKey: is("string") };
const JUDGES = {
  "mute-remote-participant": (id, media) => people.has(id) && media === "audio",
  "toggle-lobby": is("boolean"),
  "start-recording": (options) =>
    Object.entries(options).every(([name, value]) => RECORDING[name]?.(value)) && (options.mode === "file" || Boolean(options.rtmpStreamKey)),
  "stop-recording": RECORDING.mode,
};

function post(method, params) {
  parent.postMessage(JSON.stringify({ postis: true, scope, method, params }), "*");
}

window.say = (name, detail) => {
  if (name === "participant-joined") people.add(detail.id);
  if (name === "participant-left") people.delete(detail.id);
  const message = { type: "event", data: { name, ...detail } };
  if (heardOf) post("message", message);
  else waiting.push(message);
};

const HEARD = {
  __ready__: (id) => {
    if (id !== mine) { post("__ready__", id); return; }
    heardOf = true;
    clearInterval(asking);
    for (const message of waiting.splice(0)) post("message", message);
  },
  message: ({ type, data: { name, data } }) => {
    const rightly = type === "event" && JUDGES[name]?.(...data);
    (rightly ? window.told : window.wrong).push([name, ...data]);
    if (rightly) window.perform?.[name]?.(...data);
  },
};

addEventListener("message", ({ data }) => {
  const said = typeof data === "string" ? JSON.parse(data) : {};
  if (said.postis && said.scope === scope) HEARD[said.method]?.(said.params);
});
const asking = setInterval(() => post("__ready__", mine), 50);
