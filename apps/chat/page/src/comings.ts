// SPDX-License-Identifier: MIT
// One line for all who came and went between two messages: as many lines as people would push the talk away.

import { element, isolated } from "./dom";
import { clockTime } from "./times";

const namesShown = 3;

type Child = Node | string;

/** "Ada, Bob and 3 others". */
function namesOf(names: string[]): Child[] {
  const shown: Child[] = names.slice(0, names.length > namesShown + 1 ? namesShown : names.length).map(isolated);
  const others = names.length - shown.length;
  if (others > 0) shown.push(`${others} others`);
  return shown.flatMap((child, i) => (i === 0 ? [child] : [i === shown.length - 1 ? " and " : ", ", child]));
}

export class Comings {
  readonly item = element("li", { class: "event" });
  readonly began: number;
  private ended: number;
  /** Whether they were here before the first of this line, and whether they are now. */
  private readonly persons = new Map<string, { was: boolean; is: boolean }>();

  constructor(time: number) {
    this.began = time;
    this.ended = time;
  }

  /** Somebody came, or went. Who is gone and back again is not worth a word. */
  note(name: string, isHere: boolean, time: number): void {
    const person = this.persons.get(name) ?? { was: !isHere, is: isHere };
    person.is = isHere;
    if (person.was && person.is) this.persons.delete(name);
    else this.persons.set(name, person);
    this.ended = time;
    this.draw();
  }

  get isEmpty(): boolean {
    return this.persons.size === 0;
  }

  private draw(): void {
    const all = [...this.persons];
    const groups = [
      { names: all.filter(([, { was, is }]) => !was && is), words: " joined" },
      { names: all.filter(([, { was, is }]) => was && !is), words: " left" },
      { names: all.filter(([, { was, is }]) => !was && !is), words: " came and went" },
    ];
    const parts = groups.flatMap(({ names, words }) => (names.length > 0 ? [[...namesOf(names.map(([name]) => name)), words]] : []));
    const [from, to] = [clockTime(this.began), clockTime(this.ended)];
    this.item.replaceChildren(
      ...parts.flatMap((part, i) => (i === 0 ? part : [", ", ...part])),
      ` · ${from === to ? to : `${from} – ${to}`}`,
    );
  }
}
