// The trial bridge in our frame: it tells who is there and whose microphone is on, and takes
// commands by messages.  It lives on our own origin, and no other page is listened to.

/** Open the room; `hear(news)` gets what happens in it.  A page that `leaves` by itself needs no second button. */
export function open({ place, origin, url, title, allow, leaves = false, hear }) {
  const frame = document.createElement("iframe");
  Object.assign(frame, { title, allow, src: leaves ? `${url}&leaves=1` : url, referrerPolicy: "no-referrer" });
  const asked = new Map();
  const HEARD = {
    joined: () => hear({ inside: true }),
    came: ({ occupant, name, on }) => hear({ came: occupant, name, on }),
    went: ({ occupant }) => hear({ went: occupant }),
    microphone: ({ occupant, on }) => hear({ heard: occupant, on }),
    answer: ({ occupant, refused }) => { asked.get(occupant)?.(refused); asked.delete(occupant); },
    left: () => hear({ left: true, closed: true }),
    refused: () => hear({ left: true }),
  };
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    HEARD[event.data?.event]?.(event.data);
  });
  place.append(frame);

  function command(name, occupant) {
    frame.contentWindow.postMessage({ source: "diemcau-control", command: name, occupant }, origin);
    return new Promise((resolve) => { asked.set(occupant, resolve); });
  }

  return {
    mute: (occupant) => command("mute", occupant),
    lobby: async () => "not-available",
    record: async () => "not-available",
  };
}
