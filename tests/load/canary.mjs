// SPDX-License-Identifier: MIT
// A healthy client: every 10 ms it asks the server under attack for a sum, and a quiet one beside it. What the quiet one
// takes is the machine's part in the delay.
import { framesOf } from "../interop/support/raw.mjs";
import { Client } from "./loopback.mjs";

class Watch {
  times = [];
  asked = new Map();
  next = 1;

  async start(port) {
    this.client = await Client.join(port);
    this.client.received = Buffer.from("\r\n\r\n"); // frames are read from behind a head
    this.client.socket.on("data", () => this.read());
  }

  ask() {
    this.asked.set(this.next, performance.now());
    this.client.say(`42${this.next++}["add",20,22]`);
  }

  read() {
    const whole = framesOf(this.client.received);
    const size = whole.reduce((sum, { payload }) => sum + 2 + payload.length, 0);
    if (size !== this.client.received.length - 4) return; // a frame of a few octets that is cut: the next data has it
    this.client.received = Buffer.from("\r\n\r\n");
    for (const { payload } of whole) {
      const said = payload.toString();
      if (said === "2") this.client.say("3");
      const id = Number(/^43(\d+)\[42\]$/.exec(said)?.[1]);
      if (!this.asked.has(id)) continue;
      this.times.push(performance.now() - this.asked.get(id));
      this.asked.delete(id);
    }
  }

  /** The time that 99 of 100 questions took less than; one that is not answered yet counts as it stands. */
  p99() {
    const all = [...this.times, ...[...this.asked.values()].map((since) => performance.now() - since)].sort((a, b) => a - b);
    return all[Math.max(0, Math.ceil(all.length * 0.99) - 1)] ?? 0;
  }
}

const [target, control] = [new Watch(), new Watch()];
await target.start(Number(process.argv[2]));
await control.start(Number(process.argv[3]));
setInterval(() => [target, control].forEach((watch) => watch.ask()), 10);
process.send("ready");
process.on("message", () => {
  process.send({ p99: target.p99(), control: control.p99(), lost: target.client.socket.closed }, () => process.exit(0));
});
process.on("disconnect", () => process.exit(1));
