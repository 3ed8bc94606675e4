// SPDX-License-Identifier: MIT
// Names that all have one hash where a table is not keyed: std::hash<std::string> of libstdc++ is MurmurHash64A with a
// seed that everybody knows, and its steps can be undone. Of two blocks of eight octets each that lead away from a state
// the second can be chosen so that both ways meet again; n such forks are 2^n names.
const mask = (1n << 64n) - 1n;
const factor = 0xc6a4a7935bd1e995n;
const seed = 0xc70f6907n;
const times = (a, b) => (a * b) & mask;
const shiftMix = (v) => v ^ (v >> 47n);

/** The inverse of an odd number modulo 2^64, by Newton's iteration. */
const inverse = (() => {
  let x = factor;
  for (let i = 0; i < 6; ++i) x = times(x, 2n - times(factor, x) + (1n << 66n));
  return x;
})();

const mix = (block) => times(shiftMix(times(block, factor)), factor);
const unmix = (mixed) => times(shiftMix(times(mixed, inverse)), inverse); // shiftMix undoes itself: 2 * 47 >= 64
const step = (state, block) => times(state ^ mix(block), factor);

const toBlock = (text) => Buffer.from(text, "latin1").readBigUInt64LE();
const toText = (block) => {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64LE(block);
  return octets.toString("latin1");
};
const isPlain = (text) => /^[ !#-[\]-~]{8}$/.test(text); // ASCII that JSON need not escape

export const hashOf = (name) => {
  let state = seed ^ times(BigInt(name.length), factor);
  for (let at = 0; at < name.length; at += 8) state = step(state, toBlock(name.slice(at, at + 8)));
  state = times(shiftMix(state), factor);
  return shiftMix(state);
};

/** Two texts of sixteen plain octets that lead from `state` to the same state. */
function fork(state) {
  const [left, right] = ["left....", "right..."];
  const [a, b] = [step(state, toBlock(left)), step(state, toBlock(right))];
  for (let i = 0; ; ++i) {
    const tail = i.toString(36).padStart(8, ".");
    const other = toText(unmix(a ^ b ^ mix(toBlock(tail))));
    if (isPlain(other)) return { texts: [left + tail, right + other], state: step(a, toBlock(tail)) };
  }
}

/** 2^`forks` names, at most 15 forks: a room's name has no more than 255 octets. */
export function collidingNames(forks) {
  let state = seed ^ times(BigInt(16 * forks), factor);
  let names = [""];
  for (let i = 0; i < forks; ++i) {
    const next = fork(state);
    state = next.state;
    names = names.flatMap((name) => next.texts.map((text) => name + text));
  }
  return names;
}
