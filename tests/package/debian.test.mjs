// SPDX-License-Identifier: MIT
// The Debian packages, installed in a root that has nothing but what they ask for, and run there.
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startServer } from "../interop/support/program.mjs";
import { attempt, beside, build, compile, configure, root as tree, run } from "./support.mjs";

const made = beside("packages", { keep: false });
const root = beside("root", { keep: false });
const packages = {};

/** The contents of a package, as paths from the root. */
const contents = (file) =>
  run("dpkg-deb", ["--contents", file]).trim().split("\n").map((line) => line.split(/\s+/)[5].slice(1)).filter((path) => !path.endsWith("/"));

before(() => {
  assert.equal(process.getuid(), 0, "making and entering a root takes an administrator");
  run("cpack", ["--config", join(build, "CPackConfig.cmake"), "-B", made]);
  for (const file of readdirSync(made).filter((name) => name.endsWith(".deb"))) packages[file.split("_")[0]] = join(made, file);
  assert.deepEqual(Object.keys(packages).sort(), ["libparley-dev", "parley"]);

  // Debian's own part of what they depend on, by name; dpkg checks below that nothing is missing.
  const needed = Object.values(packages).flatMap((file) => run("dpkg-deb", ["--field", file, "Depends"]).split(/[,|]/));
  const names = [...new Set(needed.map((dependency) => dependency.replace(/\(.*/, "").trim()))].filter(Boolean);
  const release = run("sh", ["-c", ". /etc/os-release; echo $VERSION_CODENAME"]).trim();
  run("mmdebstrap", ["--quiet", "--variant=essential", "--skip=check/empty", `--include=${names.join(",")}`, release, root]);
});

after(() => run("rm", ["-rf", root]));

test("each package has its files, and only where they belong", () => {
  const program = contents(packages.parley);
  for (const path of ["/usr/bin/parley", "/usr/lib/systemd/system/parley.service", "/usr/share/man/man1/parley.1",
    "/usr/share/bash-completion/completions/parley", "/usr/share/zsh/vendor-completions/_parley", "/usr/share/doc/parley/copyright"])
    assert.ok(program.includes(path), `${path} in ${program}`);
  assert.ok(!program.some((path) => /include|\.a$|\.cmake$/.test(path)));
  const library = contents(packages["libparley-dev"]);
  for (const path of ["/usr/include/parley/server.hpp", "/usr/lib/libparley.a", "/usr/lib/pkgconfig/parley.pc", "/usr/lib/cmake/parley/parley-config.cmake"])
    assert.ok(library.some((found) => found.replace(/lib\/[\w]+-linux-gnu/, "lib") === path), `${path} in ${library}`);
  assert.deepEqual([...program, ...library].filter((path) => !path.startsWith("/usr/")), []);
});

test("both install where only their dependencies are, and the program runs there", async () => {
  for (const file of Object.values(packages)) {
    copyFileSync(file, join(root, "package.deb"));
    run("chroot", [root, "dpkg", "--install", "/package.deb"]);
  }
  assert.match(run("chroot", [root, "parley", "--version"]), /^parley \d+\.\d+\.\d+\n$/);
  const server = await startServer("/usr/sbin/chroot", [root, "/usr/bin/parley", "serve", "--host", "127.0.0.1"]);
  try {
    assert.match(await (await fetch(server.url)).text(), /<title>/);
    assert.equal((await fetch(`${server.url}/socket.io/socket.io.js`)).status, 200);
  } finally {
    await server.stop();
  }
  assert.equal(server.exitCode, 0);
});

// The compiler is this machine's: the root has none.
test("a program built with the library of the package runs there, too", async () => {
  const folder = beside("root-consumer", { keep: false });
  configure(join(tree, "tests/package/consumer"), folder, { CMAKE_BUILD_TYPE: "Release", CMAKE_PREFIX_PATH: join(root, "usr") });
  compile(folder, "app");
  assert.match(run("cmake", ["-LA", "-N", folder]), new RegExp(`parley_DIR:PATH=${root}/usr/lib`));
  copyFileSync(join(folder, "app"), join(root, "app"));
  chmodSync(join(root, "app"), 0o755);
  const server = await startServer("/usr/sbin/chroot", [root, "/app"]);
  try {
    assert.deepEqual(await (await fetch(server.url)).json(), { path: "/" });
  } finally {
    await server.stop();
  }
});

test("both go away whole", () => {
  run("chroot", [root, "dpkg", "--purge", "parley", "libparley-dev"]);
  for (const path of ["usr/bin/parley", "usr/include/parley", "usr/lib/cmake/parley", "usr/share/doc/parley", "usr/lib/systemd/system/parley.service"])
    assert.ok(!existsSync(join(root, path)), path);
  assert.notEqual(attempt("chroot", [root, "parley", "--version"]).status, 0);
});
