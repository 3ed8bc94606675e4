// SPDX-License-Identifier: MIT
// What travels between the page and the chat server. The C++ side of the same contract is apps/chat/protocol.hpp.

/** As the server has them in apps/chat/limits.hpp; it counts code points, too. */
export const nameCharactersMax = 40;
export const textCharactersMax = 2000;

export interface Member {
  id: string;
  name: string;
}

export interface Message {
  /** Position in the room's history; grows by one with each message. */
  id: number;
  /** The sender's socket id at that time. */
  from: string;
  name: string;
  text: string;
  /** Milliseconds since 1970, the server's clock. */
  time: number;
}

/** The first event after each connection: where one is and who else is. */
export interface Welcome {
  room: string;
  /** When the room began, milliseconds since 1970: with another one, message ids start over. */
  since: number;
  you: Member;
  members: Member[];
  /** The room's latest messages, oldest first. */
  history: Message[];
  /** Those of them that the same person sent, on whatever connection, and by which key. */
  yours: { id: number; key: string }[];
}

/** Which part of what was said somebody wants to read: before a message, after one, or the latest. */
export interface HistoryRequest {
  before?: number;
  after?: number;
}

export interface HistoryPage {
  /** Oldest first. */
  messages: Message[];
  yours: { id: number; key: string }[];
  /** Nothing is further in that direction. */
  complete: boolean;
  error?: string;
  retry_after?: number;
}

/** How a room stands. */
export interface RoomState {
  name: string;
  since: number;
  next: number;
  here: number;
}

export interface RoomsAnswer {
  rooms: RoomState[];
  error?: string;
  retry_after?: number;
}

export interface SearchRequest {
  /** As somebody typed it: words, "phrases", from:, in:, before: with a date. */
  text: string;
  rooms: string[];
  behind?: number;
}

export interface FoundMessage {
  room: string;
  message: Message;
}

export interface SearchAnswer {
  /** The latest first. */
  found: FoundMessage[];
  /** More stands behind these: ask with this number. */
  more?: number;
  error?: string;
  retry_after?: number;
}

/** Who came and went while a room was too lively to tell of each. */
export interface Changes {
  joined: Member[];
  left: Member[];
}

export interface Draft {
  /** The sender's own for it: one that is sent again after a reconnect is recognised. Nobody else learns it. */
  key: string;
  text: string;
}

/** The server's answer to a draft. One that is refused may come again after so many milliseconds, or never. */
export type Receipt = { message: Message } | { error: string; retry_after?: number };

export interface ServerToClient {
  welcome(welcome: Welcome): void;
  message(message: Message): void;
  joined(member: Member, time: number): void;
  left(member: Member, time: number): void;
  changed(changes: Changes, time: number): void;
  typing(member: Member, active: boolean): void;
  /** The last event before the server disconnects somebody who did too much; says so in words. */
  dismissed(reason: string): void;
}

export interface ClientToServer {
  message(draft: Draft, receipt: (receipt: Receipt) => void): void;
  rooms(request: { names: string[] }, answer: (answer: RoomsAnswer) => void): void;
  search(request: SearchRequest, answer: (answer: SearchAnswer) => void): void;
  history(request: HistoryRequest, page: (page: HistoryPage) => void): void;
  typing(active: boolean): void;
}
