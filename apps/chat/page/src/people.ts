// SPDX-License-Identifier: MIT
// Who is here, who is typing, and which rooms this browser has visited.

import { byId, element, isolated, paint } from "./dom";
import type { Member } from "./protocol";

const typingExpires = 6000;
const roomsRemembered = 12;
const byName = new Intl.Collator([], { numeric: true });

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

  add(member: Member): void {
    this.members.set(member.id, member);
    this.draw();
  }

  remove(member: Member): void {
    this.members.delete(member.id);
    this.setTyping(member, false);
    this.draw();
  }

  setTyping(member: Member, active: boolean): void {
    clearTimeout(this.typing.get(member.id));
    this.typing.delete(member.id);
    if (active) this.typing.set(member.id, window.setTimeout(() => this.setTyping(member, false), typingExpires));
    this.drawTyping();
  }

  private draw(): void {
    for (const count of this.counts) count.textContent = String(this.members.size);
    const sorted = [...this.members.values()].sort((a, b) => byName.compare(a.name, b.name));
    this.list.replaceChildren(
      ...sorted.map((member) => {
        const initial = ([...member.name][0] ?? "?").toUpperCase();
        const item = paint(element("li", { class: "member", "data-initial": initial }, member.name), member.name);
        if (member.id === this.ownId) item.append(element("span", { class: "member__you" }, "(you)"));
        return item;
      }),
    );
    this.drawTyping();
  }

  private drawTyping(): void {
    const names = [...this.typing.keys()].flatMap((id) => this.members.get(id)?.name ?? []);
    const [first, second] = names.map(isolated);
    if (names.length > 2) this.typingLine.replaceChildren("Several people are typing…");
    else if (first && second) this.typingLine.replaceChildren(first, " and ", second, " are typing…");
    else if (first) this.typingLine.replaceChildren(first, " is typing…");
    else this.typingLine.replaceChildren();
  }
}

/** The room that the address names: `/` is the lobby, `/r/<room>` any other. */
export function roomOfPage(): string {
  const match = /^\/r\/([^/]+)$/.exec(location.pathname);
  try {
    return match?.[1] ? decodeURIComponent(match[1]) : "lobby";
  } catch {
    return "lobby";
  }
}

export function addressOfRoom(room: string): string {
  return room === "lobby" ? "/" : `/r/${encodeURIComponent(room)}`;
}

export function drawRooms(current: string): void {
  const remembered = JSON.parse(localStorage.getItem("parley.rooms") ?? "[]") as string[];
  const rooms = ["lobby", ...[current, ...remembered].filter((room) => room !== "lobby")];
  const shown = [...new Set(rooms)].slice(0, roomsRemembered);
  localStorage.setItem("parley.rooms", JSON.stringify(shown));
  byId("rooms").replaceChildren(
    ...shown.map((room) => {
      const link = element("a", { href: addressOfRoom(room) }, `#${room}`);
      if (room === current) link.setAttribute("aria-current", "page");
      return element("li", {}, link);
    }),
  );
  byId<HTMLFormElement>("room-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = byId<HTMLInputElement>("room-input").value.trim().replace(/^#/, "");
    if (name) location.assign(addressOfRoom(name));
  });
}
