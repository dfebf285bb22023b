// Builds the assets that the `pages` crate embeds: one stylesheet, htmx, one script per island, the mark.
// Each file is named by its content and squeezed with brotli once, here, instead of at every request.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile, rename } from "node:fs/promises";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../crates/pages/assets/built");
const target = ["chrome109", "firefox115", "safari16"];

/** Asset name → how its bytes are made. */
const sources = {
  "sarovar.css": () => bundle("css/sarovar.css"),
  "htmx.js": () => readFile(join(here, "node_modules/htmx.org/dist/htmx.min.js")),
  "upload.js": () => bundle("ts/upload.ts"),
  "sql.js": () => bundle("ts/sql.ts"),
  "review.js": () => bundle("ts/review.ts"),
  "calendar.js": () => bundle("ts/calendar.ts"),
  "mark.svg": () => readFile(join(here, "mark.svg")),
};

/** Compressed limits in bytes: the base page may weigh 40 KiB with its HTML, an island 250 KiB. */
const limits = { "sarovar.css": 10_000, "htmx.js": 18_000, "mark.svg": 1_000 };
const island = 250 * 1024;

async function bundle(entry) {
  const result = await esbuild.build({
    entryPoints: [join(here, entry)], bundle: true, minify: true, write: false, target, format: "iife", legalComments: "none", logLevel: "error",
  });
  return Buffer.from(result.outputFiles[0].contents);
}

const files = [];
const manifest = {};
for (const [name, make] of Object.entries(sources)) {
  const bytes = await make();
  const squeezed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const file = name.replace(/(\.[a-z]+)$/, `.${hash}$1`);
  const limit = limits[name] ?? island;
  console.log(`${name.padEnd(12)} ${String(bytes.length).padStart(7)} B  brotli ${String(squeezed.length).padStart(6)} of ${limit}`);
  if (squeezed.length > limit) {
    console.error(`${name} is ${squeezed.length} bytes compressed, over its limit of ${limit}`);
    process.exitCode = 1;
  }
  manifest[name] = file;
  files.push([file, bytes], [`${file}.br`, squeezed]);
}
files.push(["manifest.json", JSON.stringify(manifest, null, 1) + "\n"]);

// The whole folder is written anew, so that nothing stale is embedded; the same sources give the same bytes.
if (process.exitCode !== 1) {
  const before = await readFile(join(out, "manifest.json"), "utf8").catch(() => "");
  if (before !== files.at(-1)[1]) {
    const fresh = `${out}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    for (const [file, bytes] of files) await writeFile(join(fresh, file), bytes);
    await rm(out, { recursive: true, force: true });
    await rename(fresh, out);
  }
}
