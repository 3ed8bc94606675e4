// SPDX-License-Identifier: MIT
// What shows the server that this browser is the same person again: nobody else can take the name while it is here.

import { readText, writeText } from "./storage";

export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes));
}

export function ownSecret(): string {
  const remembered = readText("localStorage", "parley.secret");
  if (/^[\w+/=]{16,64}$/.test(remembered)) return remembered;
  const secret = newSecret();
  writeText("localStorage", "parley.secret", secret);
  return secret;
}
