// SPDX-License-Identifier: MIT
// Messages that the server has not confirmed: kept through a lost connection and a reload, sent again in order.

import type { Draft } from "./protocol";
import { newSecret } from "./secret";
import { readArray, writeText } from "./storage";

export class Unsent {
  private readonly storageKey: string;
  private drafts: Draft[];

  constructor(room: string) {
    this.storageKey = `parley.unsent.${room}`;
    this.drafts = readArray("sessionStorage", this.storageKey, isDraft);
  }

  all(): readonly Draft[] {
    return this.drafts;
  }

  add(text: string): Draft {
    const draft = { key: newSecret(), text };
    this.drafts.push(draft);
    this.save();
    return draft;
  }

  remove(key: string): void {
    this.drafts = this.drafts.filter((draft) => draft.key !== key);
    this.save();
  }

  private save(): void {
    writeText("sessionStorage", this.storageKey, JSON.stringify(this.drafts));
  }
}

function isDraft(item: unknown): item is Draft {
  const draft = item as Partial<Draft> | null;
  return typeof draft?.key === "string" && typeof draft.text === "string";
}
