// Frames: what is drawn anew while something moves, less often for those who want less motion.

const CALM_MS = 200;

/** Draw with the screen's frames for as long as `more` says so. */
export function withFrames(draw, more) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let drawnAt = -Infinity;
  const frame = (now) => {
    if (!more()) return;
    if (!calm || now - drawnAt > CALM_MS) {
      drawnAt = now;
      draw();
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
