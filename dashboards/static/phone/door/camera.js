/**
 * The phone's camera as an eye: it looks a few times a second and says what codes it sees.
 *
 * @file
 */

import { drawn, readerOf } from "./reading.js";

const LOOK_EVERY_MS = 180;
const LONGEST_PX = 800;

/** Whether this browser lets a page look through the camera at all. */
export const hasCamera = () => Boolean(window.navigator.mediaDevices && window.navigator.mediaDevices.getUserMedia);

/**
 * @param {HTMLVideoElement} video
 * @param {(text: string) => void} seen
 * @returns {Promise<{torch: ((on: boolean) => Promise<void>) | null, stop: () => void}>} rejects where it is not allowed
 */
export async function looking(video, seen) {
  const reader = readerOf();
  // The reader is fetched while the person answers whether the camera may be used.
  reader.catch(() => {});
  const stream = await window.navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  try {
    const read = await reader;
    video.srcObject = stream;
    await video.play();
    const canvas = document.createElement("canvas");
    const look = async () => {
      if (isStopped) return;
      if (video.videoWidth > 0) {
        for (const text of await read(drawn(video, video.videoWidth, video.videoHeight, LONGEST_PX, canvas))) seen(text);
      }
      window.setTimeout(() => void look().catch(tired), LOOK_EVERY_MS);
    };
    /** @param {unknown} broken one frame that cannot be read says nothing of the next */
    const tired = (broken) => {
      console.warn("frame-not-read", broken);
      if (!isStopped) window.setTimeout(() => void look().catch(tired), 1000);
    };
    void look().catch(tired);
  } catch (broken) {
    stop();
    throw broken;
  }
  return { torch: torchOf(stream), stop };
}

/**
 * @param {MediaStream} stream
 * @returns {((on: boolean) => Promise<void>) | null}
 */
function torchOf(stream) {
  const track = stream.getVideoTracks()[0];
  if (!track || !track.getCapabilities || !(/** @type {any} */ (track.getCapabilities()).torch)) return null;
  return (on) => track.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: on }] }));
}
