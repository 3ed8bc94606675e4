// SPDX-License-Identifier: MIT
// The rooms that this browser has visited, and the way into another one.

import { addressOfRoom, complaintAboutRoom, lobby } from "./address";
import { byId, element } from "./dom";
import type { RoomsAnswer } from "./protocol";
import { unseenIn } from "./seen";
import { readArray, writeText } from "./storage";

const storageKey = "parley.rooms";
const roomsRemembered = 12;
const newsInterval = 20_000;

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
      const link = element("a", { href: addressOfRoom(room), "data-room": room }, `#${room}`);
      if (room === current) link.setAttribute("aria-current", "page");
      return element("li", {}, link);
    }),
  );
}

/** Says beside each room but the current one how much is new there. */
function showNews({ rooms }: RoomsAnswer, current: string): void {
  const links = new Map([...document.querySelectorAll<HTMLElement>("#rooms a")].map((link) => [link.dataset.room ?? "", link]));
  for (const { name, since, next } of rooms) {
    const link = links.get(name);
    if (!link) continue;
    const count = name === current ? 0 : unseenIn(name, { since, next });
    link.querySelector(".rooms__new")?.remove();
    if (count === 0) continue;
    const badge = element("span", { class: "rooms__new" }, count > 999 ? "999+" : String(count));
    badge.append(element("span", { class: "visually-hidden" }, " new"));
    link.append(badge);
  }
}

/** Keeps that true while somebody looks at the page; `ask` rejects while there is no connection. */
export function watchRooms(current: string, ask: (names: string[]) => Promise<RoomsAnswer>): () => Promise<void> {
  const look = async (): Promise<void> => {
    if (document.hidden) return;
    try {
      showNews(await ask(knownRooms()), current);
    } catch {
      // The next look is soon enough.
    }
  };
  window.setInterval(() => void look(), newsInterval);
  for (const event of ["focus", "visibilitychange", "storage"]) window.addEventListener(event, () => void look());
  return look;
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
