// SPDX-License-Identifier: MIT
// Who is here, and who is typing.

import { byId, element, isolated, paint } from "./dom";
import type { Member } from "./protocol";

const typingExpires = 6000;
const byName = new Intl.Collator([], { numeric: true });

/** Everybody in the room. The server gives a name to one person at a time, who may be here on several connections. */
export class People {
  private readonly list = byId<HTMLUListElement>("members");
  private readonly counts = [byId("people-count"), byId("members-count")];
  private readonly typingLine = byId("typing");
  private readonly members = new Map<string, Member>();
  private readonly typing = new Map<string, number>();
  private ownId = "";

  reset(members: Member[], ownId: string): void {
    this.ownId = ownId;
    this.members.clear();
    for (const timer of this.typing.values()) clearTimeout(timer);
    this.typing.clear();
    for (const member of members) this.members.set(member.id, member);
    this.draw();
  }

  /** Returns whether this person was not here before. */
  add(member: Member): boolean {
    const isNew = !this.has(member.name);
    this.members.set(member.id, member);
    this.draw();
    return isNew;
  }

  /** Returns whether this person is not here any more. */
  remove(member: Member): boolean {
    this.members.delete(member.id);
    this.setTyping(member, false);
    this.draw();
    return !this.has(member.name);
  }

  /** Whether this is the one in front of the page, in this tab or another. */
  isOwn(id: string): boolean {
    return this.members.get(id)?.name === this.members.get(this.ownId)?.name;
  }

  private has(name: string): boolean {
    return [...this.members.values()].some((member) => member.name === name);
  }

  setTyping(member: Member, active: boolean): void {
    clearTimeout(this.typing.get(member.id));
    this.typing.delete(member.id);
    if (active) this.typing.set(member.id, window.setTimeout(() => this.setTyping(member, false), typingExpires));
    this.drawTyping();
  }

  private draw(): void {
    const persons = new Map([...this.members.values()].map((member) => [member.name, member]));
    for (const count of this.counts) count.textContent = String(persons.size);
    const sorted = [...persons.values()].sort((a, b) => byName.compare(a.name, b.name));
    this.list.replaceChildren(
      ...sorted.map((member) => {
        const initial = ([...member.name][0] ?? "?").toUpperCase();
        const item = paint(element("li", { class: "member", "data-initial": initial }, member.name), member.name);
        if (this.isOwn(member.id)) item.append(element("span", { class: "member__you" }, "(you)"));
        return item;
      }),
    );
    this.drawTyping();
  }

  private drawTyping(): void {
    const others = [...this.typing.keys()].filter((id) => !this.isOwn(id));
    const names = others.flatMap((id) => this.members.get(id)?.name ?? []);
    const [first, second] = names.map(isolated);
    if (names.length > 2) this.typingLine.replaceChildren("Several people are typing…");
    else if (first && second) this.typingLine.replaceChildren(first, " and ", second, " are typing…");
    else if (first) this.typingLine.replaceChildren(first, " is typing…");
    else this.typingLine.replaceChildren();
  }
}
