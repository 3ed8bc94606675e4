// SPDX-License-Identifier: MIT
// Brings what was said before, and what was said since, when the reader comes near the end of what is shown.

import { byId } from "./dom";
import type { MessageList } from "./messages";
import type { HistoryPage, HistoryRequest } from "./protocol";

/** Of a page around a message: so many below it. */
const belowMessage = 40;
const shortestPause = 500;

export class Backlog {
  private readonly line = byId("older");
  private isAsking = false;

  constructor(
    private readonly list: MessageList,
    private readonly room: string,
    private readonly ask: (request: HistoryRequest) => Promise<HistoryPage>,
  ) {
    list.whenNearTop(() => void this.showOlder());
    list.whenNearBottom(() => void this.showNewer());
    list.whenLatestIsWanted(() => void this.showLatest());
  }

  /** Shows a message of any time, with what stands around it. */
  async show(id: number): Promise<void> {
    if (this.list.reveal(id)) return;
    const page = await this.request({ before: id + belowMessage });
    if (!page) return;
    this.list.replace(page);
    this.say("");
    if (!this.list.reveal(id)) this.say("That message is not kept any more.");
  }

  private async showOlder(): Promise<void> {
    const before = this.list.oldestId();
    if (before === undefined || !this.list.hasOlder) return;
    this.say("Reading what was said before…");
    const page = await this.request({ before });
    if (!page) return;
    this.say(page.complete ? `This is where #${this.room} begins.` : "");
    this.list.prepend(page);
  }

  private async showNewer(): Promise<void> {
    const page = await this.request({ after: this.list.newestId() ?? -1 });
    if (page) this.list.append(page);
  }

  private async showLatest(): Promise<void> {
    const page = await this.request({});
    if (!page) return;
    this.say("");
    this.list.replace(page);
    this.list.scrollToEnd();
  }

  private async request(request: HistoryRequest): Promise<HistoryPage | undefined> {
    if (this.isAsking) return undefined;
    this.isAsking = true;
    try {
      const page = await this.ask(request);
      if (page.error === undefined) return page;
      this.say(page.error);
      await new Promise((resolve) => setTimeout(resolve, Math.max(shortestPause, page.retry_after ?? 0)));
    } catch {
      this.say("What was said before could not be read. Scroll to try again.");
    } finally {
      this.isAsking = false;
    }
    return undefined;
  }

  private say(text: string): void {
    this.line.textContent = text;
    this.line.hidden = text === "";
  }
}
