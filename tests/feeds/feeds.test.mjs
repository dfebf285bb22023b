// Feeds, sitemap and structured data of the portal, held against what others say they must be: RFC 4287 in RELAX NG and the sitemap
// protocol's own schema through libxml2, RSS and JSON Feed through an independent reader and the rules of their specifications, JSON-LD
// through the types made of schema.org's vocabulary. What they say is compared with what was put into the database.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { validateXML } from "xmllint-wasm";

const here = dirname(fileURLToPath(import.meta.url));
const portal = process.env.SAROVAR_PUBLIC_URL;
const truth = JSON.parse(process.env.SAROVAR_SEEDED ?? "null");
if (!portal || !truth) throw new Error("start this with tests/feeds/run.sh BINARY");

const newest = [...truth.messages].sort((a, b) => b.at - a.at);
// Characters XML has no place for are left out of what a feed says.
const shown = (text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "");
const words = (m) => [m.hindi, m.english].filter((t) => t !== "").join("\n\n");
const link = (m, lang) => `${portal}/${lang}/post/${m.id}`;

async function get(path, kind) {
  const answer = await fetch(portal + path);
  assert.equal(answer.status, 200, path);
  assert.match(answer.headers.get("content-type"), kind);
  const text = await answer.text();
  assert.ok(!text.includes("NOT FOR THE PUBLIC"), path);
  return text;
}

async function valid(xml, schema, extension, preload = []) {
  const found = await validateXML({ xml: [{ fileName: "sent.xml", contents: xml }], schema: [schema], extension, preload });
  return found.errors.map((e) => e.message ?? e.rawMessage);
}

const atomSchema = { fileName: "atom.rng", contents: readFileSync(join(here, "atom.rng"), "utf8") };
const sitemapSchema = {
  fileName: "sitemap.xsd",
  contents: readFileSync(join(dirname(createRequire(import.meta.url).resolve("sitemap/package.json")), "schema/sitemap.xsd"), "utf8"),
};
// The protocol takes elements of other namespaces only where they are known: what search engines say of xhtml:link.
const xhtml = {
  fileName: "xhtml.xsd",
  contents: `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xhtml" elementFormDefault="qualified"><xs:element name="link"><xs:complexType><xs:attribute name="rel" use="required" fixed="alternate"/><xs:attribute name="hreflang" type="xs:language" use="required"/><xs:attribute name="href" type="xs:anyURI" use="required"/></xs:complexType></xs:element></xs:schema>`,
};
const both = {
  fileName: "both.xsd",
  contents: `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import namespace="http://www.sitemaps.org/schemas/sitemap/0.9" schemaLocation="sitemap.xsd"/><xs:import namespace="http://www.w3.org/1999/xhtml" schemaLocation="xhtml.xsd"/></xs:schema>`,
};

for (const lang of ["hi", "en"]) {
  test(`Atom in ${lang}`, async () => {
    const xml = await get(`/${lang}/feed.atom`, /^application\/atom\+xml/);
    assert.deepEqual(await valid(xml, atomSchema, "relaxng"), []);
    const feed = parseAtomFeed(xml);
    assert.equal(feed.id, `${portal}/${lang}/`);
    assert.ok(feed.authors?.[0]?.name, "an author stands in the feed or in every entry (RFC 4287 section 4.1.2)");
    assert.ok(feed.links.some((l) => l.rel === "self" && l.href === `${portal}/${lang}/feed.atom`));
    assert.equal(new Set(feed.entries.map((e) => e.id)).size, feed.entries.length, "every id once");
    assert.deepEqual(feed.entries.map((e) => [e.id, Date.parse(e.published) / 1000, Date.parse(e.updated) / 1000, e.links[0].href]), newest.map((m) => [`urn:uuid:${m.id}`, m.at, m.updated, link(m, lang)]));
    assert.deepEqual(feed.entries.map((e) => (e.content.value ?? e.content).trim()), newest.map((m) => shown(words(m)).trim()));
    assert.equal(Date.parse(feed.updated) / 1000, Math.max(...newest.map((m) => m.updated)));
  });

  test(`RSS in ${lang}`, async () => {
    const xml = await get(`/${lang}/feed.rss`, /^application\/rss\+xml/);
    const feed = parseRssFeed(xml);
    for (const needed of ["title", "link", "description"]) assert.ok(feed[needed], `RSS 2.0: channel needs ${needed}`);
    assert.equal(feed.items.length, newest.length);
    for (const [i, item] of feed.items.entries()) {
      const m = newest[i];
      // RFC 822 with a year of four digits, as RSS 2.0 asks.
      const raw = [...xml.matchAll(/<pubDate>([^<]*)<\/pubDate>/g)][i][1];
      assert.match(raw, /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/);
      assert.equal(Date.parse(raw) / 1000, m.at);
      assert.equal(item.link, link(m, lang));
      assert.equal(item.guid.value, m.id);
      assert.equal(item.guid.isPermaLink, false);
      assert.ok(item.title || item.description, "RSS 2.0: an item has a title or a description");
    }
  });

  test(`JSON Feed in ${lang}`, async () => {
    const text = await get(`/${lang}/feed.json`, /^application\/feed\+json/);
    const raw = JSON.parse(text);
    assert.equal(raw.version, "https://jsonfeed.org/version/1.1");
    assert.equal(typeof raw.title, "string");
    const known = ["version", "title", "home_page_url", "feed_url", "description", "language", "authors", "items", "icon", "favicon", "next_url", "expired", "hubs", "user_comment"];
    assert.deepEqual(Object.keys(raw).filter((k) => !known.includes(k)), []);
    const parts = ["id", "url", "external_url", "title", "content_text", "content_html", "summary", "image", "date_published", "date_modified", "authors", "tags", "language", "attachments"];
    for (const item of raw.items) {
      assert.deepEqual(Object.keys(item).filter((k) => !parts.includes(k)), []);
      assert.equal(typeof item.id, "string", "JSON Feed 1.1: id is a string");
      assert.ok(item.content_text !== undefined || item.content_html !== undefined, "JSON Feed 1.1: one of the contents");
      assert.match(item.date_published, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
    }
    assert.deepEqual(raw.items.map((i) => i.content_text), newest.map(words));
    assert.deepEqual(raw.items.map((i) => Date.parse(i.date_modified) / 1000), newest.map((m) => m.updated));
    assert.equal(parseJsonFeed(text).items.length, newest.length);
  });

  test(`structured data in ${lang}`, async () => {
    const types = { "": "GovernmentOrganization", [`post/${newest[0].id}`]: "SpecialAnnouncement" };
    const folder = mkdtempSync(join(here, "typed-"));
    try {
      for (const [path, type] of Object.entries(types)) {
        const html = await get(`/${lang}/${path}`, /^text\/html/);
        const data = JSON.parse(html.match(/<script type="application\/ld\+json">(.*?)<\/script>/s)[1]);
        assert.equal(data["@context"], "https://schema.org");
        assert.equal(data["@type"], type);
        const literal = JSON.stringify(data, null, 1);
        writeFileSync(join(folder, `${type}.ts`), `import type { ${type}, WithContext } from "schema-dts";\nexport const data: WithContext<${type}> = ${literal};\n`);
      }
      const tsc = join(here, "node_modules/typescript/bin/tsc");
      const files = Object.values(types).map((t) => join(folder, `${t}.ts`));
      try {
        execFileSync(process.execPath, [tsc, "--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "bundler", "--module", "esnext", ...files], { encoding: "utf8" });
      } catch (e) {
        assert.fail(`not as schema.org has it: ${e.stdout}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test("the sitemap names every page in both languages and nothing else", async () => {
  const xml = await get("/sitemap.xml", /^application\/xml/);
  assert.deepEqual(await valid(xml, both, "schema", [sitemapSchema, xhtml]), []);
  const places = [...xml.matchAll(/<loc>([^<]*)<\/loc>/g)].map((m) => m[1].replaceAll("&amp;", "&"));
  assert.equal(new Set(places).size, places.length);
  for (const m of newest) for (const lang of ["hi", "en"]) assert.ok(places.includes(link(m, lang)), m.id);
  for (const place of places) {
    assert.ok(place.startsWith(`${portal}/`), place);
    assert.equal((await fetch(place)).status, 200, place);
  }
  assert.ok((await get("/robots.txt", /^text\/plain/)).includes(`Sitemap: ${portal}/sitemap.xml`));
});

test("the validators are no yes-men", async () => {
  const xml = await get("/en/feed.atom", /atom/);
  assert.notDeepEqual(await valid(xml.replace(/<updated>[^<]*<\/updated>/, ""), atomSchema, "relaxng"), []);
  assert.notDeepEqual(await valid(xml.replace(/<updated>[^<]*<\/updated>/, "<updated>yesterday</updated>"), atomSchema, "relaxng"), []);
  const map = await get("/sitemap.xml", /xml/);
  assert.notDeepEqual(await valid(map.replace("<loc>", "<place>").replace("</loc>", "</place>"), both, "schema", [sitemapSchema, xhtml]), []);
  assert.notDeepEqual(await valid(map.replaceAll("hreflang=\"hi\"", ""), both, "schema", [sitemapSchema, xhtml]), []);
});
