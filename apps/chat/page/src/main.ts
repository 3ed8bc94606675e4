// SPDX-License-Identifier: MIT
// The chat page: one room, one Socket.IO connection.

import { io, type Socket } from "socket.io-client";
import { Delivery } from "./delivery";
import { byId } from "./dom";
import { MessageList } from "./messages";
import { askName, rememberedName } from "./name_dialog";
import { drawRooms, People, roomOfPage } from "./people";
import type { ClientToServer, ServerToClient, Welcome } from "./protocol";
import { ownSecret } from "./secret";
import { Unsent } from "./unsent";

const typingPause = 2_500;

const room = roomOfPage();
const messages = new MessageList();
const people = new People();
const unsent = new Unsent(room);
const draftField = byId<HTMLTextAreaElement>("draft");
const connectionLine = byId("connection");
const notice = byId("notice");

const secret = ownSecret();
let name = rememberedName();
let roomSince = -1;

const socket: Socket<ServerToClient, ClientToServer> = io({
  autoConnect: false,
  auth: (give) => give({ name, room, secret }),
});

function showConnection(state: "connecting" | "connected" | "reconnecting" | "disconnected", text: string): void {
  connectionLine.dataset.state = state;
  connectionLine.textContent = text;
}

const delivery = new Delivery(socket, unsent, {
  taken(draft, message) {
    messages.settle(draft.key);
    messages.add(message, true);
  },
  refused(draft, reason) {
    messages.fail(draft, reason, (text) => {
      draftField.value = [draftField.value, text].filter(Boolean).join("\n");
      fitDraft();
      draftField.focus();
    });
  },
});

/** Says why there is no connection, beside the way back. */
function showNotice(text: string): void {
  byId("notice-text").textContent = text;
  notice.hidden = text === "";
}

// ---- connection ----

socket.on("connect", () => {
  showConnection("connected", "Connected");
  showNotice("");
});

socket.on("disconnect", (reason) => {
  if (socket.active) return showConnection("reconnecting", "Reconnecting…");
  showConnection("disconnected", "Not connected");
  if (reason !== "io client disconnect" && notice.hidden) showNotice("The server has closed the connection.");
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
  connect();
});

function connect(): void {
  showNotice("");
  showConnection("connecting", "Connecting…");
  socket.connect();
}

byId("come-back").addEventListener("click", () => {
  connect();
  draftField.focus();
});

// ---- what the server says ----

socket.on("welcome", (welcome: Welcome) => {
  people.reset(welcome.members, welcome.you.id);
  if (welcome.since !== roomSince) messages.forgetPosition();
  roomSince = welcome.since;
  const own = new Set<number>();
  for (const { id, key } of welcome.yours) {
    own.add(id);
    unsent.remove(key);
    messages.settle(key);
  }
  for (const message of welcome.history) messages.add(message, own.has(message.id));
  for (const draft of unsent.all()) messages.addPending(draft, name);
  delivery.proceed();
});

socket.on("message", (message) => {
  people.setTyping({ id: message.from, name: message.name }, false);
  messages.add(message, people.isOwn(message.from));
});
socket.on("joined", (member, time) => {
  if (people.add(member)) messages.joined(member, time);
});
socket.on("left", (member, time) => {
  if (people.remove(member)) messages.left(member, time);
});
socket.on("changed", (changes, time) => {
  const joined = changes.joined.filter((member) => people.add(member));
  const left = changes.left.filter((member) => people.remove(member));
  if (joined.length + left.length > 0) messages.changed({ joined, left }, time);
});
socket.on("dismissed", showNotice);
socket.on("typing", (member, active) => people.setTyping(member, active));

// ---- what this person says ----

function send(): void {
  const text = draftField.value.trim();
  if (!text) return;
  const draft = unsent.add(text);
  messages.addPending(draft, name);
  setTyping(false);
  delivery.proceed();
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
  socket.disconnect();
  connect();
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
  connect();
  draftField.focus();
}

void start();
