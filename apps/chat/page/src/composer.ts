// SPDX-License-Identifier: MIT
// The field that messages are written in. What stands in it is kept through a reload and a visit to another room.

import { byId, isComposing } from "./dom";
import { textCharactersMax } from "./protocol";
import { readText, writeText } from "./storage";

const typingPause = 2_500;
/** From here on the length is shown. */
const lengthShownFrom = 0.9 * textCharactersMax;

export interface Writer {
  send(text: string): void;
  /** The person begins or stops writing. */
  typing(active: boolean): void;
}

export class Composer {
  private readonly field = byId<HTMLTextAreaElement>("draft");
  private readonly length = byId("length");
  private readonly storageKey: string;
  private isTyping = false;
  private typingTimer = 0;

  constructor(room: string, private readonly writer: Writer) {
    this.storageKey = `parley.draft.${room}`;
    this.field.value = readText("sessionStorage", this.storageKey);
    this.fit();
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
      this.focus();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => {
      this.changed();
      this.setTyping(this.field.value.trim() !== "");
    });
  }

  focus(): void {
    this.field.focus();
  }

  /** Gives a text back to the person, below what they have written since. */
  add(text: string): void {
    this.field.value = [this.field.value, text].filter(Boolean).join("\n");
    this.changed();
    this.focus();
  }

  private send(): void {
    const text = this.field.value.trim();
    if (!text || this.isTooLong()) return;
    this.setTyping(false);
    this.field.value = "";
    this.changed();
    this.writer.send(text);
  }

  private changed(): void {
    writeText("sessionStorage", this.storageKey, this.field.value);
    this.fit();
  }

  private fit(): void {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 2}px`;
    this.showLength();
  }

  private characters(): number {
    return [...this.field.value.trim()].length;
  }

  private isTooLong(): boolean {
    return this.characters() > textCharactersMax;
  }

  private showLength(): void {
    const characters = this.characters();
    const excess = characters - textCharactersMax;
    this.field.setAttribute("aria-invalid", String(excess > 0));
    this.length.toggleAttribute("data-too-long", excess > 0);
    if (excess > 0) this.length.textContent = `${excess} ${excess === 1 ? "character" : "characters"} too long to send`;
    else if (characters >= lengthShownFrom) this.length.textContent = `${characters} of ${textCharactersMax} characters`;
    else this.length.textContent = "";
  }

  private setTyping(active: boolean): void {
    clearTimeout(this.typingTimer);
    if (active) this.typingTimer = window.setTimeout(() => this.setTyping(false), typingPause);
    if (active === this.isTyping) return;
    this.isTyping = active;
    this.writer.typing(active);
  }
}
