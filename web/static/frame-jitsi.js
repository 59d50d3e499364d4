// A Jitsi in our frame, led by the IFrame API that the same Jitsi serves.
// Source: jitsi-meet modules/API/external/external_api.js (2026): its events and commands.

const RECORDINGS = { file: "record", stream: "stream" };

/** Open the room; `hear(news)` gets what happens in it.  Who is `silent` starts muted and unseen. */
export function open({ place, script, domain, room, token, subject, title, locale, silent = false, hear }) {
  let api = null;

  function start() {
    api = new window.JitsiMeetExternalAPI(domain, {
      roomName: room,
      jwt: token,
      parentNode: place,
      width: "100%",
      height: "100%",
      lang: locale,
      configOverwrite: {
        subject,
        startWithAudioMuted: silent,
        startWithVideoMuted: silent,
        prejoinConfig: { enabled: false },
        readOnlyName: true,
        disableDeepLinking: true,
      },
    });
    // The frame comes without a name of its own, and is one more nameless place for a screen reader.
    api.getIFrame().title = title;
    const on = (name, tell) => api.addListener(name, tell);
    on("videoConferenceJoined", () => hear({ inside: true }));
    on("participantJoined", ({ id, displayName }) => hear({ came: id.toLowerCase(), name: displayName, raw: id }));
    on("participantLeft", ({ id }) => hear({ went: id.toLowerCase() }));
    on("participantMuted", ({ id, isMuted, mediaType }) => {
      if (mediaType === "audio") hear({ heard: id.toLowerCase(), on: !isMuted });
    });
    // A `local` one is what somebody keeps in a browser, not the recorder's.
    on("recordingStatusChanged", ({ on: isOn, mode, error }) => {
      const kind = RECORDINGS[mode];
      if (kind) hear({ recording: kind, on: isOn && !error, refused: Boolean(error) });
    });
    // Left is also who goes to a side room; it is closed when nobody is to come back.
    on("videoConferenceLeft", () => hear({ left: true }));
    // These leave nobody inside, and no `videoConferenceLeft` is said: sent out, given up, asleep.
    on("participantKickedOut", ({ kicked }) => { if (kicked?.local) hear({ left: true }); });
    on("errorOccurred", ({ error }) => { if (error?.isFatal) hear({ left: true }); });
    on("suspendDetected", () => hear({ left: true }));
    on("readyToClose", () => hear({ left: true, closed: true }));
  }

  const tag = document.createElement("script");
  tag.addEventListener("load", () => (window.JitsiMeetExternalAPI ? start() : hear({ noScript: true })));
  tag.addEventListener("error", () => hear({ noScript: true }));
  tag.src = script;
  document.head.append(tag);

  /** Send a command; an older Jitsi that lists its commands without it is not asked. */
  async function command(name, ...values) {
    const known = api?.getSupportedCommands?.();
    if (!api || (Array.isArray(known) && !known.includes(name))) return "not-available";
    api.executeCommand(name, ...values);
    return "";
  }

  return {
    mute: (_, raw) => command("muteRemoteParticipant", raw, "audio"),
    lobby: (on) => command("toggleLobby", on),
    record: (kind, on, to) => {
      const mode = kind === "stream" ? "stream" : "file";
      if (!on) return command("stopRecording", mode);
      return command("startRecording", mode === "stream" ? { mode, rtmpStreamKey: to } : { mode });
    },
  };
}
