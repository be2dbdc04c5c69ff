// Shared: what all copies of the player on a page have in common.

/** One audio context, the one player that sounds, and every live root's player. */
export const shared = (globalThis[Symbol.for("soundgen_nb.player")] ??= {
  context: null,
  sounding: null,
  players: new WeakMap(),
});
