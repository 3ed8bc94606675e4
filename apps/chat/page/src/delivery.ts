// SPDX-License-Identifier: MIT
// Sends the drafts one after the other, each after the receipt of the one before: so they arrive in order, and one that
// the server does not take yet holds back those behind it.

import type { Socket } from "socket.io-client";
import type { ClientToServer, Draft, Message, Receipt, ServerToClient } from "./protocol";
import type { Unsent } from "./unsent";

const receiptTimeout = 10_000;
const shortestPause = 250;

export interface Outcome {
  taken(draft: Draft, message: Message): void;
  /** It will be sent again a little later. */
  delayed(reason: string): void;
  /** For good: it will not be sent again. */
  refused(draft: Draft, reason: string): void;
}

export class Delivery {
  private busy = false;

  constructor(
    private readonly socket: Socket<ServerToClient, ClientToServer>,
    private readonly unsent: Unsent,
    private readonly outcome: Outcome,
  ) {}

  /** Goes on, if there is something to send and nothing under way. Without a connection that waits for the next one. */
  proceed(): void {
    const [draft] = this.unsent.all();
    if (!draft || this.busy || !this.socket.connected) return;
    this.busy = true;
    this.socket.timeout(receiptTimeout).emit("message", draft, (error: Error | null, receipt: Receipt) => {
      // No answer: the server may have it, and will recognise it by its key when it comes again.
      const pause = error ? 0 : this.settle(draft, receipt);
      window.setTimeout(() => {
        this.busy = false;
        this.proceed();
      }, pause);
    });
  }

  /** Returns how long to wait before the next attempt. */
  private settle(draft: Draft, receipt: Receipt): number {
    if ("error" in receipt && receipt.retry_after !== undefined) {
      this.outcome.delayed(receipt.error);
      return Math.max(shortestPause, receipt.retry_after);
    }
    this.unsent.remove(draft.key);
    if ("error" in receipt) this.outcome.refused(draft, receipt.error);
    else this.outcome.taken(draft, receipt.message);
    return 0;
  }
}
