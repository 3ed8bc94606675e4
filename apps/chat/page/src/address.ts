// SPDX-License-Identifier: MIT
// Which room an address names, and which address a room has. Everything is relative to where this script lies: a proxy
// may put the chat beneath a path of its own.

import { nameCharactersMax } from "./protocol";

const base = new URL("./", import.meta.url).pathname;

export const lobby = "lobby";
export const enginePath = `${base}socket.io`;

/** The room of this page: its base is the lobby, `r/<room>` beneath it any other. Undefined: the address names none. */
export function roomOfPage(): string | undefined {
  if (!location.pathname.startsWith(base)) return undefined;
  const path = location.pathname.slice(base.length);
  if (path === "") return lobby;
  const [, encoded] = /^r\/([^/]+)\/?$/.exec(path) ?? [];
  try {
    const room = decodeURIComponent(encoded ?? "");
    return complaintAboutRoom(room) === "" ? room : undefined;
  } catch {
    return undefined;  // it is not UTF-8
  }
}

export function addressOfRoom(room: string): string {
  return room === lobby ? base : `${base}r/${encodeURIComponent(room)}`;
}

/** Why there can be no room of this name, for the person who wants it; empty if there can. */
export function complaintAboutRoom(name: string): string {
  if ([...name].length > nameCharactersMax) return `A name can have at most ${nameCharactersMax} characters.`;
  // Browsers take the first two for steps between directories; half a surrogate pair is in no address.
  if (name.trim() === "" || /^\.\.?$|\p{Surrogate}/u.test(name)) return "There can be no room of that name.";
  return "";
}
