// SPDX-License-Identifier: MIT
// The Debian packages, as script/package makes them, in a root that has nothing but them, what they depend on, and the
// essential packages of Debian. A program of somebody else's is compiled by this machine's compiler against that root.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { versions } from "../interop/support/clients.mjs";
import { nextEvent, startServer } from "../interop/support/program.mjs";
import { attempt, beside, compile, compilers, configure, filesBelow, root, run } from "./support.mjs";

const packages = join(root, "build/packages");
const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
const codename = /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1];
const foreign = /^ID=debian$/m.test(release) ? false : "this is not Debian";
const skip = foreign || (process.getuid() === 0 ? false : "only root can make another root");

// In memory where that may be: disks take longer to forget a root than to take it.
const clean = beside("clean-root");
function clear() {
  attempt("umount", ["--quiet", clean]);
  rmSync(clean, { recursive: true, force: true });
}
after(() => skip || clear());
const inside = (...command) => run("chroot", [clean, ...command]);
const serve = (...command) => startServer("/usr/sbin/chroot", [clean, ...command]);

async function connected(url, use) {
  const socket = versions["4.8"](url, { forceNew: true, reconnection: false, auth: { name: "Ada" } });
  try {
    await nextEvent(socket, "connect");
    return await use(socket);
  } finally {
    socket.disconnect();
  }
}

test("script/package makes one package of the program and one of the library", { skip: foreign }, () => {
  rmSync(packages, { recursive: true, force: true });
  run("script/package", []);
  const made = filesBelow(packages, /^[^/]+\.deb$/);
  assert.deepEqual(made.map((file) => file.replace(/_.*/, "")), ["libparley-dev", "parley"]);
  const [library, program] = made.map((file) => run("dpkg-deb", ["-f", join(packages, file)]));
  assert.match(library, /^Depends: libssl-dev \(>= 3\), libsimdjson-dev \(>= 3\), zlib1g-dev$/m);
  assert.match(library, /^Description: Socket\.IO and WebSocket for C\+\+ \(development files\)\n A complete/m);
  assert.match(program, /^Depends: .*libssl3 /m);
  assert.match(program, /^Description: group chat in one program\n "parley serve" starts/m);
});

test("both install into a clean root", { skip, timeout: 300_000 }, () => {
  clear();
  beside("clean-root");
  attempt("mount", ["-t", "tmpfs", "-o", "size=1g,mode=755", "parley-clean-root", clean]);
  const standardLibrary = `libstdc++-${run(compilers.gcc, ["-dumpversion"]).trim()}-dev`;
  const wanted = [...filesBelow(packages, /^[^/]+\.deb$/).map((file) => join(packages, file)), standardLibrary];
  run("mmdebstrap", [
    "--quiet", "--variant=essential", "--dpkgopt=force-unsafe-io", "--hook-dir=/usr/share/mmdebstrap/hooks/file-mirror-automount",
    ...wanted.map((name) => `--include=${name}`), codename, clean,
  ]);
  // The packages themselves were lent to the root; where no root may mount, they were copied, and stay.
  rmSync(join(clean, packages), { recursive: true, force: true });
  assert.equal(inside("dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n", "*parley*"), "libparley-dev installed\nparley installed\n");
  assert.equal(inside("dpkg", "--audit"), "");
  assert.equal(inside("dpkg", "--verify", "parley", "libparley-dev"), "");
});

test("the program runs there, and is a chat", { skip }, async () => {
  assert.equal(inside("parley", "--version"), "parley 0.1.0\n");
  const server = await serve("parley", "serve", "--port", "0", "--host", "127.0.0.1", "--data", ":memory:");
  try {
    assert.match(await (await fetch(server.url)).text(), /<title>Parley/);
    await connected(server.url, async (socket) => assert.ok(socket.id));
  } finally {
    await server.stop();
  }
  assert.equal(server.exitCode, 0);
});

test("a program is built against the library there, and runs there", { skip }, async () => {
  const folder = beside("clean-consumer", { keep: false });
  const only = Object.fromEntries(["PACKAGE", "LIBRARY", "INCLUDE"].map((what) => [`CMAKE_FIND_ROOT_PATH_MODE_${what}`, "ONLY"]));
  configure(join(root, "tests/package/consumer"), folder, {
    CMAKE_BUILD_TYPE: "Release", CMAKE_CXX_COMPILER: compilers.gcc, CMAKE_SYSROOT: clean, CMAKE_FIND_ROOT_PATH: clean, ...only,
  });
  assert.match(readFileSync(join(folder, "CMakeCache.txt"), "utf8"), new RegExp(`^parley_DIR:PATH=${clean}/usr/lib/`, "m"));
  compile(folder, "app");
  copyFileSync(join(folder, "app"), join(clean, "app"));
  const server = await serve("/app");
  try {
    await connected(server.url, async (socket) =>
      assert.equal(await socket.timeout(10_000).emitWithAck("add", { x: 3, y: 4 }), 7));
  } finally {
    await server.stop();
  }
  assert.equal(server.exitCode, 0);
});

test("the service, the man page and the completions are where they are looked for", { skip }, () => {
  run("cp", ["-an", ...filesBelow("/lib/systemd/system", /^[^/]+\.target$/).map((unit) => join("/lib/systemd/system", unit)), join(clean, "lib/systemd/system")]);
  const { status, output } = attempt("systemd-analyze", ["verify", "--man=no", `--root=${clean}`, "parley.service"]);
  assert.deepEqual({ status, output }, { status: 0, output: "" });
  assert.match(run("zcat", [join(clean, "usr/share/man/man1/parley.1.gz")]), /^\.TH PARLEY 1 /m);
  assert.match(inside("bash", "-c", "source /usr/share/bash-completion/completions/parley && complete -p parley"), /-F _parley parley/);
  assert.ok(existsSync(join(clean, "usr/share/zsh/vendor-completions/_parley")));
});

test("a purge leaves nothing behind", { skip }, () => {
  const enabled = join(clean, "etc/systemd/system/multi-user.target.wants/parley.service");
  inside("mkdir", "-p", "/etc/systemd/system/multi-user.target.wants");
  symlinkSync("/lib/systemd/system/parley.service", enabled);
  inside("dpkg", "--purge", "parley", "libparley-dev");
  assert.deepEqual(filesBelow(clean, /parley/), []);
});
