// SPDX-License-Identifier: MIT
// The list of messages and notices, and where the reader stands in it.

import { byId, clockTime, element, isolated, linked, paint } from "./dom";
import type { Changes, Draft, Member, Message } from "./protocol";

const keptInPage = 500;
const sameBreath = 5 * 60 * 1000;

export class MessageList {
  private readonly list = byId<HTMLOListElement>("messages");
  private readonly jump = byId<HTMLButtonElement>("jump");
  private readonly pending = new Map<string, HTMLLIElement>();
  private latestId = -1;
  private latestSender = "";
  private latestTime = 0;

  constructor() {
    this.jump.addEventListener("click", () => this.scrollToEnd());
    this.list.addEventListener("scroll", () => {
      if (this.isAtEnd()) this.jump.hidden = true;
    });
  }

  /** Adds a message of the room, once: history that is already here is passed over. */
  add(message: Message, own: boolean): void {
    if (message.id <= this.latestId) return;
    this.latestId = message.id;
    const first = message.from !== this.latestSender || message.time - this.latestTime > sameBreath;
    this.latestSender = message.from;
    this.latestTime = message.time;
    this.append(this.messageItem(message.name, message.text, message.time, own, first), own);
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
    item.append(element("span", { class: "message__state" }, "Waiting to be sent"));
    this.pending.set(draft.key, item);
    this.append(item, true);
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
    this.notice(time, isolated(member.name), " joined");
  }

  left(member: Member, time: number): void {
    this.notice(time, isolated(member.name), " left");
  }

  /** Many at once: how many, as their names would push the conversation away. */
  changed({ joined, left }: Changes, time: number): void {
    const [first] = joined.length === 1 ? joined : left;
    if (joined.length + left.length === 1 && first) return joined.length === 1 ? this.joined(first, time) : this.left(first, time);
    const counts = [joined.length > 0 ? `${joined.length} joined` : "", left.length > 0 ? `${left.length} left` : ""];
    this.notice(time, counts.filter(Boolean).join(", "));
  }

  private notice(time: number, ...text: (Node | string)[]): void {
    this.latestSender = "";
    this.append(element("li", { class: "event" }, ...text, ` · ${clockTime(time)}`), false);
  }

  private messageItem(name: string, text: string, time: number, own: boolean, first: boolean): HTMLLIElement {
    const item = element("li", { class: "message" });
    if (own) item.classList.add("message--own");
    if (first) item.classList.add("message--first");
    const head = element("div", { class: first ? "message__head" : "visually-hidden" });
    head.append(
      paint(element("bdi", { class: "message__name" }, name), name),
      element("time", { class: "message__time", datetime: new Date(time).toISOString() }, clockTime(time)),
    );
    item.append(head, element("p", { class: "message__text" }, ...linked(text)));
    return item;
  }

  private append(item: HTMLLIElement, follow: boolean): void {
    const wasAtEnd = this.isAtEnd();
    this.list.append(item);
    for (const waiting of this.pending.values()) this.list.append(waiting);
    while (this.list.children.length > keptInPage) this.list.firstElementChild?.remove();
    if (wasAtEnd || follow) this.scrollToEnd();
    else this.jump.hidden = false;
  }

  private isAtEnd(): boolean {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 48;
  }

  private scrollToEnd(): void {
    this.list.scrollTop = this.list.scrollHeight;
    this.jump.hidden = true;
  }
}
