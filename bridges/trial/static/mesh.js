// Picture and sound straight between browsers.  Whoever comes later makes the offer, so two never
// offer at once.  Both directions stand from the first offer on, with or without a camera: turning
// it on, off or into a screen only replaces a track, and nothing is negotiated again.
const KINDS = ["audio", "video"];
const LIMITS_BPS = { audio: 40_000, video: 600_000 };

class Peer {
  #waiting = Promise.resolve();
  #stream = new MediaStream();

  constructor(mesh, id, offers) {
    Object.assign(this, { mesh, id, offers });
    this.connection = new RTCPeerConnection({ iceServers: mesh.iceServers });
    this.connection.addEventListener("icecandidate", ({ candidate }) => candidate && this.#tell({ candidate }));
    this.connection.addEventListener("track", ({ track }) => this.#show(track));
    this.connection.addEventListener("connectionstatechange", () => this.#judge());
    if (offers) {
      for (const kind of KINDS) this.connection.addTransceiver(mesh.tracks[kind] ?? kind, { direction: "sendrecv" });
      this.#inOrder(() => this.#offer());
    }
  }

  /** Take a description or a candidate in; one after the other, as they were sent. */
  hear({ description, candidate }) {
    this.#inOrder(async () => {
      if (description) await this.#accept(description);
      else if (candidate) await this.connection.addIceCandidate(candidate);
    });
  }

  async use(kind, track) {
    const transceiver = this.connection.getTransceivers().find((one) => one.receiver.track.kind === kind);
    await transceiver?.sender.replaceTrack(track);
  }

  close() {
    this.connection.close();
  }

  async #offer() {
    await this.connection.setLocalDescription();
    this.#tell({ description: this.connection.localDescription });
    await this.#limit();
  }

  async #accept(description) {
    await this.connection.setRemoteDescription(description);
    if (description.type !== "offer") return;
    for (const transceiver of this.connection.getTransceivers()) {
      transceiver.direction = "sendrecv";
      await transceiver.sender.replaceTrack(this.mesh.tracks[transceiver.receiver.track.kind]);
    }
    await this.#offer();
  }

  /** Keep a mesh of eight within what a hall's line carries. */
  async #limit() {
    for (const { sender, receiver } of this.connection.getTransceivers()) {
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings ?? []) encoding.maxBitrate = LIMITS_BPS[receiver.track.kind];
      if (parameters.encodings?.length) await sender.setParameters(parameters);
    }
  }

  #show(track) {
    this.#stream.addTrack(track);
    this.mesh.onStream(this.id, this.#stream);
  }

  #judge() {
    const state = this.connection.connectionState;
    this.mesh.onState(this.id, state);
    if (state === "failed" && this.offers) {
      this.connection.restartIce();
      this.#inOrder(() => this.#offer());
    }
  }

  #tell(data) {
    this.mesh.send({ type: "signal", to: this.id, data });
  }

  #inOrder(step) {
    this.#waiting = this.#waiting.then(step).catch((error) => {
      if (this.connection.signalingState !== "closed") console.warn("trial peer", this.id, error);
    });
  }
}

export class Mesh {
  #peers = new Map();
  tracks = { audio: null, video: null };
  iceServers = [];

  /** `send` carries signals; `onStream(id, stream)` and `onState(id, state)` tell of the others. */
  constructor({ send, onStream, onState }) {
    Object.assign(this, { send, onStream, onState });
  }

  /** Offer picture and sound to somebody who was there before. */
  call(id) {
    this.#peers.set(id, new Peer(this, id, true));
  }

  hear(id, data) {
    if (!this.#peers.has(id)) this.#peers.set(id, new Peer(this, id, false));
    this.#peers.get(id).hear(data);
  }

  drop(id) {
    this.#peers.get(id)?.close();
    this.#peers.delete(id);
  }

  clear() {
    for (const id of [...this.#peers.keys()]) this.drop(id);
  }

  /** Send another track to everybody, or none. */
  async use(kind, track) {
    this.tracks[kind] = track;
    await Promise.all([...this.#peers.values()].map((peer) => peer.use(kind, track)));
  }
}
