// SPDX-License-Identifier: MIT
// The list of messages and of comings and goings, and where the reader stands in it.

import { Comings } from "./comings";
import { byId, element, paint } from "./dom";
import { linked } from "./links";
import type { Draft, Member, Message } from "./protocol";
import { clockTime, dayName, fullTime, isSameDay } from "./times";

const keptInPage = 500;
/** For somebody who reads further up nothing is taken away beneath their eyes, up to this many. */
const keptForReader = 2_000;
/** Those go by so many at a time: each time costs a layout of all. */
const trimmedForReader = 100;
const sameBreath = 5 * 60 * 1000;
const endTolerance = 48;

export class MessageList {
  private readonly log = byId("log");
  private readonly list = byId<HTMLOListElement>("messages");
  private readonly jump = byId<HTMLButtonElement>("jump");
  private readonly pending = new Map<string, HTMLLIElement>();
  private whyWaiting = "";
  private latestId = -1;
  private latestSender = "";
  private latestTime = 0;
  private latestDay: number | undefined;
  private comings: Comings | undefined;
  private isFollowing = true;
  private below = 0;  // messages that came while the reader was further up

  constructor() {
    this.jump.addEventListener("click", () => this.scrollToEnd());
    this.log.addEventListener("scroll", () => {
      this.isFollowing = this.isAtEnd();
      if (!this.isFollowing) return;
      this.trim();
      this.showBelow(0);
    });
    // Keyboards, rotated phones, growing fields: who was at the end stays there.
    const observer = new ResizeObserver(() => this.keepEnd());
    observer.observe(this.log);
    observer.observe(this.list);
  }

  /** Adds a message of the room, once: returns false for history that is already here. */
  add(message: Message, own: boolean): boolean {
    if (message.id <= this.latestId) return false;
    this.latestId = message.id;
    this.beginDay(message.time);
    const first = message.from !== this.latestSender || message.time - this.latestTime > sameBreath;
    this.latestSender = message.from;
    this.latestTime = message.time;
    this.comings = undefined;
    this.append(this.messageItem(message.name, message.text, message.time, own, first), own);
    if (!this.isFollowing) this.showBelow(this.below + 1);
    return true;
  }

  /** The room began anew: its message ids start over. */
  forgetPosition(): void {
    this.latestId = -1;
  }

  /** Shows a message that the server has not confirmed yet. */
  addPending(draft: Draft, name: string): void {
    if (this.pending.has(draft.key)) return;
    const item = this.messageItem(name, draft.text, Date.now(), true, true);
    item.classList.add("message--pending");
    item.append(element("span", { class: "message__state" }, this.stateOfWaiting()));
    this.pending.set(draft.key, item);
    this.append(item, true);
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
    if (!this.comings || !isSameDay(this.comings.began, time)) {
      this.beginDay(time);
      this.latestSender = "";
      this.comings = new Comings(time);
      this.append(this.comings.item, false);
    }
    this.comings.note(member.name, isHere, time);
    if (this.comings.isEmpty) {
      this.comings.item.remove();
      this.comings = undefined;
    }
    this.keepEnd();
  }

  /** The day of what follows, if it is another one than that of what stands there. */
  private beginDay(time: number): void {
    if (this.latestDay !== undefined && isSameDay(this.latestDay, time)) return;
    this.latestDay = time;
    this.latestSender = "";
    this.comings = undefined;
    const day = element("time", { datetime: new Date(time).toISOString() }, dayName(time));
    this.append(element("li", { class: "day" }, day), false);
  }

  private messageItem(name: string, text: string, time: number, own: boolean, first: boolean): HTMLLIElement {
    const item = element("li", { class: "message" });
    if (own) item.classList.add("message--own");
    if (first) item.classList.add("message--first");
    const head = element("div", { class: first ? "message__head" : "visually-hidden" });
    const clock = { class: "message__time", datetime: new Date(time).toISOString(), title: fullTime(time) };
    head.append(
      paint(element("bdi", { class: "message__name" }, name), name),
      element("time", clock, clockTime(time)),
    );
    item.append(head, element("p", { class: "message__text" }, ...linked(text)));
    return item;
  }

  private append(item: HTMLLIElement, follow: boolean): void {
    this.list.append(item);
    for (const waiting of this.pending.values()) this.list.append(waiting);
    this.trim();
    if (follow) this.scrollToEnd();
    else this.keepEnd();
  }

  /** Takes away what is oldest. Each message keeps its sender and its day in sight. */
  private trim(): void {
    const excess = this.list.children.length - (this.isFollowing ? keptInPage : keptForReader);
    if (excess <= (this.isFollowing ? 0 : trimmedForReader)) return;
    const newest = this.list.lastElementChild;
    const topBefore = newest?.getBoundingClientRect().top ?? 0;
    let day: Element | undefined;
    for (let i = 0; i < excess; ++i) {
      const oldest = this.list.firstElementChild;
      if (oldest?.classList.contains("day")) day = oldest;
      oldest?.remove();
    }
    const first = this.list.firstElementChild;
    if (first?.classList.contains("message")) {
      first.classList.add("message--first");
      first.querySelector(".visually-hidden")?.setAttribute("class", "message__head");
    }
    if (day && !first?.classList.contains("day")) this.list.prepend(day);
    if (!this.isFollowing) this.log.scrollTop += (newest?.getBoundingClientRect().top ?? 0) - topBefore;
  }

  private showBelow(count: number): void {
    this.below = count;
    this.jump.hidden = count === 0;
    if (count > 0) this.jump.textContent = count === 1 ? "1 new message ↓" : `${count} new messages ↓`;
  }

  private isAtEnd(): boolean {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < endTolerance;
  }

  private keepEnd(): void {
    if (this.isFollowing) this.log.scrollTop = this.log.scrollHeight;
  }

  private scrollToEnd(): void {
    this.isFollowing = true;
    this.trim();
    this.keepEnd();
    this.showBelow(0);
  }
}
