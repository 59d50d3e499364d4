// In place of jitsi-meet's web application: it enters by lib-jitsi-meet with the token of its own
// address, tells the page around it what happens (as react/features/external-api does), and does
// what it is commanded.

const { domain, muc, socket } = BRIDGE;
const { conference: ROOM, connection: LINE } = JitsiMeetJS.events;
const { ICE_FAILED, FOCUS_LEFT, VIDEOBRIDGE_NOT_AVAILABLE } = JitsiMeetJS.errors.conference;
const RELOAD_MS = 1000;
const roomName = location.pathname.slice(1);

JitsiMeetJS.setLogLevel(JitsiMeetJS.logLevels.ERROR);
JitsiMeetJS.init({ disableAudioLevels: true });
const line = new JitsiMeetJS.JitsiConnection(null, token, { hosts: { domain, muc }, serviceUrl: `${socket}?room=${roomName}` });

/** Tell of an error; after a fatal one jitsi-meet loads itself again. */
function fail(type, name, isFatal) {
  say("error-occurred", { error: { name, type, isFatal } });
  if (isFatal) setTimeout(() => location.reload(), RELOAD_MS);
}

async function enter() {
  const room = line.initJitsiConference(roomName, { p2p: { enabled: false } });
  const told = {
    CONFERENCE_JOINED: () => say("video-conference-joined", { roomName, id: room.myUserId(), breakoutRoom: false, visitor: false }),
    CONFERENCE_LEFT: () => say("video-conference-left", { roomName }),
    CONFERENCE_FAILED: (name) => fail("CONFERENCE", name, [ICE_FAILED, FOCUS_LEFT, VIDEOBRIDGE_NOT_AVAILABLE].includes(name)),
    KICKED: () => say("participant-kicked-out", { kicked: { id: room.myUserId(), local: true }, kicker: {} }),
    USER_JOINED: (id, user) => say("participant-joined", { id, displayName: user.getDisplayName() }),
    USER_LEFT: (id) => say("participant-left", { id }),
    RECORDER_STATE_CHANGED: (session) => say("recording-status-changed", { on: session.getStatus() === "on", mode: session.getMode(), error: session.getError() ?? undefined }),
  };
  for (const [name, tell] of Object.entries(told)) room.on(ROOM[name], tell);
  window.meeting = room;
  window.perform = {
    "mute-remote-participant": (id, media) => room.muteParticipant(id, media),
    "toggle-lobby": (on) => (on ? room.enableLobby() : room.disableLobby()),
    "start-recording": (options) => room.startRecording(options).catch(() => undefined),
  };
  if (!settings.startWithAudioMuted) {
    const [sound] = await JitsiMeetJS.createLocalTracks({ devices: ["audio"] });
    await room.addTrack(sound);
    // Without media to send, its presence tells of a microphone only once it was off and on.
    room.on(ROOM.CONFERENCE_JOINED, () => sound.mute().then(() => sound.unmute()));
  }
  // No media flows without a videobridge: whose microphone is on stands in the presence too.
  room.room.addPresenceListener("audiomuted", ({ value }, id) => say("participant-muted", { id, isMuted: value === "true", mediaType: "audio" }));
  room.join();
}

line.addEventListener(LINE.CONNECTION_ESTABLISHED, enter);
line.addEventListener(LINE.CONNECTION_FAILED, (name) => fail("CONNECTION", name, true));
line.connect();
