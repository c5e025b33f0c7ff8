// Things that take a while and of which the last wins: what was asked for before must not come after it.

/**
 * Makes a function that begins one more of them; what it returns tells whether that is still the last.
 *
 * @returns {() => () => boolean}
 */
export const createLatest = () => {
  let begun = 0;
  return () => {
    begun += 1;
    const mine = begun;
    return () => mine === begun;
  };
};
