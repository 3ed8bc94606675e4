// SPDX-License-Identifier: MIT
// Asking for a name, and remembering it.

import { byId } from "./dom";
import { nameCharactersMax } from "./protocol";
import { readText, writeText } from "./storage";

const dialog = byId<HTMLDialogElement>("name-dialog");
const form = byId<HTMLFormElement>("name-form");
const input = byId<HTMLInputElement>("name-input");
const error = byId("name-error");

// This tab's name, or for a new tab the one that was chosen last.
let latestName = readText("sessionStorage", "parley.name") || readText("localStorage", "parley.name");

export function rememberedName(): string {
  return latestName;
}

/** Asks until there is a name. `complaint` says why the last one would not do. */
export function askName(complaint = "", mayCancel = false): Promise<string | undefined> {
  input.value = rememberedName();
  error.textContent = complaint;
  if (!dialog.open) dialog.showModal();
  input.select();
  return new Promise((resolve) => {
    const finish = (name: string | undefined): void => {
      form.onsubmit = null;
      dialog.oncancel = null;
      dialog.close();
      byId("draft").focus();
      resolve(name);
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      const name = input.value.trim().replace(/\s+/g, " ");
      if (!name) error.textContent = "Please type a name.";
      else if ([...name].length > nameCharactersMax) error.textContent = `A name can have at most ${nameCharactersMax} characters.`;
      else error.textContent = "";
      if (error.textContent) return;
      latestName = name;
      writeText("sessionStorage", "parley.name", name);
      writeText("localStorage", "parley.name", name);
      finish(name);
    };
    dialog.oncancel = (event) => {
      event.preventDefault();
      if (mayCancel) finish(undefined);
    };
  });
}
