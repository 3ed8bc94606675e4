// SPDX-License-Identifier: MIT
// The list of messages and of comings and goings, and where the reader stands in it.

import { Comings } from "./comings";
import { byId, element } from "./dom";
import { Flow, dayItem, messageItem, showHead } from "./message_item";
import type { Draft, HistoryPage, Member, Message } from "./protocol";
import { isSameDay } from "./times";

const keptInPage = 500;
/** For somebody who reads further up nothing is taken away beneath their eyes, up to this many. */
const keptForReader = 2_000;
/** Those go by so many at a time: each time costs a layout of all. */
const trimmedForReader = 100;
const endTolerance = 48;
/** So near, in heights of what is seen, the next part is asked for. */
const nearness = 1.5;
const revealedFor = 2500;

export class MessageList {
  private readonly log = byId("log");
  private readonly list = byId<HTMLOListElement>("messages");
  private readonly jump = byId<HTMLButtonElement>("jump");
  private readonly pending = new Map<string, HTMLLIElement>();
  private whyWaiting = "";
  private latestId = -1;
  private flow = new Flow();
  /** The messages that are shown, by their elements. */
  private readonly messages = new WeakMap<Element, Message>();
  private comings: Comings | undefined;
  private isFollowing = true;
  private below = 0;  // messages that came while the reader was further up
  /** Something may stand above what is shown. */
  hasOlder = false;
  /** What is shown ends before the latest message. */
  private isDetached = false;
  private nearTop = (): void => {};
  private nearBottom = (): void => {};
  private wantLatest = (): void => {};

  constructor() {
    this.jump.addEventListener("click", () => (this.isDetached ? this.wantLatest() : this.scrollToEnd()));
    this.log.addEventListener("scroll", () => {
      this.look();
      if (!this.isFollowing) return;
      this.trim();
      this.showBelow(0);
    });
    // Keyboards, rotated phones, growing fields: who was at the end stays there.
    const observer = new ResizeObserver(() => this.keepEnd());
    observer.observe(this.log);
    observer.observe(this.list);
  }

  whenNearTop(call: () => void): void {
    this.nearTop = call;
  }

  whenNearBottom(call: () => void): void {
    this.nearBottom = call;
  }

  whenLatestIsWanted(call: () => void): void {
    this.wantLatest = call;
  }

  /** Adds a message of the room, once: returns false for history that is already here. */
  add(message: Message, own: boolean): boolean {
    if (message.id <= this.latestId) return false;
    this.latestId = message.id;
    if (this.isDetached) {
      this.showBelow(this.below + 1);
      if (own) this.wantLatest();
      return true;
    }
    this.comings = undefined;
    this.place(this.itemsOf(message, own), own);
    if (!this.isFollowing) this.showBelow(this.below + 1);
    return true;
  }

  /** The room began anew: its message ids start over. */
  forgetPosition(): void {
    this.latestId = -1;
    this.hasOlder = false;
    for (const item of this.list.querySelectorAll(".message[id]")) item.removeAttribute("id");
  }

  /** What a page is told on entering, which may begin later than where it ended before. */
  enter(history: Message[], unseenFrom: number, show: (message: Message) => void): void {
    const [first] = history;
    const isGap = first !== undefined && this.latestId >= 0 && first.id > this.latestId + 1;
    if (isGap && this.isFollowing) this.clear();
    else if (isGap) this.detach();
    if (this.oldestId() === undefined) this.hasOlder = (first?.id ?? 0) > 0;
    for (const message of history) {
      if (message.id === unseenFrom && message !== first) {
        this.place([element("li", { class: "unseen" }, "New since you were here")], false);
        this.flow.interrupt();
      }
      show(message);
    }
  }

  oldestId(): number | undefined {
    const first = this.list.querySelector(".message[id]");
    return first ? this.messages.get(first)?.id : undefined;
  }

  /** The id behind the latest message that is known. */
  nextId(): number {
    return this.latestId + 1;
  }

  newestId(): number | undefined {
    return this.messageBefore(null)?.id;
  }

  /** Shows a page above all others. Nothing moves. */
  prepend({ messages, yours, complete }: HistoryPage): void {
    this.hasOlder = !complete;
    if (messages.length === 0) return;
    const own = new Set(yours.map(({ id }) => id));
    const flow = this.flow;
    this.flow = new Flow();
    const items = messages.flatMap((message) => this.itemsOf(message, own.has(message.id)));
    this.join(this.flow);
    this.flow = flow;
    this.log.ariaLive = "off";  // what was said long ago is not to be read out as news
    this.holding(this.list.querySelector(".message"), () => this.list.prepend(...items));
    setTimeout(() => (this.log.ariaLive = null));
    this.dropBelow();
    this.look();
  }

  /** Shows a page below all others, where what is shown does not reach the end. */
  append({ messages, yours, complete }: HistoryPage): void {
    if (!this.isDetached) return;
    const own = new Set(yours.map(({ id }) => id));
    const items = messages.flatMap((message) => this.itemsOf(message, own.has(message.id)));
    this.list.append(...items);
    const newest = messages.at(-1)?.id ?? this.latestId;
    this.latestId = Math.max(this.latestId, newest);
    if (complete && newest >= this.latestId) this.attach();
    const excess = this.list.children.length - keptForReader;
    if (excess > 0) this.holding(this.list.lastElementChild, () => this.dropAbove(excess));
    this.look();
  }

  /** Shows a page and nothing else. */
  replace(page: HistoryPage): void {
    this.clear();
    this.isDetached = true;
    this.hasOlder = (page.messages[0]?.id ?? 0) > 0;
    const newest = page.messages.at(-1)?.id ?? -1;
    this.append({ ...page, complete: newest >= this.latestId });
    if (this.isDetached) this.showBelow(this.below);
  }

  /** Brings a message into sight; false: it is not shown. */
  reveal(id: number): boolean {
    const item = document.getElementById(`m${id}`);
    if (!item) return false;
    item.scrollIntoView({ block: "center" });
    item.classList.add("message--revealed");
    setTimeout(() => item.classList.remove("message--revealed"), revealedFor);
    this.look();
    return true;
  }

  /** The elements of a message that stands below all that the flow knows. */
  private itemsOf(message: Message, own: boolean): HTMLLIElement[] {
    const items: HTMLLIElement[] = [];
    if (this.flow.isNewDay(message.time)) {
      items.push(dayItem(message.time));
      this.flow.beginDay(message.time);
    }
    const item = messageItem(message.name, message.text, message.time, own, this.flow.isFirst(message), message.id);
    this.messages.set(item, message);
    this.flow.goOn(message);
    items.push(item);
    return items;
  }

  /** What is on top goes on from `flow`. */
  private join(flow: Flow): void {
    const top = this.list.firstElementChild;
    const first = this.list.querySelector(".message[id]");
    const message = first && this.messages.get(first);
    if (!top || !first || !message) return;
    if (top.classList.contains("day") && !flow.isNewDay(message.time)) top.remove();
    if (this.list.firstElementChild === first) showHead(first, flow.isNewDay(message.time) || flow.isFirst(message));
  }

  /** Does something to the list that moves nothing of what is seen. */
  private holding(held: Element | null, change: () => void): void {
    const before = held?.getBoundingClientRect().top ?? 0;
    change();
    if (held?.isConnected) this.log.scrollTop += held.getBoundingClientRect().top - before;
  }

  /** The message above an element, or above the end. */
  private messageBefore(end: Element | null): Message | undefined {
    for (let item = end ? end.previousElementSibling : this.list.lastElementChild; item; item = item.previousElementSibling) {
      const message = this.messages.get(item);
      if (message) return message;
    }
    return undefined;
  }

  private clear(): void {
    this.list.replaceChildren();
    this.flow = new Flow();
    this.comings = undefined;
    this.isDetached = false;
  }

  /** Of what is far below the reader, the latest goes. */
  private dropBelow(): void {
    const excess = this.list.children.length - keptForReader;
    if (excess <= 0 || this.isFollowing) return;
    this.detach();
    for (let i = 0; i < excess; ++i) this.list.lastElementChild?.remove();
    const last = this.messageBefore(null);
    this.flow = new Flow();
    if (last) this.flow.goOn(last);
  }

  private detach(): void {
    this.isDetached = true;
    this.comings = undefined;
    for (const waiting of this.pending.values()) waiting.remove();
    this.showBelow(this.below);
  }

  private attach(): void {
    this.isDetached = false;
    this.list.append(...this.pending.values());
    this.showBelow(this.below);
  }

  /** Where the reader is. */
  private look(): void {
    this.isFollowing = this.isAtEnd() && !this.isDetached;
    const near = nearness * this.log.clientHeight;
    if (this.hasOlder && this.log.scrollTop < near) this.nearTop();
    const rest = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight;
    if (this.isDetached && rest < near) this.nearBottom();
  }

  /** Shows a message that the server has not confirmed yet. */
  addPending(draft: Draft, name: string): void {
    if (this.pending.has(draft.key)) return;
    const item = messageItem(name, draft.text, Date.now(), true, true);
    item.classList.add("message--pending");
    item.append(element("span", { class: "message__state" }, this.stateOfWaiting()));
    this.pending.set(draft.key, item);
    if (this.isDetached) this.wantLatest();
    else this.place([item], true);
  }

  /** Says beneath all messages that wait what they are waiting for; empty: for their turn. */
  explainWaiting(why: string): void {
    if (why === this.whyWaiting) return;
    this.whyWaiting = why;
    for (const item of this.pending.values()) item.querySelector(".message__state")?.replaceChildren(this.stateOfWaiting());
  }

  private stateOfWaiting(): string {
    return this.whyWaiting ? `Waiting to be sent: ${this.whyWaiting}` : "Waiting to be sent";
  }

  /** The server has taken the message: it stands among the others. */
  settle(key: string): void {
    this.pending.get(key)?.remove();
    this.pending.delete(key);
  }

  /** The server refused the message for good. `edit` is called if the person wants its text back. */
  fail(draft: Draft, reason: string, edit: (text: string) => void): void {
    const item = this.pending.get(draft.key);
    if (!item) return;
    this.pending.delete(draft.key);
    item.classList.replace("message--pending", "message--failed");
    const button = element("button", { class: "button button--quiet", type: "button" }, "Edit");
    button.addEventListener("click", () => {
      item.remove();
      edit(draft.text);
    });
    item.querySelector(".message__state")?.replaceChildren(`Not sent: ${reason} `, button);
  }

  joined(member: Member, time: number): void {
    this.note(member, true, time);
  }

  left(member: Member, time: number): void {
    this.note(member, false, time);
  }

  private note(member: Member, isHere: boolean, time: number): void {
    if (this.isDetached) return;
    if (!this.comings || !isSameDay(this.comings.began, time)) {
      if (this.flow.isNewDay(time)) this.place([dayItem(time)], false);
      this.flow.beginDay(time);
      this.comings = new Comings(time);
      this.place([this.comings.item], false);
    }
    this.comings.note(member.name, isHere, time);
    if (this.comings.isEmpty) {
      this.comings.item.remove();
      this.comings = undefined;
    }
    this.keepEnd();
  }

  private place(items: HTMLLIElement[], follow: boolean): void {
    this.list.append(...items, ...this.pending.values());
    this.trim();
    if (follow) this.scrollToEnd();
    else this.keepEnd();
  }

  /** Takes away what is oldest: it can be read again. */
  private trim(): void {
    const excess = this.list.children.length - (this.isFollowing ? keptInPage : keptForReader);
    if (excess <= (this.isFollowing ? 0 : trimmedForReader)) return;
    if (this.isFollowing) this.dropAbove(excess);
    else this.holding(this.list.lastElementChild, () => this.dropAbove(excess));
  }

  /** Each message keeps its sender and its day in sight. */
  private dropAbove(count: number): void {
    let day: Element | undefined;
    for (let i = 0; i < count; ++i) {
      const oldest = this.list.firstElementChild;
      if (oldest?.classList.contains("day")) day = oldest;
      oldest?.remove();
    }
    this.hasOlder = true;
    const first = this.list.firstElementChild;
    if (first?.classList.contains("message")) showHead(first, true);
    if (day && !first?.classList.contains("day")) this.list.prepend(day);
  }

  private showBelow(count: number): void {
    this.below = count;
    this.jump.hidden = count === 0 && !this.isDetached;
    if (count === 0) this.jump.textContent = "Latest messages ↓";
    else this.jump.textContent = count === 1 ? "1 new message ↓" : `${count} new messages ↓`;
  }

  private isAtEnd(): boolean {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < endTolerance;
  }

  private keepEnd(): void {
    if (this.isFollowing) this.log.scrollTop = this.log.scrollHeight;
  }

  scrollToEnd(): void {
    this.isFollowing = true;
    this.trim();
    this.keepEnd();
    this.showBelow(0);
  }
}
