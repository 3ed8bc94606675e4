// SPDX-License-Identifier: MIT
// What shows the server that this tab is the same person again: nobody else can take the name while it is here. Another
// tab of the same browser may be somebody else.

import { readText, writeText } from "./storage";

export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes));
}

export function ownSecret(): string {
  const remembered = readText("sessionStorage", "parley.secret");
  if (/^[\w+/=]{16,64}$/.test(remembered)) return remembered;
  const secret = newSecret();
  writeText("sessionStorage", "parley.secret", secret);
  return secret;
}
