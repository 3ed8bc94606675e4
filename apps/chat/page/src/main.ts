// SPDX-License-Identifier: MIT
// The chat page.

import { addressOfRoom, lobby, roomOfPage } from "./address";
import { Chat } from "./chat";
import { showConnection, showNotice } from "./connection_line";
import { byId, isComposing } from "./dom";
import { drawRooms, offerRooms } from "./rooms";
import { fitToVisibleViewport } from "./viewport";

const peopleButton = byId<HTMLButtonElement>("people-button");
const peoplePanel = byId("people");

const peopleAreShown = (): boolean => peoplePanel.hasAttribute("data-open");

function showPeople(open: boolean): void {
  peoplePanel.toggleAttribute("data-open", open);
  peopleButton.setAttribute("aria-expanded", String(open));
}

/** On a small screen the people and rooms come and go at the side. */
function furnishSide(): void {
  peopleButton.addEventListener("click", () => showPeople(!peopleAreShown()));
  byId("log").addEventListener("click", () => showPeople(false));
  byId("draft").addEventListener("focus", () => showPeople(false));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || isComposing(event) || !peopleAreShown()) return;
    showPeople(false);
    peopleButton.focus();
  });
}

/** Nothing may be said here: it would reach people whom it is not meant for. */
function showNoRoom(): void {
  showConnection("disconnected", "Not connected");
  showNotice("This address names no room.", addressOfRoom(lobby), false);
  byId<HTMLFieldSetElement>("composer-fields").disabled = true;
  byId("rename").hidden = true;
  byId("search-button").hidden = true;
}

function start(): void {
  const room = roomOfPage();
  fitToVisibleViewport();
  furnishSide();
  drawRooms(room);
  offerRooms();
  byId("room-name").textContent = room === undefined ? "No room" : `#${room}`;
  if (room === undefined) showNoRoom();
  else void new Chat(room).start();
}

start();
