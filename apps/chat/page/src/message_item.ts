// SPDX-License-Identifier: MIT
// What a message looks like, and what stands above it: its sender, where that is another one, and its day.

import { element, paint } from "./dom";
import { linked } from "./links";
import type { Message } from "./protocol";
import { clockTime, dayName, fullTime, isSameDay } from "./times";

const sameBreath = 5 * 60 * 1000;

/** What goes on from message to message. */
export class Flow {
  private sender = "";
  private time = 0;
  private day: number | undefined;

  /** Whether this message begins anew below the one before. */
  isFirst({ from, time }: Message): boolean {
    return from !== this.sender || time - this.time > sameBreath;
  }

  isNewDay(time: number): boolean {
    return this.day === undefined || !isSameDay(this.day, time);
  }

  beginDay(time: number): void {
    this.day = time;
    this.interrupt();
  }

  /** Something else stands below the latest message. */
  interrupt(): void {
    this.sender = "";
  }

  goOn({ from, time }: Message): void {
    this.sender = from;
    this.time = time;
    this.day = time;
  }
}

export const addressOfMessage = (id: number): string => `#m${id}`;

/** The message that an address points at. */
export function messageOfAddress(): number | undefined {
  const [, id] = /^#m(\d{1,15})$/.exec(location.hash) ?? [];
  return id === undefined ? undefined : Number(id);
}

export function dayItem(time: number): HTMLLIElement {
  const day = element("time", { datetime: new Date(time).toISOString() }, dayName(time));
  return element("li", { class: "day" }, day);
}

/** `id`: of a message that has one already, and with it an address. */
export function messageItem(name: string, text: string, time: number, own: boolean, first: boolean, id?: number): HTMLLIElement {
  const item = element("li", { class: "message" });
  if (id !== undefined) item.id = `m${id}`;
  if (own) item.classList.add("message--own");
  if (first) item.classList.add("message--first");
  const head = element("div", { class: first ? "message__head" : "visually-hidden" });
  const clock = element("time", { class: "message__time", datetime: new Date(time).toISOString(), title: fullTime(time) }, clockTime(time));
  head.append(
    paint(element("bdi", { class: "message__name" }, name), name),
    id === undefined ? clock : element("a", { class: "message__link", href: addressOfMessage(id), tabindex: first ? "0" : "-1" }, clock),
  );
  item.append(head, element("p", { class: "message__text" }, ...linked(text)));
  return item;
}

/** The head of a message comes into sight, or goes because the message above is of the same breath. */
export function showHead(item: Element, shown: boolean): void {
  item.classList.toggle("message--first", shown);
  item.firstElementChild?.setAttribute("class", shown ? "message__head" : "visually-hidden");
  item.querySelector(".message__link")?.setAttribute("tabindex", shown ? "0" : "-1");
}
