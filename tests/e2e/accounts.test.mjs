// Signing in as people do it: one-time password, own password, authenticator, devices; without scripts, in both languages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, people } from "./browser.mjs";
import { authenticator, clean, signIn as fill } from "./officer.mjs";

const password = "camel lantern well seven";
let browser, code;
before(async () => (browser = await launch()));
after(() => browser.close());

async function signIn(page, login, word) {
  await page.goto(`${people}/account`);
  assert.ok(page.url().startsWith(`${people}/sign-in?next=`), page.url());
  await fill(page, login, word);
}

test("the administrator's first sign-in leads through password and authenticator", async () => {
  const page = await open(browser, { javaScriptEnabled: false, locale: "hi-IN" });
  await signIn(page, "admin.test", "wrong wrong wrong");
  assert.equal(await page.locator(".error-summary[role=alert]").count(), 1);
  await signIn(page, "admin.test", process.env.SAROVAR_PEOPLE_PASSWORD);
  assert.equal(new URL(page.url()).pathname, "/account/password");
  await page.locator("#old").fill(process.env.SAROVAR_PEOPLE_PASSWORD);
  await page.locator("#new").fill("short");
  await page.locator("#again").fill("short");
  await page.locator("main button.primary").click();
  assert.equal(await page.locator("#new-error").count(), 1);
  await page.locator("#old").fill(process.env.SAROVAR_PEOPLE_PASSWORD);
  await page.locator("#new").fill(password);
  await page.locator("#again").fill(password);
  await page.locator("main button.primary").click();
  assert.equal(new URL(page.url()).pathname, "/account/second");
  assert.ok((await page.locator("svg.qr").boundingBox()).width >= 180, "the picture can be scanned");
  code = authenticator((await page.locator("code.secret").first().textContent()).replaceAll(" ", ""));
  await page.locator("#code").fill(await code());
  await page.locator("main button.primary").click();
  assert.equal(await page.locator("code.secret").count(), 10);
  await page.locator("main a.primary").click();
  assert.equal(new URL(page.url()).pathname, "/account");
  assert.ok((await page.locator("main").innerText()).includes("प्रशासक"));
  // What an administrator does not read is not in his navigation, and not behind its address.
  assert.equal(await page.locator("nav.side a").count(), 1);
  assert.equal((await page.goto(`${people}/search`)).status(), 403);
  await page.locator("form.leave button").click();
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await page.context().close();
});

test("an account is opened, seen on two devices, and one of them ended", async () => {
  const admin = await open(browser, { locale: "en-IN" });
  await signIn(admin, "admin.test", password);
  assert.equal(new URL(admin.url()).pathname, "/sign-in/code");
  await clean(admin, "code");
  await admin.locator("#code").fill(await code());
  await admin.locator("main button.primary").click();
  await admin.goto(`${people}/people/new`);
  await clean(admin, "new account");
  await admin.locator("#login").fill("asha.test");
  await admin.locator("#name_en").fill("Asha Test");
  await admin.locator("#name_hi").fill("आशा परीक्षण");
  await admin.locator("input[name=role-investigating_officer]").check();
  await admin.locator("main button.primary").click();
  const once = await admin.locator("code.secret").textContent();
  for (const path of ["/people", "/people/asha.test", "/account", "/account/password", "/account/second"]) {
    await admin.goto(people + path);
    await clean(admin, path);
  }

  const other = await open(browser, { locale: "en-IN" });
  await signIn(other, "admin.test", password);
  await other.locator("#code").fill(await code());
  await other.locator("main button.primary").click();
  await other.goto(`${people}/account`);
  await admin.goto(`${people}/account`);
  assert.equal(await admin.locator("section[aria-labelledby=devices] tbody tr").count(), 2);
  await admin.locator("section[aria-labelledby=devices] button.danger.small").first().click();
  await admin.waitForURL("**/account");
  await other.goto(`${people}/account`);
  assert.ok(other.url().includes("/sign-in"), "the ended device has to sign in");
  assert.deepEqual(admin.faults, []);

  // The new officer: a one-time password, and nothing before it is changed.
  const asha = await open(browser, { locale: "hi-IN", viewport: { width: 360, height: 740 } });
  await signIn(asha, "asha.test", once);
  assert.equal(new URL(asha.url()).pathname, "/account/password");
  await clean(asha, "password");
  await asha.goto(`${people}/search`);
  assert.equal(new URL(asha.url()).pathname, "/account/password");
  assert.ok(await asha.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than a telephone");
  await asha.locator("form.leave button").click();
  await asha.waitForURL("**/sign-in");
  await clean(asha, "sign-in");
  for (const page of [admin, other, asha]) await page.context().close();
});
