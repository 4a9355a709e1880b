// Builds every page into dist/: the console by Vite, the widget and the other pages by esbuild.
// The same sources give the same bytes, so that the committed dist/ can be proved.
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build as bundle, transform } from "esbuild";
import { build as buildConsole } from "vite";

const HERE = import.meta.dirname;
const DIST = join(HERE, "dist");
const TARGET = "es2022";
const KIB = 1_000;
/** Compressed bytes; the build fails above them. */
const BUDGETS = { "widget.js": 12 * KIB, console: 120 * KIB };

await rm(DIST, { recursive: true, force: true });
await buildConsole({ configFile: join(HERE, "console/vite.config.ts"), logLevel: "warn" });
await buildWidget();
await buildPages();
await report();

async function buildWidget() {
  const styles = { name: "styles", setup: squeezeStyles };
  await bundle({
    entryPoints: [join(HERE, "widget/widget.ts")], outfile: join(DIST, "widget.js"),
    bundle: true, minify: true, format: "iife", target: TARGET, legalComments: "none", plugins: [styles],
  });
}

/** The widget's style sheet stands in a template string, which esbuild does not minify by itself. */
function squeezeStyles(build) {
  build.onLoad({ filter: /widget[/\\]styles\.ts$/ }, async ({ path }) => {
    const source = await readFile(path, "utf8");
    return { contents: source.replace(/\s*\n\s*/g, (gap, at) => (inTemplate(source, at) ? "" : gap)), loader: "ts" };
  });
}

function inTemplate(source, at) {
  return source.slice(0, at).split("`").length % 2 === 0;
}

async function buildPages() {
  const assets = join(DIST, "assets");
  await mkdir(join(DIST, "shop"), { recursive: true });
  await bundle({
    entryPoints: ["doors.ts", "shop.ts", "docs.ts", "pages.css"].map((name) => join(HERE, "pages", name)),
    outdir: assets, bundle: true, minify: true, format: "esm", target: TARGET, legalComments: "none",
  });
  const theme = await transform(await readFile(join(HERE, "shared/theme.js"), "utf8"), { minify: true });
  await writeFile(join(assets, "theme.js"), theme.code);
  await cp(join(HERE, "shared/segue.svg"), join(assets, "segue.svg"));
  await cp(join(HERE, "pages/doors.html"), join(DIST, "index.html"));
  await cp(join(HERE, "pages/shop.html"), join(DIST, "shop/index.html"));
  await cp(join(HERE, "pages/docs.html"), join(DIST, "docs.html"));
}

async function report() {
  const names = (await readdir(DIST, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = await Promise.all(names.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    return { name: path.slice(DIST.length + 1).replaceAll("\\", "/"), plain: bytes.length, small: gzipSync(bytes, { level: 9 }).length };
  }));
  for (const { name, plain, small } of sizes.sort((a, b) => a.name.localeCompare(b.name))) {
    console.log(`${name.padEnd(44)} ${String(plain).padStart(8)} B ${String(small).padStart(8)} B gz`);
  }
  const console_ = sizes.filter(({ name }) => name.startsWith("console/")).reduce((sum, { small }) => sum + small, 0);
  const widget = sizes.find(({ name }) => name === "widget.js")?.small ?? 0;
  console.log(`console, first load: ${console_} of ${BUDGETS.console} B gz; widget: ${widget} of ${BUDGETS["widget.js"]} B gz`);
  if (console_ > BUDGETS.console || widget > BUDGETS["widget.js"]) throw new Error("a size budget is broken");
}
