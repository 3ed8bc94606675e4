// SPDX-License-Identifier: MIT
// The documents as a site: script/site builds it. Pages are the documents of the repository where they stand, and the
// README is the first of them.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const build = join(root, "build");

/** The documents of a folder in the order in which they are read; those not named come last. */
function documents(folder, ...first) {
  const all = readdirSync(join(root, folder)).filter((name) => name.endsWith(".md") && name !== "README.md");
  const names = all.map((name) => basename(name, ".md"));
  return [...new Set([...first.filter((name) => names.includes(name)), ...names.sort()])].map((name) => join(folder, name));
}

const titleOf = (path) => /^# (.*)$/m.exec(readFileSync(join(root, `${path}.md`), "utf8"))[1].replaceAll("`", "");
const items = (paths) => paths.map((path) => ({ text: titleOf(path), link: `/${path}` }));
const examples = readdirSync(join(root, "examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory());

const icon = readFileSync(join(root, "apps/chat/page/icon.svg"), "utf8");
const guides = documents("docs", "tutorial", "cheatsheet", "http", "http-client", "websocket", "terminal", "from-node", "threads-and-lifetimes", "errors", "observing", "deployment");

/** What a heading is called in a link, as GitHub does it, and tests/tidy/docs.test.mjs. */
const anchor = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");

/** The text of a page is text: nothing of it is HTML or an expression of the page's compiler. */
function plainText(markdown) {
  for (const rule of ["text", "code_inline", "code_block"]) {
    const render = markdown.renderer.rules[rule];
    markdown.renderer.rules[rule] = (...given) => render(...given).replaceAll("{{", "&#123;&#123;");
  }
  markdown.core.ruler.before("normalize", "licence", (state) => {
    state.src = state.src.replace(/^<!-- SPDX-License-Identifier: .* -->\n/, "");
  });
}

/** Pages lie outside of this folder, and are rendered by what is installed in it. */
const vueOfThisFolder = {
  name: "vue-of-this-folder",
  enforce: "pre",
  resolveId: (id, from, { ssr }) => (ssr && /^vue(\/server-renderer)?$/.test(id) ? { id, external: true } : null),
};

export default defineConfig({
  title: "Parley",
  description: "Socket.IO and WebSocket for C++",
  head: [["link", { rel: "icon", href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  srcDir: root,
  srcExclude: ["{.*,apps,bench,build,cmake,node_modules,packaging,parley,tests}/**"],
  rewrites: { "README.md": "index.md" },
  outDir: join(build, "site"),
  cacheDir: join(build, "site-cache"),
  vite: { plugins: [vueOfThisFolder] },
  markdown: {
    html: false,
    linkify: false,
    attrs: { disable: true },
    anchor: { slugify: anchor },
    languageAlias: { haproxy: "ini" },
    config: plainText,
  },
  themeConfig: {
    search: { provider: "local", options: { detailedView: true } },
    outline: { level: [2, 3] },
    nav: [
      { text: "Tutorial", link: "/docs/tutorial" },
      { text: "Cheatsheet", link: "/docs/cheatsheet" },
      { text: "From Node.js", link: "/docs/from-node" },
    ],
    sidebar: [
      { text: "Using Parley", items: [{ text: "Start", link: "/" }, ...items(guides)] },
      { text: "Examples", items: examples.map(({ name }) => ({ text: name, link: `/examples/${name}/README` })) },
      { text: "Inside", items: items(["ARCHITECTURE", "CONTRIBUTING", "STYLE", "CHANGELOG", "SECURITY"]) },
      { text: "Decisions", link: "/docs/decisions/README", collapsed: true, items: items(documents("docs/decisions")) },
    ],
    footer: { message: "MIT License" },
  },
});
