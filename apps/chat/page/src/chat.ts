// SPDX-License-Identifier: MIT
// One room, one Socket.IO connection, and what the person in front of the page says in it.

import { io, type Socket } from "socket.io-client";
import { addressOfRoom, enginePath, lobby } from "./address";
import { Backlog } from "./backlog";
import { Composer } from "./composer";
import { showConnection, showLostConnection, showNotice, someNoticeIsShown } from "./connection_line";
import { Delivery } from "./delivery";
import { byId } from "./dom";
import { messageOfAddress } from "./message_item";
import { MessageList } from "./messages";
import { askName, rememberedName } from "./name_dialog";
import { People } from "./people";
import type { ClientToServer, Message, ServerToClient, Welcome } from "./protocol";
import { keepSeen, seenIn } from "./seen";
import { knownRooms, watchRooms } from "./rooms";
import { SearchDialog } from "./search";
import { ownSecret } from "./secret";
import { Unread } from "./unread";
import { Unsent } from "./unsent";

const pageTimeout = 10_000;
const noConnection = "There is no connection.";

export class Chat {
  private readonly messages = new MessageList();
  private readonly people = new People();
  private readonly unsent: Unsent;
  private readonly unread: Unread;
  private readonly composer: Composer;
  private readonly delivery: Delivery;
  private readonly backlog: Backlog;
  private readonly socket: Socket<ServerToClient, ClientToServer>;
  private name = rememberedName();
  private roomSince = -1;
  private readonly lookAtRooms: () => Promise<void>;

  constructor(private readonly room: string) {
    this.unsent = new Unsent(room);
    this.unread = new Unread(room);
    const secret = ownSecret();
    this.socket = io({
      path: enginePath,
      autoConnect: false,
      auth: (give) => give({ name: this.name, room, secret }),
    });
    this.delivery = this.makeDelivery();
    this.backlog = new Backlog(this.messages, room, (request) => this.socket.timeout(pageTimeout).emitWithAck("history", request));
    new SearchDialog(() => [...new Set([room, ...knownRooms()])], room, (request) =>
      this.socket.timeout(pageTimeout).emitWithAck("search", request));
    this.lookAtRooms = watchRooms(room, (names) => {
      if (!this.socket.connected) return Promise.reject(new Error(noConnection));
      return this.socket.timeout(pageTimeout).emitWithAck("rooms", { names });
    });
    this.composer = this.makeComposer(room);
    this.listenToConnection();
    this.listenToBrowser();
    this.listenToServer();
    this.listenToPerson();
  }

  async start(): Promise<void> {
    while (!this.name) this.name = (await askName()) ?? "";
    this.connect();
    this.composer.focus();
  }

  private connect(): void {
    showNotice("");
    showConnection("connecting", "Connecting…");
    this.socket.connect();
  }

  private makeComposer(room: string): Composer {
    return new Composer(room, {
      send: (text) => {
        this.messages.addPending(this.unsent.add(text), this.name);
        this.delivery.proceed();
      },
      typing: (active) => {
        if (this.socket.connected) (active ? this.socket.volatile : this.socket).emit("typing", active);
      },
    });
  }

  private makeDelivery(): Delivery {
    return new Delivery(this.socket, this.unsent, {
      taken: (draft, message) => {
        this.messages.settle(draft.key);
        this.messages.add(message, true);
        if (this.unsent.all().length === 0) this.messages.explainWaiting("");
      },
      delayed: (reason) => this.messages.explainWaiting(reason),
      refused: (draft, reason) => this.messages.fail(draft, reason, (text) => this.composer.add(text)),
    });
  }

  private listenToConnection(): void {
    this.socket.on("connect", () => {
      showConnection("connected", "Connected");
      showNotice("");
      this.messages.explainWaiting("");
    });
    this.socket.on("disconnect", (reason) => {
      this.messages.explainWaiting(noConnection);
      if (this.socket.active) return showLostConnection();
      showConnection("disconnected", "Not connected");
      if (reason !== "io client disconnect" && !someNoticeIsShown()) showNotice("The server has closed the connection.");
    });
    this.socket.on("connect_error", async (error) => {
      this.messages.explainWaiting(noConnection);
      if (this.socket.active) return showLostConnection();
      // The server answered and said no: a name or a room that it does not take.
      showConnection("disconnected", "Not connected");
      const field = (error as Error & { data?: { field?: string } }).data?.field;
      if (field !== "name") return showNotice(error.message, field === "room" ? addressOfRoom(lobby) : undefined);
      this.name = (await askName(error.message)) ?? this.name;
      this.connect();
    });
  }

  /** The browser knows at once what the heartbeat would find out much later. */
  private listenToBrowser(): void {
    window.addEventListener("offline", () => {
      this.socket.io.engine?.close();
      if (this.socket.active && !this.socket.connected) showLostConnection();
    });
    window.addEventListener("online", () => {
      if (!this.socket.active || this.socket.connected) return;
      this.socket.disconnect();  // and with it the pause before the next attempt
      this.connect();
    });
  }

  private listenToServer(): void {
    const { socket, people, messages } = this;
    socket.on("welcome", (welcome) => this.enter(welcome));
    socket.on("message", (message) => {
      people.setTyping({ id: message.from, name: message.name }, false);
      this.show(message, people.isOwn(message.from), true);
    });
    socket.on("joined", (member, time) => {
      if (people.add(member)) messages.joined(member, time);
    });
    socket.on("left", (member, time) => {
      if (people.remove(member)) messages.left(member, time);
    });
    socket.on("changed", (changes, time) => {
      for (const member of changes.joined) if (people.add(member)) messages.joined(member, time);
      for (const member of changes.left) if (people.remove(member)) messages.left(member, time);
    });
    socket.on("dismissed", (reason) => showNotice(reason));
    socket.on("typing", (member, active) => people.setTyping(member, active));
  }

  private enter(welcome: Welcome): void {
    byId("empty").hidden = false;
    this.people.reset(welcome.members, welcome.you.id);
    const isReturn = this.roomSince >= 0;
    if (welcome.since !== this.roomSince) this.messages.forgetPosition();
    this.roomSince = welcome.since;
    const own = new Set<number>();
    for (const { id, key } of welcome.yours) {
      own.add(id);
      this.unsent.remove(key);
      this.messages.settle(key);
    }
    const seen = seenIn(this.room);
    const unseenFrom = !isReturn && seen?.since === welcome.since ? seen.next : -1;
    this.messages.enter(welcome.history, unseenFrom, (message) => this.show(message, own.has(message.id), isReturn));
    if (!isReturn) this.showAddressed();
    this.noteSeen();
    void this.lookAtRooms();
    for (const draft of this.unsent.all()) this.messages.addPending(draft, this.name);
    this.delivery.proceed();
  }

  /** The address of the page may name a message. */
  private showAddressed(): void {
    const id = messageOfAddress();
    if (id !== undefined) void this.backlog.show(id);
  }

  private show(message: Message, isOwn: boolean, isNews: boolean): void {
    if (this.messages.add(message, isOwn) && isNews && !isOwn) this.unread.add(message);
    if (isNews) this.noteSeen();
  }

  /** What is here while somebody looks has been seen. */
  private noteSeen(): void {
    if (this.roomSince < 0 || !this.unread.isWatched()) return;
    keepSeen(this.room, { since: this.roomSince, next: this.messages.nextId() });
  }

  private listenToPerson(): void {
    window.addEventListener("hashchange", () => this.showAddressed());
    for (const event of ["focus", "visibilitychange"]) window.addEventListener(event, () => this.noteSeen(), true);
    byId("come-back").addEventListener("click", () => {
      this.connect();
      this.composer.focus();
    });
    byId("rename").addEventListener("click", async () => {
      const chosen = await askName("", true);
      if (!chosen || chosen === this.name) return;
      this.name = chosen;
      this.socket.disconnect();
      this.connect();
    });
  }
}
