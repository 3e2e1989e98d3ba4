// Random numbers that are the same on every machine and every run: the seed decides.

/** A generator (mulberry32, Tommy Ettinger) with the few draws that the logs need. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
  /** An integer from `low` to `high`, both included. */
  const int = (low, high) => low + Math.floor(next() * (high - low + 1));
  const chance = (share) => next() < share;
  const pick = (list) => list[Math.floor(next() * list.length)];
  /** One of [[choice, weight], …]. */
  const weighted = (choices) => {
    let left = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of choices) if ((left -= weight) < 0) return choice;
    return choices.at(-1)[0];
  };
  /** An index below `count`, small ones far more often: the density falls as 1/index. */
  const skewed = (count) => Math.min(count - 1, Math.floor((count + 1) ** next()) - 1);
  return { next, int, chance, pick, weighted, skewed };
}
