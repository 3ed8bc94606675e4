// SPDX-License-Identifier: MIT
// The chat page: one room, one Socket.IO connection.

import { io, type Socket } from "socket.io-client";
import { byId } from "./dom";
import { MessageList } from "./messages";
import { askName, rememberedName } from "./name_dialog";
import { drawRooms, People, roomOfPage } from "./people";
import type { ClientToServer, Draft, Receipt, ServerToClient, Welcome } from "./protocol";
import { Unsent } from "./unsent";

const receiptTimeout = 10_000;
const typingPause = 2_500;

const room = roomOfPage();
const messages = new MessageList();
const people = new People();
const unsent = new Unsent(room);
const draftField = byId<HTMLTextAreaElement>("draft");
const connectionLine = byId("connection");
const notice = byId("notice");

let name = rememberedName();
let roomSince = -1;

const socket: Socket<ServerToClient, ClientToServer> = io({
  autoConnect: false,
  auth: (give) => give({ name, room }),
});

function showConnection(state: "connecting" | "connected" | "reconnecting" | "disconnected", text: string): void {
  connectionLine.dataset.state = state;
  connectionLine.textContent = text;
}

function showNotice(text: string): void {
  notice.textContent = text;
  notice.hidden = text === "";
}

// ---- connection ----

socket.on("connect", () => {
  showConnection("connected", "Connected");
  showNotice("");
});

socket.on("disconnect", (reason) => {
  if (socket.active) showConnection("reconnecting", "Reconnecting…");
  else showConnection("disconnected", reason === "io client disconnect" ? "Disconnected" : "The server closed the chat");
});

socket.on("connect_error", async (error) => {
  if (socket.active) {
    showConnection("reconnecting", "Reconnecting…");
    return;
  }
  // The server answered and said no: a name or a room that it does not take.
  showConnection("disconnected", "Not connected");
  const field = (error as Error & { data?: { field?: string } }).data?.field;
  if (field !== "name") {
    showNotice(error.message);
    return;
  }
  name = (await askName(error.message)) ?? name;
  showConnection("connecting", "Connecting…");
  socket.connect();
});

// ---- what the server says ----

socket.on("welcome", (welcome: Welcome) => {
  people.reset(welcome.members, welcome.you.id);
  if (welcome.since !== roomSince) messages.forgetPosition();
  roomSince = welcome.since;
  for (const message of welcome.history) messages.add(message, isOwn(message.key, message.from));
  for (const draft of unsent.all()) {
    messages.addPending(draft, name);
    deliver(draft);
  }
});

socket.on("message", (message) => {
  people.setTyping({ id: message.from, name: message.name }, false);
  messages.add(message, isOwn(message.key, message.from));
});
socket.on("joined", (member, time) => {
  people.add(member);
  messages.joined(member, time);
});
socket.on("left", (member, time) => {
  people.remove(member);
  messages.left(member, time);
});
socket.on("changed", (changes, time) => {
  for (const member of changes.joined) people.add(member);
  for (const member of changes.left) people.remove(member);
  messages.changed(changes, time);
});
socket.on("dismissed", showNotice);
socket.on("typing", (member, active) => people.setTyping(member, active));

// ---- what this person says ----

const ownKeys = new Set<string>();

function isOwn(key: string, from: string): boolean {
  return from === socket.id || ownKeys.has(key);
}

function deliver(draft: Draft): void {
  ownKeys.add(draft.key);
  if (!socket.connected) return;
  socket.timeout(receiptTimeout).emit("message", draft, (error: Error | null, receipt: Receipt) => {
    if (error) {
      // No answer: it stays among the unsent and goes again after the next connection, or now if this one lives.
      if (socket.connected && unsent.all().some((waiting) => waiting.key === draft.key)) deliver(draft);
      return;
    }
    unsent.remove(draft.key);
    if ("error" in receipt) messages.fail(draft.key, receipt.error);
    else messages.add(receipt.message, true);
  });
}

function send(): void {
  const text = draftField.value.trim();
  if (!text) return;
  const draft = unsent.add(text);
  messages.addPending(draft, name);
  setTyping(false);
  deliver(draft);
  draftField.value = "";
  fitDraft();
}

function fitDraft(): void {
  draftField.style.height = "auto";
  draftField.style.height = `${draftField.scrollHeight + 2}px`;
}

let typing = false;
let typingTimer = 0;

function setTyping(active: boolean): void {
  clearTimeout(typingTimer);
  if (active) typingTimer = window.setTimeout(() => setTyping(false), typingPause);
  if (active === typing) return;
  typing = active;
  if (socket.connected) (active ? socket.volatile : socket).emit("typing", active);
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
  draftField.focus();
});
draftField.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
draftField.addEventListener("input", () => {
  fitDraft();
  setTyping(draftField.value.trim() !== "");
});

// ---- the room around it ----

byId("rename").addEventListener("click", async () => {
  const chosen = await askName("", true);
  if (!chosen || chosen === name) return;
  name = chosen;
  showConnection("connecting", "Connecting…");
  socket.disconnect().connect();
});

const peopleButton = byId<HTMLButtonElement>("people-button");
const peoplePanel = byId("people");
function showPeople(open: boolean): void {
  peoplePanel.toggleAttribute("data-open", open);
  peopleButton.setAttribute("aria-expanded", String(open));
}
const peopleAreShown = (): boolean => peoplePanel.hasAttribute("data-open");

peopleButton.addEventListener("click", () => showPeople(!peopleAreShown()));
byId("messages").addEventListener("click", () => showPeople(false));
draftField.addEventListener("focus", () => showPeople(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !peopleAreShown()) return;
  showPeople(false);
  peopleButton.focus();
});

async function start(): Promise<void> {
  byId("room-name").textContent = `#${room}`;
  document.title = `#${room} · Parley`;
  drawRooms(room);
  while (!name) name = (await askName()) ?? "";
  for (const draft of unsent.all()) ownKeys.add(draft.key);
  socket.connect();
  draftField.focus();
}

void start();
