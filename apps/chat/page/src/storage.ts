// SPDX-License-Identifier: MIT
// The browser's storage. It may be forbidden or full, and anything may stand in it: the page then works without.

type Kind = "localStorage" | "sessionStorage";

export function readText(kind: Kind, key: string): string {
  try {
    return window[kind].getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function writeText(kind: Kind, key: string, text: string): void {
  try {
    window[kind].setItem(key, text);
  } catch {
    // It is not remembered, then.
  }
}

/** The items of a stored array that are what they should be. */
export function readArray<T>(kind: Kind, key: string, isItem: (item: unknown) => item is T): T[] {
  try {
    const value: unknown = JSON.parse(readText(kind, key) || "[]");
    return Array.isArray(value) ? value.filter(isItem) : [];
  } catch {
    return [];
  }
}
