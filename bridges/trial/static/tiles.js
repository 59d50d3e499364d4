// The wall of pictures: one tile a site, names as text only.
import { say } from "./words.js";

const MOST_AT_ONCE = 9;

export class Tiles {
  #wall;
  #tiles = new Map();

  /** `silenced()` is called when the browser does not let a tile speak yet. */
  constructor(wall, { silenced }) {
    this.#wall = wall;
    this.silenced = silenced;
  }

  add(id, name, { own = false } = {}) {
    if (this.#tiles.has(id)) return;
    const tile = document.createElement("figure");
    tile.className = own ? "tile own" : "tile";
    const video = document.createElement("video");
    video.autoplay = true;
    video.playsInline = true;
    video.muted = own;
    if (own) video.dataset.own = "";
    else video.dataset.occupant = id;
    const caption = document.createElement("figcaption");
    caption.textContent = own ? say("you", { name: name || say("unnamed") }) : name || say("unnamed");
    video.setAttribute("aria-label", caption.textContent);
    const note = document.createElement("p");
    note.className = "note";
    tile.append(video, note, caption);
    this.#tiles.set(id, tile);
    this.#wall.append(tile);
    this.#arrange();
  }

  /** Show a stream; a browser that forbids sound plays it silently first. */
  async show(id, stream) {
    const video = this.#tiles.get(id)?.querySelector("video");
    if (!video || video.srcObject === stream) return;
    video.srcObject = stream;
    try {
      await video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError") return;
      video.muted = true;
      this.silenced();
      await video.play().catch(() => {});
    }
  }

  note(id, text) {
    const note = this.#tiles.get(id)?.querySelector(".note");
    if (note) note.textContent = text;
  }

  mark(id, name, on) {
    this.#tiles.get(id)?.classList.toggle(name, on);
  }

  speak() {
    for (const video of this.#wall.querySelectorAll("video[data-occupant]")) video.muted = false;
  }

  remove(id) {
    const tile = this.#tiles.get(id);
    if (!tile) return;
    tile.querySelector("video").srcObject = null;
    tile.remove();
    this.#tiles.delete(id);
    this.#arrange();
  }

  clear() {
    for (const id of [...this.#tiles.keys()]) this.remove(id);
  }

  #arrange() {
    const count = this.#tiles.size;
    this.#wall.dataset.columns = String(Math.max(1, Math.ceil(Math.sqrt(count))));
    this.#wall.toggleAttribute("data-few", count <= 3);
    // More than fit are scrolled through, by the keyboard too.
    this.#wall.toggleAttribute("data-many", count > MOST_AT_ONCE);
    if (count > MOST_AT_ONCE) this.#wall.tabIndex = 0;
    else this.#wall.removeAttribute("tabindex");
  }
}
