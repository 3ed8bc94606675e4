// SPDX-License-Identifier: MIT
// Messages that the server has not confirmed: kept through a lost connection and a reload, sent again in order.

import type { Draft } from "./protocol";

export class Unsent {
  private readonly storageKey: string;
  private drafts: Draft[];

  constructor(room: string) {
    this.storageKey = `parley.unsent.${room}`;
    this.drafts = JSON.parse(sessionStorage.getItem(this.storageKey) ?? "[]") as Draft[];
  }

  all(): readonly Draft[] {
    return this.drafts;
  }

  add(text: string): Draft {
    const draft = { key: newKey(), text };
    this.drafts.push(draft);
    this.save();
    return draft;
  }

  remove(key: string): void {
    this.drafts = this.drafts.filter((draft) => draft.key !== key);
    this.save();
  }

  private save(): void {
    sessionStorage.setItem(this.storageKey, JSON.stringify(this.drafts));
  }
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return btoa(String.fromCharCode(...bytes));
}
