// Plays time: reads the next steps ahead, goes on when what is next is held, never piles up.

import { nearestTime } from "./layer/times.js";

const AHEAD = 3;

/** `times()` gives the texts to go through; it starts again at the end. */
export const createPlayer = (app, times) => {
  const listeners = new Set();
  let timer = 0;
  let due = 0;
  const tell = () => { for (const one of listeners) one(player.playing); };

  const after = (index, steps) => (index + steps) % times().length;

  /** Slices of a layer at the next steps. */
  const ahead = (wanted, layer, field) => {
    const list = times();
    if (!list || layer.time || !field.times) return [];
    const index = nearestTime(list, app.store.get().time);
    // At rest the neighbours are read too, so that a step of one is there at once.
    if (!player.playing && navigator.connection?.saveData) return [];
    const steps = player.playing ? Array.from({ length: AHEAD }, (_, i) => i + 1) : [1];
    return steps.map((step) => list[after(index, step)])
      .map((time) => field.slice({ time, dims: layer.dims }))
      .filter((slice) => slice.key !== wanted.key);
  };

  const isReady = (time) => {
    const { layers } = app.store.get();
    const { drawing } = app.map;
    return layers.every((layer) => {
      if (!layer.visible || layer.kind === "xyz" || layer.time) return true;
      const field = drawing.field(layer);
      return !field || drawing.holds(field.slice({ time, dims: layer.dims }), layer.id);
    });
  };

  const tick = (now) => {
    if (!player.playing) return;
    timer = requestAnimationFrame(tick);
    const list = times();
    if (!list || now < due) return;
    const next = list[after(nearestTime(list, app.store.get().time), 1)];
    if (!isReady(next)) {
      // What is slow to come is waited for, and asked for again.
      app.map.drawing.schedule();
      return;
    }
    due = Math.max(due + 1000 / player.speed, now);
    app.store.set({ time: next });
  };

  const player = {
    playing: false, speed: 2,
    onChange: (callback) => listeners.add(callback),
    toggle() { return player.playing ? player.stop() : player.start(); },
    start() {
      if (player.playing || (times()?.length ?? 0) < 2) return;
      player.playing = true;
      due = performance.now() + 300;
      app.map.drawing.schedule();
      timer = requestAnimationFrame(tick);
      tell();
    },
    stop() {
      if (!player.playing) return;
      player.playing = false;
      cancelAnimationFrame(timer);
      tell();
    },
  };
  // Not before the first picture is there: looking ahead must not hold it up.
  const { drawing } = app.map;
  drawing.whenComplete.then(() => setTimeout(() => {
    drawing.lookAhead(ahead);
    drawing.schedule();
  }, 400));
  return player;
};
