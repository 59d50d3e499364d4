// The room: joins with the token in the fragment, shows who is there, obeys four buttons.  With
// `control` in the fragment it only watches, tells the page around it who is there and whose
// microphone is on, and carries that page's commands to the bridge.  With `looks` it looks on: it sees
// and hears the halls, and brings nothing.  With `leaves` the page around it has the button that leaves.
import { openDevices, openScreen } from "./devices.js";
import { Line, readToken } from "./line.js";
import { Mesh } from "./mesh.js";
import { Tiles } from "./tiles.js";
import { knows, say } from "./words.js";

const OWN = "own";
// Somebody who does not answer the browser's question about the camera is let in all the same.
const PATIENCE_MS = 10_000;
const SCREEN = "screen";
const told = new URLSearchParams(location.hash.slice(1));
const WATCHES = told.has("control");
const LOOKS = told.has("looks");
const BRINGS = !WATCHES && !LOOKS;
const at = (id) => document.getElementById(id);
const REASONS = { kicked: "removed_kicked", "Scheduled conference duration exceeded.": "removed_time" };

const own = { name: "", camera: null, microphone: null, screen: null };
const onlookers = new Set();
const tiles = new Tiles(at("tiles"), { silenced: () => (at("sound").hidden = false) });
const mesh = new Mesh({
  send: (message) => line.send(message),
  onStream: (id, stream) => tiles.show(id, stream),
  onState: (id, state) => onlookers.has(id) || tiles.note(id, noteOf(state)),
});
const line = new Line({ token: readToken(location.hash), media: WATCHES ? "watch" : LOOKS ? "look" : true, hear, broken });
const HEARD = { joined, came, went, signal, refused, removed, mute, microphone, answer };

function noteOf(state) {
  if (state === "connected" || state === "closed") return "";
  return say(state === "failed" || state === "disconnected" ? "broken_picture" : "waiting_picture");
}

function hear(message) {
  HEARD[message.type]?.(message);
}

function joined({ occupant, name, peers, count, ice_servers: iceServers }) {
  mesh.iceServers = iceServers;
  own.name = name;
  tellCount(count);
  tellParent("joined", { occupant, name });
  if (WATCHES) { for (const peer of peers) watch(peer); return; }
  if (BRINGS) {
    tiles.add(OWN, name, { own: true });
    showOwn();
    tellMicrophone();
  }
  for (const peer of peers) greet(peer, () => mesh.call(peer.occupant));
}

function came(who) {
  if (WATCHES) watch(who);
  else if (who.media) greet(who);
  tellCount(who.count);
}

/** A tile without a picture: who it is, and whether they can be heard. */
function watch({ occupant, name, audible }) {
  tiles.add(occupant, name);
  tiles.note(occupant, say(audible ? "microphone_on" : "microphone_off"));
  tellParent("came", { occupant, name, on: audible });
}

function microphone({ occupant, on }) {
  if (!WATCHES) return;
  tiles.note(occupant, say(on ? "microphone_on" : "microphone_off"));
  tellParent("microphone", { occupant, on });
}

function answer({ command, occupant, refused: why }) {
  tellParent("answer", { command, occupant, refused: why });
}

/** The moderator has muted this hall; who sits here may turn the microphone on again. */
function mute() {
  if (own.microphone?.enabled) {
    toggle("microphone");
    at("problem").hidden = false;
    at("problem").textContent = say("muted");
  } else tellMicrophone();
}

function greet({ occupant, name, looks }, then = () => {}) {
  tiles.add(occupant, name);
  if (looks) onlookers.add(occupant);
  tiles.note(occupant, say(looks ? "looks_on" : "waiting_picture"));
  then();
}

function went({ occupant, count }) {
  mesh.drop(occupant);
  onlookers.delete(occupant);
  tiles.remove(occupant);
  tellCount(count);
  if (WATCHES) tellParent("went", { occupant });
}

function signal({ from, data }) {
  mesh.hear(from, data ?? {});
}

function refused({ code, text }) {
  const key = knows(`refused_${code}`) ? `refused_${code}` : "refused_bad-message";
  // The reservation service speaks to people itself; Prosody's own words are for technicians.
  const own = code === "reservation" && text && !/reservation/i.test(text);
  close(say("refused"), own ? text : say(key));
  tellParent("refused", { code, text });
}

function removed({ reason, rejoin }) {
  if (rejoin) return;
  close(say("removed"), say(REASONS[reason] ?? "removed_help"));
  tellParent("left", { reason });
}

function broken() {
  mesh.clear();
  tiles.clear();
  at("status").textContent = say("reconnecting");
}

function leave() {
  line.leave();
  close(say("left"), say("left_help"));
  tellParent("left", { reason: "leave" });
}

/** Put the room away and say why; devices go dark. */
function close(title, text) {
  line.stop();
  mesh.clear();
  tiles.clear();
  for (const kind of ["camera", "microphone", "screen"]) own[kind]?.stop();
  for (const id of ["tiles", "controls", "problem"]) at(id).hidden = true;
  at("status").textContent = "";
  at("notice").hidden = false;
  at("notice-title").textContent = title;
  at("notice-text").textContent = text;
  at("notice-title").focus();
}

function tellCount(count) {
  const few = BRINGS ? "alone" : count ? "one" : "nobody";
  at("status").textContent = count > 1 ? say("inside", { count }) : say(few);
}

/** Tell the page around us, when there is one; it lives on our own origin. */
function tellParent(event, detail) {
  if (window.parent === window) return;
  window.parent.postMessage({ source: "diemcau-trial", event, ...detail }, location.origin);
}

function showOwn() {
  const track = own.screen ?? own.camera;
  tiles.mark(OWN, SCREEN, Boolean(own.screen));
  tiles.show(OWN, track ? new MediaStream([track]) : null);
  for (const id of ["camera", "microphone", "screen"]) {
    at(id).setAttribute("aria-pressed", String(Boolean(own[id]?.enabled)));
  }
}

function toggle(kind) {
  if (!own[kind]) return;
  own[kind].enabled = !own[kind].enabled;
  showOwn();
  if (kind !== "microphone") return;
  if (at("problem").textContent === say("muted")) at("problem").hidden = true;
  tellMicrophone();
}

function tellMicrophone() {
  line.send({ type: "microphone", on: Boolean(own.microphone?.enabled) });
}

async function share() {
  const track = own.screen ? null : await openScreen();
  own.screen?.stop();
  own.screen = track;
  track?.addEventListener("ended", () => own.screen === track && share());
  await mesh.use("video", track ?? own.camera);
  showOwn();
}

async function prepare() {
  const stream = await openDevices();
  [own.camera = null] = stream.getVideoTracks();
  [own.microphone = null] = stream.getAudioTracks();
  await mesh.use("video", own.screen ?? own.camera);
  await mesh.use("audio", own.microphone);
  for (const kind of ["camera", "microphone"]) at(kind).disabled = !own[kind];
  if (!own.camera) {
    at("problem").hidden = false;
    at("problem").textContent = say(own.microphone ? "no_camera" : "no_devices");
  }
  showOwn();
  tellMicrophone();
}

/** What the page around us asks for; only a moderator's token makes the bridge obey. */
function obey({ source, origin, data }) {
  if (source !== window.parent || origin !== location.origin || data?.source !== "diemcau-control") return;
  line.send({ type: "command", command: data.command, occupant: data.occupant });
}

function listen() {
  if (WATCHES) addEventListener("message", obey);
  for (const id of ["microphone", "camera", "screen"]) at(id).hidden = !BRINGS;
  at("camera").addEventListener("click", () => toggle("camera"));
  at("microphone").addEventListener("click", () => toggle("microphone"));
  at("screen").addEventListener("click", share);
  at("leave").hidden = told.has("leaves");
  at("leave").addEventListener("click", leave);
  at("retry").addEventListener("click", () => location.reload());
  at("sound").addEventListener("click", () => {
    tiles.speak();
    at("sound").hidden = true;
  });
  const keys = { m: "microphone", v: "camera", d: "screen" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const button = at(keys[event.key.toLowerCase()] ?? "");
    if (button && !button.disabled && !button.hidden && !at("controls").hidden) button.click();
  });
  at("screen").disabled = !navigator.mediaDevices?.getDisplayMedia;
}

listen();
if (BRINGS) await Promise.race([prepare(), new Promise((resume) => setTimeout(resume, PATIENCE_MS))]);
line.open();
