// Camera, microphone and screen of this machine.
const CAMERA = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 24 } };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Return what the machine gives: both, the microphone alone, or nothing. */
export async function openDevices() {
  for (const wish of [{ audio: MICROPHONE, video: CAMERA }, { audio: MICROPHONE }, { video: CAMERA }]) {
    try {
      return await navigator.mediaDevices.getUserMedia(wish);
    } catch {
      // The next wish asks for less; with none left the site only watches.
    }
  }
  return new MediaStream();
}

/** Return the screen's track, or null when the person thinks better of it. */
export async function openScreen() {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 10 } } });
    return stream.getVideoTracks()[0] ?? null;
  } catch {
    return null;
  }
}
