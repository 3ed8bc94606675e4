// SPDX-License-Identifier: MIT
// What came in while nobody looked: counted in the title and, for who asked for that, told by the system.

import { byId } from "./dom";
import type { Message } from "./protocol";
import { readText, writeText } from "./storage";

const storageKey = "parley.notify";

export class Unread {
  private readonly button = byId<HTMLButtonElement>("notify");
  private readonly answer = byId("notify-answer");
  private readonly title: string;
  private count = 0;
  private notification: Notification | undefined;

  constructor(private readonly room: string) {
    this.title = `#${room} · Parley`;
    this.show();
    for (const event of ["focus", "visibilitychange"]) window.addEventListener(event, () => this.look(), true);
    this.button.hidden = !("Notification" in window);
    this.button.addEventListener("click", () => void this.toggle());
    this.showButton();
  }

  /** A message of somebody else came in. */
  add(message: Message): void {
    if (this.isWatched()) return;
    this.count += 1;
    this.show();
    if (this.wantsNotifications()) this.notify(message);
  }

  /** Whether somebody looks at the page. */
  isWatched(): boolean {
    return !document.hidden && document.hasFocus();
  }

  private look(): void {
    if (!this.isWatched()) return;
    this.count = 0;
    this.notification?.close();
    this.notification = undefined;
    this.show();
  }

  private show(): void {
    document.title = this.count > 0 ? `(${this.count}) ${this.title}` : this.title;
  }

  private wantsNotifications(): boolean {
    return "Notification" in window && Notification.permission === "granted" && readText("localStorage", storageKey) === "on";
  }

  private async toggle(): Promise<void> {
    this.answer.textContent = "";
    if (this.wantsNotifications()) {
      writeText("localStorage", storageKey, "off");
    } else if ((await Notification.requestPermission()) === "granted") {
      writeText("localStorage", storageKey, "on");
      if (!this.wantsNotifications()) this.answer.textContent = "This browser remembers nothing for this page.";
    } else {
      this.answer.textContent = "This browser does not let this page notify you. Its settings for this page can change that.";
    }
    this.showButton();
  }

  private showButton(): void {
    this.button.setAttribute("aria-pressed", String(this.wantsNotifications()));
  }

  /** One at a time, for the latest: the count stands in its title. */
  private notify({ name, text }: Message): void {
    const title = this.count > 1 ? `${name} · #${this.room} (${this.count} new)` : `${name} · #${this.room}`;
    try {
      this.notification = new Notification(title, { body: text, tag: `parley:${this.room}` });
    } catch {
      return;  // Chrome on Android has the class, but leaves it to service workers
    }
    this.notification.onclick = () => window.focus();
  }
}
