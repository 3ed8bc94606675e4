// SPDX-License-Identifier: MIT
// How far somebody has read in each room: kept by the browser for all of its tabs, and when the page is closed.

import { readText, writeText } from "./storage";

export interface Position {
  /** When the room began: with another one, ids start over. */
  since: number;
  /** The id of the first message that was not seen. */
  next: number;
}

const keyOf = (room: string): string => `parley.seen.${room}`;

export function seenIn(room: string): Position | undefined {
  const [since, next] = readText("localStorage", keyOf(room)).split(" ").map(Number);
  if (since === undefined || next === undefined || !Number.isSafeInteger(since) || !Number.isSafeInteger(next)) return undefined;
  return { since, next };
}

export function keepSeen(room: string, { since, next }: Position): void {
  const earlier = seenIn(room);
  if (earlier?.since === since && earlier.next >= next) return;
  writeText("localStorage", keyOf(room), `${since} ${next}`);
}

/** How much is new in a room, for somebody who has been there. */
export function unseenIn(room: string, now: Position): number {
  const seen = seenIn(room);
  if (!seen) return 0;
  return seen.since === now.since ? Math.max(0, now.next - seen.next) : now.next;
}
