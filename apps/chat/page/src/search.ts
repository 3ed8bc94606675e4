// SPDX-License-Identifier: MIT
// Looking for what was said, in the rooms that this browser knows.

import { addressOfRoom } from "./address";
import { byId, element, isolated, paint } from "./dom";
import { addressOfMessage } from "./message_item";
import type { FoundMessage, SearchAnswer, SearchRequest } from "./protocol";
import { fullTime } from "./times";

const restBefore = 250;
const textShown = 240;
const textBefore = 60;

/** The words that were looked for, as they are marked in what was found. */
function wordsOf(text: string): string[] {
  const words = text.replace(/(?:from|in|before):(?:"[^"]*"?|\S*)/g, " ").match(/[\p{L}\p{N}\p{M}]+/gu);
  return words ?? [];
}

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The text with the words marked; of a long one the part in which the first of them stands. */
function marked(text: string, words: string[]): (Node | string)[] {
  const wanted = new Set(words.map(plain));
  const last = plain(words.at(-1) ?? "");
  const isHit = (word: string): boolean => wanted.has(plain(word)) || (last !== "" && plain(word).startsWith(last));
  const pieces = text.split(/([\p{L}\p{N}\p{M}]+)/u);
  const first = pieces.findIndex((piece, i) => i % 2 === 1 && isHit(piece));
  const before = pieces.slice(0, Math.max(first, 0)).join("");
  const isCut = text.length > textShown && before.length > textBefore;
  let rest = textShown;
  const children: (Node | string)[] = isCut ? ["…", before.slice(-textBefore)] : [];
  for (const [i, piece] of pieces.entries()) {
    if (isCut && i < first) continue;
    if (rest <= 0) return [...children, "…"];
    rest -= piece.length;
    children.push(i % 2 === 1 && isHit(piece) ? element("mark", {}, piece) : piece.slice(0, Math.max(rest + piece.length, 0)));
  }
  return children;
}

export class SearchDialog {
  private readonly dialog = byId<HTMLDialogElement>("search-dialog");
  private readonly input = byId<HTMLInputElement>("search-input");
  private readonly answer = byId("search-answer");
  private readonly list = byId<HTMLOListElement>("found");
  private readonly moreButton = byId<HTMLButtonElement>("search-more");
  private timer = 0;
  private asked = 0;
  private behind: number | undefined;

  constructor(
    private readonly rooms: () => string[],
    private readonly room: string,
    private readonly ask: (request: SearchRequest) => Promise<SearchAnswer>,
  ) {
    byId("search-button").addEventListener("click", () => this.open());
    byId("search-close").addEventListener("click", () => this.dialog.close());
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      this.open();
    });
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.search(), restBefore);
    });
    byId<HTMLFormElement>("search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(this.timer);
      void this.search();
    });
    this.moreButton.addEventListener("click", () => void this.search(this.behind));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog || (event.target as Element).closest(".found__link")) this.dialog.close();
    });
  }

  private open(): void {
    if (document.querySelector("dialog[open]")) return;
    this.dialog.showModal();
    this.input.select();
  }

  private async search(behind?: number): Promise<void> {
    const text = this.input.value.trim();
    const number = ++this.asked;
    if (!text) return this.show([], "");
    let answer: SearchAnswer;
    try {
      answer = await this.ask({ text, rooms: this.rooms(), ...(behind === undefined ? {} : { behind }) });
    } catch {
      answer = { found: [], error: "There is no connection." };
    }
    if (number !== this.asked) return;  // something else is looked for already
    if (answer.error !== undefined) return this.show([], answer.error);
    const items = answer.found.map((found) => this.itemOf(found, wordsOf(text)));
    this.behind = answer.more;
    this.moreButton.hidden = answer.more === undefined;
    if (behind !== undefined) return this.list.append(...items);
    const count = `${items.length}${answer.more === undefined ? "" : " or more"} found`;
    this.show(items, items.length > 0 ? count : "Nothing was found in the rooms that you know.", answer.more !== undefined);
  }

  private show(items: HTMLLIElement[], answer: string, isMore = false): void {
    this.answer.textContent = answer;
    this.list.replaceChildren(...items);
    this.moreButton.hidden = !isMore;
  }

  private itemOf({ room, message }: FoundMessage, words: string[]): HTMLLIElement {
    const address = (room === this.room ? "" : addressOfRoom(room)) + addressOfMessage(message.id);
    const head = element("span", { class: "found__head" },
      paint(element("bdi", { class: "message__name" }, message.name), message.name), " in ", isolated(`#${room}`), ` · ${fullTime(message.time)}`);
    const text = element("span", { class: "found__text" }, ...marked(message.text, words));
    return element("li", {}, element("a", { class: "found__link", href: address }, head, text));
  }
}
