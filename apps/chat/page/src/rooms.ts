// SPDX-License-Identifier: MIT
// The rooms that this browser has visited, and the way into another one.

import { addressOfRoom, complaintAboutRoom, lobby } from "./address";
import { byId, element } from "./dom";
import { readArray, writeText } from "./storage";

const storageKey = "parley.rooms";
const roomsRemembered = 12;

const isRoom = (item: unknown): item is string => typeof item === "string" && complaintAboutRoom(item) === "";

/** The rooms that this browser knows. */
export function knownRooms(): string[] {
  return [...new Set([lobby, ...readArray("localStorage", storageKey, isRoom)])].slice(0, roomsRemembered);
}

/** Lists the rooms; `current` is the one of this page, if its address names one. */
export function drawRooms(current: string | undefined): void {
  const remembered = readArray("localStorage", storageKey, isRoom);
  const rooms = [lobby, ...(isRoom(current) ? [current] : []), ...remembered];
  const shown = [...new Set(rooms)].slice(0, roomsRemembered);
  writeText("localStorage", storageKey, JSON.stringify(shown));
  byId("rooms").replaceChildren(
    ...shown.map((room) => {
      const link = element("a", { href: addressOfRoom(room) }, `#${room}`);
      if (room === current) link.setAttribute("aria-current", "page");
      return element("li", {}, link);
    }),
  );
}

/** Lets the person open a room by its name. */
export function offerRooms(): void {
  const input = byId<HTMLInputElement>("room-input");
  const error = byId("room-error");
  input.addEventListener("input", () => (error.textContent = ""));
  byId<HTMLFormElement>("room-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = input.value.trim().replace(/^#/, "").trim().replace(/\s+/g, " ");
    if (!name) return;
    error.textContent = complaintAboutRoom(name);
    if (!error.textContent) location.assign(addressOfRoom(name));
  });
}
