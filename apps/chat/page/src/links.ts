// SPDX-License-Identifier: MIT
// Web addresses inside a text: where they begin and, harder, where they end.

import { element } from "./dom";

// Addresses are full of letters of every script, but none has the stops and quotation marks of Chinese and Japanese,
// which follow an address without a space. Their round brackets may belong to it, as may the ASCII ones.
const candidate = /https?:\/\/(?=[\p{L}\p{N}[])[^\s<>"`«»“”„‹›…。、，．！？；：「」『』【】《》〈〉]+/giu;
const sentenceEnd = /[.,:;!?'’*~|]+$/u;
const brackets = new Map([[")", "("], ["]", "["], ["}", "{"], ["）", "（"]]);

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** The part of `text` that is the address: without what ends a sentence, and brackets that were opened before it. */
function trimmed(text: string): string {
  for (let address = text; ; ) {
    const shorter = address.replace(sentenceEnd, "");
    const closing = shorter.at(-1) ?? "";
    const opening = brackets.get(closing);
    const isUnbalanced = opening !== undefined && count(shorter, closing) > count(shorter, opening);
    if (!isUnbalanced) return shorter;
    address = shorter.slice(0, -1);
  }
}

function isAddress(text: string): boolean {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}

/** The text with its web addresses as links; everything else stays text. */
export function linked(text: string): (Node | string)[] {
  const children: (Node | string)[] = [];
  let end = 0;
  for (const match of text.matchAll(candidate)) {
    const address = trimmed(match[0]);
    const isInsideWord = /[A-Za-z0-9]/.test(text.charAt(match.index - 1));
    if (isInsideWord || !isAddress(address)) continue;
    children.push(text.slice(end, match.index));
    children.push(element("a", { href: address, rel: "noopener noreferrer nofollow", target: "_blank" }, address));
    end = match.index + address.length;
  }
  children.push(text.slice(end));
  return children;
}
