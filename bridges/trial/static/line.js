// The socket of the room: one join message, then whatever comes; opens again when it breaks.
const RESTS_MS = [500, 1000, 2000, 4000, 8000];
// After a break the room may still hold our own ghost's seat, or the service may be starting:
// such a refusal is only believed when it stands for about half a minute.
const PASSING = new Set(["media-full", "seats-full", "reservation"]);
const PATIENT_TRIES = 7;

/** Return the token in a Jitsi fragment, `#jwt=%22eyJ…%22` or `#jwt=eyJ…`; "" without one. */
export function readToken(fragment) {
  const raw = new URLSearchParams(fragment.replace(/^#/, "").replaceAll("+", "%2B")).get("jwt") ?? "";
  try {
    const value = JSON.parse(raw);
    return typeof value === "string" ? value : raw;
  } catch {
    return raw;
  }
}

export class Line {
  #socket = null;
  #tries = 0;
  #inside = false;
  #over = false;

  /** `media` is what we bring; `hear(message)` gets every message, `broken()` is called when the line breaks by itself. */
  constructor({ token, media, hear, broken }) {
    Object.assign(this, { token, media, hear, broken });
  }

  open() {
    const url = new URL(`${location.pathname.replace(/\/$/, "")}/socket`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener("open", () => this.send({ type: "join", jwt: this.token, media: this.media }));
    socket.addEventListener("message", (event) => this.#receive(JSON.parse(event.data)));
    socket.addEventListener("close", () => socket === this.#socket && this.#closed());
  }

  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Say goodbye; nothing is heard afterwards. */
  leave() {
    this.send({ type: "leave" });
    this.stop();
  }

  stop() {
    this.#over = true;
    this.#socket?.close();
  }

  #receive(message) {
    if (this.#over) return;
    if (message.type === "joined") {
      this.#tries = 0;
      this.#inside = true;
    }
    if (message.type === "removed") this.#over = !message.rejoin;
    if (message.type === "refused") {
      if (this.#inside && PASSING.has(message.code) && this.#tries < PATIENT_TRIES) return;
      this.#over = true;
    }
    this.hear(message);
  }

  #closed() {
    if (this.#over) return;
    this.broken();
    // A little chance keeps all halls of a room from coming back in the same instant.
    const rest = RESTS_MS[Math.min(this.#tries, RESTS_MS.length - 1)] * (0.75 + Math.random() / 2);
    this.#tries += 1;
    setTimeout(() => this.#over || this.open(), rest);
  }
}
