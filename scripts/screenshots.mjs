// The pictures of the README. Each is written with at most 256 colours, so that the repository stays small.
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { crc32, deflateSync, inflateSync } from "node:zlib";

const { chromium } = createRequire(new URL("../tests/e2e/package.json", import.meta.url))("playwright-core");
const url = process.env.SAROVAR_URL;
const folder = process.argv[2];
const LARGEST = 150 * 1024;
const size = { width: 1200, height: 800 };

/** One row of a query over the lake. */
async function ask(sql) {
  const answer = await fetch(`${url}/api/v1/sql`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sql }) });
  return (await answer.json()).rows[0];
}

/** A true-colour PNG (8 bits, not interlaced, as Chromium writes it) with an indexed palette. */
function indexed(png) {
  let at = 8;
  let header;
  const data = [];
  while (at < png.length) {
    const length = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") header = body;
    if (kind === "IDAT") data.push(body);
    at += length + 12;
  }
  const [width, height, bytes] = [header.readUInt32BE(0), header.readUInt32BE(4), header[9] === 6 ? 4 : 3];
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * bytes;
  let above = Buffer.alloc(stride);
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const line = Buffer.from(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let i = 0; i < stride; i++) {
      const a = i >= bytes ? line[i - bytes] : 0;
      const b = above[i];
      const c = i >= bytes ? above[i - bytes] : 0;
      const p = a + b - c;
      const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      line[i] = (line[i] + [0, a, b, (a + b) >> 1, paeth][filter]) & 255;
    }
    for (let x = 0; x < width; x++) pixels[y * width + x] = (line[x * bytes] << 16) | (line[x * bytes + 1] << 8) | line[x * bytes + 2];
    above = line;
  }
  // The most frequent colours stay as they are; the others, shades at the edges of letters, become the nearest of them.
  const often = new Map();
  for (const colour of pixels) often.set(colour, (often.get(colour) ?? 0) + 1);
  const all = [...often.keys()].sort((x, y) => often.get(y) - often.get(x));
  const palette = all.slice(0, 256);
  const index = new Map(palette.map((colour, i) => [colour, i]));
  for (const colour of all.slice(256)) {
    let best = 0;
    let least = Infinity;
    palette.forEach((known, i) => {
      const apart = [16, 8, 0].reduce((sum, shift) => sum + (((known >> shift) & 255) - ((colour >> shift) & 255)) ** 2, 0);
      if (apart < least) [best, least] = [i, apart];
    });
    index.set(colour, best);
  }
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = index.get(pixels[y * width + x]);
  const chunk = (kind, body) => {
    const out = Buffer.alloc(body.length + 12);
    out.writeUInt32BE(body.length, 0);
    out.write(kind, 4, "latin1");
    body.copy(out, 8);
    out.writeUInt32BE(crc32(out.subarray(4, body.length + 8)), body.length + 8);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([png.subarray(0, 8), chunk("IHDR", head), chunk("PLTE", colours), chunk("IDAT", deflateSync(lines, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

for (let i = 0; ; i++) {
  const up = await fetch(`${url}/healthz`).then((answer) => answer.ok, () => false);
  if (up) break;
  if (i === 600) throw new Error("the server did not answer in 60 s");
  await new Promise((resolve) => setTimeout(resolve, 100));
}
// Somebody accused whose phone a vehicle's owner has too.
const [person] = await ask(`SELECT m.person_key FROM pole.person_mention m JOIN pole.person_mention o ON o.phone = m.phone AND o.role = 'owner'
  WHERE m.person_key LIKE 'cctns:%' AND m.role = 'accused' AND m.name_local IS NOT NULL ORDER BY m.person_key LIMIT 1`);
const flags = ["--disable-gpu", "--no-first-run", "--hide-scrollbars", "--force-color-profile=srgb"];
if (process.getuid?.() === 0) flags.push("--no-sandbox");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const page = await browser.newPage({ viewport: size, colorScheme: "light" });

async function take(name, path, lang, before) {
  page.setDefaultTimeout(120_000);
  await page.goto(`${url}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`, { waitUntil: "networkidle" });
  if (before) await before();
  const picture = indexed(await page.screenshot());
  if (picture.length > LARGEST) throw new Error(`${name}.png has ${picture.length} bytes, at most ${LARGEST}`);
  await writeFile(join(folder, `${name}.png`), picture);
  console.log(`${name}.png ${picture.length} bytes`);
}

await take("home-hi", "/", "hi");
await take("person-hi", `/person/${encodeURIComponent(person)}`, "hi");
await take("person-en", `/person/${encodeURIComponent(person)}`, "en");
await take("catalogue-en", "/catalogue/clean.cctns_person", "en");
const runs = await (await fetch(`${url}/runs`)).text();
const run = [...runs.matchAll(/href="(\/runs\/[^"/]+)"[\s\S]*?<\/tr>/g)].find((hit) => hit[0].includes("/quarantine/"))?.[1];
if (!run) throw new Error("no run with refused rows");
await take("run-hi", run, "hi");
await take("sql-en", "/sql", "en", async () => {
  await page.locator("#sql").fill("SELECT role, count(*) AS persons\nFROM pole.person_mention\nGROUP BY role ORDER BY persons DESC");
  await page.locator("main button.primary").click();
  await page.locator("#answer table").waitFor();
});
await browser.close();
