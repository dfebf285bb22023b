// One Chromium for a test file, and pages that remember what went wrong in them.
import { chromium } from "playwright-core";

export const url = process.env.SAROVAR_URL;
/** The same program over a small made-up state. */
export const demo = process.env.SAROVAR_DEMO_URL;
/** The same over a lake with accounts. */
export const people = process.env.SAROVAR_PEOPLE_URL;
/** The small made-up state with accounts. */
export const access = process.env.SAROVAR_ACCESS_URL;
/** A desk with a message that waits for its day. */
export const desk = process.env.SAROVAR_DESK_URL;
if (!url || !demo || !people || !access || !desk) throw new Error("SAROVAR_URL, _DEMO_URL, _PEOPLE_URL, _ACCESS_URL or _DESK_URL is not set; start the tests with tests/e2e/run.sh BINARY");

const flags = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
if (process.getuid?.() === 0) flags.push("--no-sandbox");

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });

/** A page whose `faults` list what the console, the policy and the network complained about. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ locale: "hi-IN", ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("request", (request) => {
    if (![url, demo, people, access, desk, "blob:"].some((own) => request.url().startsWith(own))) page.faults.push(`leaves the machine: ${request.url()}`);
  });
  return page;
}
