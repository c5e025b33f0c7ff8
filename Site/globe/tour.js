// A tour: the camera goes from one key frame to the next, each with a caption, perhaps a time.

/** `play`, `stop`, `go(index)`; the frame that is shown is `state.frame`. */
export const createTour = (app, camera) => {
  const { store } = app;
  const listeners = new Set();
  let run = 0;
  const frames = () => app.scene?.tour ?? [];
  const tell = () => { for (const one of listeners) one(); };
  const wait = (seconds) => new Promise((resolve) => { setTimeout(resolve, 1000 * seconds); });

  const show = async (index, seconds) => {
    const frame = frames()[index];
    store.set({ frame: index, ...(frame.time ? { time: frame.time } : {}) });
    app.announce(frame.caption ?? "");
    return camera.fly(frame.view, seconds);
  };

  const tour = {
    playing: false, frames,
    onChange(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    stop() {
      run += 1;
      if (!tour.playing) return;
      tour.playing = false;
      tell();
    },
    /** Goes to one frame. */
    go(index) {
      tour.stop();
      const last = frames().length - 1;
      if (last >= 0) show(Math.min(Math.max(index, 0), last), 2);
    },
    async play() {
      if (!frames().length) return;
      const mine = run += 1;
      tour.playing = true;
      tell();
      const from = store.get().frame;
      const start = from === null || from >= frames().length - 1 ? 0 : from + 1;
      for (let index = start; index < frames().length && run === mine; index += 1) {
        const { seconds, hold } = frames()[index];
        const arrived = await show(index, index === start ? Math.min(seconds, 3) : seconds);
        // Whoever takes the camera ends the tour.
        if (!arrived && run === mine) break;
        if (run === mine) await wait(hold);
      }
      if (run === mine) tour.stop();
    },
  };
  return tour;
};
