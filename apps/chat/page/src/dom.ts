// SPDX-License-Identifier: MIT
// Building elements. Text goes in as text nodes only: nothing a person types can become markup.

type Child = Node | string;

/** The element with this id; the page is broken without it. */
export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A name inside a sentence: right-to-left letters in it do not turn the sentence around. */
export function isolated(name: string): HTMLElement {
  return element("bdi", {}, name);
}

/** Whether a key belongs to an input method that is at work. Safari ends the composition before the Enter that ended it
 * is told, and gives that away by its code alone. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** A stable hue for a name, so that a person keeps their colour. */
export function hueOf(name: string): string {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return String((hash >>> 8) % 360);
}

export function paint<T extends HTMLElement>(target: T, name: string): T {
  target.style.setProperty("--hue", hueOf(name));
  return target;
}
