// SPDX-License-Identifier: MIT
// kill -9, again and again, while people talk: nobody loses, doubles or reorders a message.
//
// PARLEY_KILLS says how often; without it as often as an ordinary run of the tests has time for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closeAll, transports, versions } from "./support/clients.mjs";
import { ask, assertIntact, newFile, serveFile } from "./support/history.mjs";
import { until } from "./support/program.mjs";

const kills = Number(process.env.PARLEY_KILLS ?? 20);
const window = 8;  // drafts that are under way of each

/** Somebody who writes line after line, and sends again what was not acknowledged, as the page does. */
class Writer {
  acknowledged = new Map();  // the ids by key
  heard = [];
  #waiting = [];
  #written = 0;
  #isWriting = true;

  constructor(name, connect, url) {
    this.name = name;
    this.socket = connect(url, { auth: { name, room: "tea", secret: `${name}-is-a-secret` } });
    this.socket.on("welcome", ({ yours }) => {
      for (const { id, key } of yours) this.#take(key, id);
      for (const draft of this.#waiting) this.#send(draft);
      this.#write();
    });
    this.socket.on("message", (message) => this.heard.push(message));
  }

  get isDone() {
    return this.#waiting.length === 0;
  }

  finish() {
    this.#isWriting = false;
  }

  #write() {
    while (this.#isWriting && this.socket.connected && this.#waiting.length < window) {
      const draft = { key: `${this.name}-${this.#written}`, text: `${this.name} ${this.#written++}` };
      this.#waiting.push(draft);
      this.#send(draft);
    }
  }

  #send(draft) {
    this.socket.emit("message", draft, (receipt) => {
      if (receipt.message) this.#take(draft.key, receipt.message.id);
      else setTimeout(() => this.socket.connected && this.#send(draft), receipt.retry_after);
      this.#write();
    });
  }

  #take(key, id) {
    assert.equal(this.acknowledged.get(key) ?? id, id, `${key} became two messages`);
    this.acknowledged.set(key, id);
    this.#waiting = this.#waiting.filter((draft) => draft.key !== key);
  }
}

test(`${kills} times kill -9 lose, double and reorder nothing`, { timeout: 60_000 + kills * 5_000 }, async (context) => {
  const file = newFile();
  const args = ["--message-rate", "100000", "--log-level", "error"];
  let server = await serveFile(file, { args });
  const { port } = server;
  const writers = Object.keys(versions).flatMap((version) => ["polling", "websocket", "upgrade"].map((transport) => {
    const connect = (url, options) => versions[version](url, {
      forceNew: true, ...transports[transport], reconnectionDelay: 20, reconnectionDelayMax: 50, randomizationFactor: 0.5, ...options,
    });
    return new Writer(`${transport}-${version}`, connect, server.url);
  }));
  const count = () => writers.reduce((sum, writer) => sum + writer.acknowledged.size, 0);
  try {
    for (let round = 0; round < kills; ++round) {
      const enough = count() + 100;
      await until(() => count() >= enough, `round ${round}: messages are acknowledged`, 30_000);
      // At any moment of what it does: within a write, before an answer, between two.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      server.kill("SIGKILL");
      await server.exited;
      const began = performance.now();
      server = await serveFile(file, { port, args });
      assert.ok(performance.now() - began < 5_000);
    }
    for (const writer of writers) writer.finish();
    await until(() => writers.every((writer) => writer.isDone), "everything is acknowledged", 30_000);
  } finally {
    closeAll(writers.map(({ socket }) => socket));
    await server.stop();
  }

  const kept = ask(file, "SELECT number AS id, key, text FROM messages ORDER BY number");
  context.diagnostic(`${kept.length} messages, ${kills} kills`);
  const byKey = new Map(kept.map((message) => [message.key, message]));
  assert.equal(byKey.size, kept.length, "no key twice");
  for (const [i, { id }] of kept.entries()) assert.equal(id, i, "no id is missing");
  for (const writer of writers) {
    assert.ok(writer.acknowledged.size > 0, writer.name);
    for (const [key, id] of writer.acknowledged) assert.equal(byKey.get(key)?.id, id, `${key} is kept as it was acknowledged`);
    const own = kept.filter(({ key }) => key.startsWith(`${writer.name}-`));
    assert.deepEqual(own.map(({ text }) => text), own.map((_, i) => `${writer.name} ${i}`), "in the order of its sender");
    assert.equal(own.length, writer.acknowledged.size);
    for (const { id, text } of writer.heard) assert.equal(kept[id]?.text, text, "what was heard is kept");
  }
  assertIntact(file);
});
