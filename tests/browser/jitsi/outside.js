// What a Jitsi gives as external_api.js, as far as our pages use it: it opens the room in a frame,
// hands commands in and events out, and knows no name that jitsi-meet does not know.

const names = NAMES;
let count = 0;

window.JitsiMeetExternalAPI = class {
  constructor(domain, { roomName, jwt, lang, parentNode, width, height, configOverwrite, ...more }) {
    if (Object.keys(more).length) throw new Error(`no such options: ${Object.keys(more)}`);
    const unknown = Object.keys(configOverwrite).filter((name) => !names.settings.includes(name));
    if (unknown.length) throw new Error(`not to be set from outside: ${unknown}`);
    Object.assign(this, { heard: new Map(), buffer: [], scope: `jitsi_meet_external_api_${count}`, mine: String(Math.random()) });
    const hash = Object.entries(configOverwrite).map(([name, value]) => `&config.${name}=${encodeURIComponent(JSON.stringify(value))}`);
    const query = new URLSearchParams({ jwt, lang });
    const frame = document.createElement("iframe");
    frame.src = `https://${domain}/${roomName}?${query}#jitsi_meet_external_api_id=${count}${hash.join("")}`;
    Object.assign(frame.style, { width, height });
    this.frame = parentNode.appendChild(frame);
    this.origin = new URL(frame.src).origin;
    count += 1;
    addEventListener("message", (event) => this.take(event));
    this.asking = setInterval(() => this.post("__ready__", this.mine), 50);
  }

  post(method, params) {
    const { postis, scope } = { postis: true, scope: this.scope };
    this.frame.contentWindow?.postMessage(JSON.stringify({ postis, scope, method, params }), "*");
  }

  take({ origin, data }) {
    const said = origin === this.origin ? JSON.parse(data) : {};
    if (said.scope !== this.scope) return;
    if (said.method === "message") {
      const { name, ...detail } = said.params.data;
      for (const hear of this.heard.get(names.events[name]) ?? []) hear(detail);
    } else if (said.params !== this.mine) {
      this.post("__ready__", said.params);
    } else {
      clearInterval(this.asking);
      this.isReady = true;
      for (const message of this.buffer.splice(0)) this.post("message", message);
    }
  }

  addListener(name, hear) {
    if (!Object.values(names.events).includes(name)) throw new Error(`no such event: ${name}`);
    this.heard.set(name, [...(this.heard.get(name) ?? []), hear]);
  }

  getIFrame() { return this.frame; }

  getSupportedCommands() { return Object.keys(names.commands); }

  executeCommand(name, ...data) {
    if (!(name in names.commands)) { console.error("Not supported command name."); return; }
    const message = { type: "event", data: { name: names.commands[name], data } };
    if (this.isReady) this.post("message", message);
    else this.buffer.push(message);
  }
};
