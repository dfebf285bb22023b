// What tests of people need: an authenticator, the way through a first sign-in, and a look by axe.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** An authenticator: RFC 6238 over a base32 secret. Each code is used once, so it waits for a new one when it must. */
export function authenticator(secret) {
  let bits = "";
  for (const letter of secret) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  let used = 0;
  return async () => {
    while (Math.floor(Date.now() / 30_000) <= used) await new Promise((resolve) => setTimeout(resolve, 500));
    used = Math.floor(Date.now() / 30_000);
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(used));
    const hash = createHmac("sha1", key).update(counter).digest();
    return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
  };
}

/** Nothing for axe to find; evaluated by the debugger, so that our own policy stays in force on the page. */
export async function clean(page, what) {
  const found = await page.evaluate(`${axe}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] })`);
  assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), [], what);
}

/** The form of the sign-in. */
export async function signIn(page, login, word) {
  await page.locator("#login").fill(login);
  await page.locator("#password").fill(word);
  await page.locator("main button.primary").click();
}

/** The first sign-in at `url`: a password of one's own, then an authenticator, which is given back. */
export async function begin(page, url, login, once, password) {
  await page.goto(`${url}/sign-in`);
  await signIn(page, login, once);
  await page.locator("#old").fill(once);
  await page.locator("#new").fill(password);
  await page.locator("#again").fill(password);
  await page.locator("main button.primary").click();
  const code = authenticator((await page.locator("code.secret").first().textContent()).replaceAll(" ", ""));
  await page.locator("#code").fill(await code());
  await page.locator("main button.primary").click();
  await page.locator("main a.primary").click();
  return code;
}
