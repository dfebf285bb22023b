// A certified OpenID provider on a free port of this machine, for tests. Whoever is typed in is signed in; nothing else is made up.
// Usage: node provider.mjs REDIRECT LOGOUT        prints its issuer
// "asha" and "asha#2" are two people with one user name, as when a name was given to somebody else.
import http from "node:http";
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";

const [redirect, logout] = process.argv.slice(2);
const server = http.createServer();
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const { privateKey } = await generateKeyPair("RS256", { extractable: true });
const key = { ...(await exportJWK(privateKey)), kid: "test", alg: "RS256", use: "sig" };
const gone = new Set();
const sessions = new Map();
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "sarovar",
      client_secret: "a-secret-for-tests-only",
      redirect_uris: [redirect],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      backchannel_logout_uri: logout,
      backchannel_logout_session_required: true,
    },
  ],
  features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true }, revocation: { enabled: true } },
  jwks: { keys: [key] },
  pkce: { required: () => true },
  conformIdTokenClaims: false,
  claims: { openid: ["sub", "sid"], profile: ["preferred_username", "name"], email: ["email", "email_verified"] },
  rotateRefreshToken: true,
  cookies: { keys: ["a key for tests only"] },
  ttl: { AccessToken: 60, IdToken: 300, RefreshToken: 86400, Session: 3600, Grant: 86400, Interaction: 600 },
  async findAccount(_, id) {
    if (gone.has(id)) return undefined;
    const name = id.split("#")[0];
    const claims = { sub: id, preferred_username: name, name: `${name} of the test`, email: `${name}@police.example`, email_verified: !id.includes("unverified") };
    return { accountId: id, claims: async () => claims };
  },
});
provider.on("authorization.success", (ctx) => {
  const { session, client } = ctx.oidc;
  sessions.set(session.accountId, session.sidFor(client.clientId));
});

const callback = provider.callback();
// Orders of the test, beside what a provider answers.
server.on("request", async (request, response) => {
  const url = new URL(request.url, issuer);
  const who = url.searchParams.get("who");
  if (!url.pathname.startsWith("/order/")) return callback(request, response);
  const client = await provider.Client.find("sarovar");
  if (url.pathname === "/order/dismiss") {
    gone.add(who);
    return response.end("dismissed");
  }
  if (url.pathname === "/order/token") {
    const event = "http://schemas.openid.net/event/backchannel-logout";
    const sid = url.searchParams.get("sid") === "no" ? undefined : sessions.get(who);
    const changes = [...url.searchParams].filter(([name]) => name.startsWith("set-"));
    if (changes.length) {
      // Signed by the provider's key, with what the test wants to be wrong.
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: issuer, aud: "sarovar", iat: now, exp: now + 120, jti: String(Math.random()), sub: who, sid, events: { [event]: {} } };
      for (const [name, value] of changes) claims[name.slice(4)] = JSON.parse(value);
      return response.end(await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "test", typ: "logout+jwt" }).sign(privateKey));
    }
    // As the provider issues them itself.
    const token = new provider.IdToken({ sub: who }, { client, ctx: undefined });
    token.mask = { sub: null };
    token.set("events", { [event]: {} });
    token.set("jti", url.searchParams.get("jti") ?? String(Math.random()));
    if (sid) token.set("sid", sid);
    return response.end(await token.issue({ use: "logout" }));
  }
  if (url.pathname === "/order/logout") {
    try {
      await client.backchannelLogout(who, sessions.get(who));
      return response.end("told");
    } catch (error) {
      response.statusCode = 502;
      return response.end(String(error));
    }
  }
  response.statusCode = 404;
  response.end();
});
console.log(issuer);
