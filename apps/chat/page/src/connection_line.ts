// SPDX-License-Identifier: MIT
// How the connection stands, and what to do when there is none.

import { byId } from "./dom";

const line = byId("connection");
const notice = byId("notice");
const lobbyLink = byId<HTMLAnchorElement>("to-lobby");

type State = "connecting" | "connected" | "reconnecting" | "disconnected";

export function showConnection(state: State, text: string): void {
  line.dataset.state = state;
  line.textContent = text;
}

/** It will come back by itself. */
export function showLostConnection(): void {
  showConnection("reconnecting", navigator.onLine ? "Reconnecting…" : "You are offline");
}

export function someNoticeIsShown(): boolean {
  return !notice.hidden;
}

/** Says why there is no connection, beside the ways on: back into this room, or to the lobby; empty: there is one. */
export function showNotice(text: string, lobbyAddress?: string, mayComeBack = true): void {
  byId("notice-text").textContent = text;
  notice.hidden = text === "";
  byId("come-back").hidden = !mayComeBack;
  lobbyLink.hidden = lobbyAddress === undefined;
  lobbyLink.href = lobbyAddress ?? "";
}
