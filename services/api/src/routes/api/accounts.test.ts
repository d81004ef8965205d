import { connect } from "node:net";
import { expect, test } from "vitest";
import { openBrowser, type Browser } from "../../testing/browser.ts";
import { startTestApi } from "../../testing/start-test-api.ts";
import { createTestClient } from "../../testing/test-client.ts";

const { url, publicUrl, mails, newOrganization, engineDb } = await startTestApi();
const password = "correct horse battery";
let userCount = 0;

async function signUp(): Promise<{ browser: Browser; email: string }> {
  userCount += 1;
  const email = `person${userCount}@example.com`;
  const browser = openBrowser(url, publicUrl);
  const answer = await browser.post("/api/auth/sign-up/email", {
    name: `P${userCount}`,
    email,
    password,
  });
  expect(answer.status).toBe(200);
  return { browser, email };
}

async function withOrganization() {
  const owner = await signUp();
  const slug = `shop-${userCount}`;
  const made = await owner.browser.post("/api/auth/organization/create", { name: "Shop", slug });
  expect(made.status).toBe(200);
  const organizationId: string = made.body.id;
  return { ...owner, organizationId };
}

/** Signs up a new user who joins the inviter's organization by the invitation's link. */
async function join(inviter: Browser, role: string) {
  const { browser, email } = await signUp();
  const invited = await inviter.post("/api/auth/organization/invite-member", { email, role });
  expect([invited.status, invited.text]).toEqual([200, expect.any(String)]);
  const mail = mails.findLast(({ to }) => to === email);
  expect(mail?.text).toContain(`${publicUrl}/accept-invitation?id=${invited.body.id}`);
  const { id: invitationId } = invited.body;
  const joined = await browser.post("/api/auth/organization/accept-invitation", { invitationId });
  expect(joined.status).toBe(200);
  const memberId: string = joined.body.member.id;
  return { browser, email, memberId };
}

test("a new user has no organization, creates one, and becomes its owner", async () => {
  const { browser, email } = await signUp();
  expect((await browser.get("/v1/me")).body).toMatchObject({
    user: { email },
    organization: null,
    role: null,
    rights: [],
    organizations: [],
  });
  expect((await browser.get("/v1/contacts")).status).toBe(403);
  await browser.post("/api/auth/organization/create", { name: "Shop", slug: `own-${userCount}` });
  expect((await browser.get("/v1/me")).body).toMatchObject({
    organization: { name: "Shop" },
    role: "owner",
    rights: ["read", "write", "manage"],
  });
  expect((await openBrowser(url, publicUrl).get("/v1/me")).status).toBe(401);
});

const segmentCriteria = { combinator: "and", rules: [] };
const attempts = {
  read: (of: Browser) => of.get("/v1/contacts"),
  write: (of: Browser) =>
    of.post("/v1/contact-jobs", { segmentCriteria, action: { addTags: ["a"] } }),
  manage: (of: Browser) => of.patch("/v1/settings", { pauseMarketingOnRedQuality: true }),
  audit: (of: Browser) => of.get("/v1/audit-log"),
  keys: (of: Browser) => of.get("/v1/api-keys"),
};

test.each([
  ["admin", { read: 200, write: 202, manage: 200, audit: 200, keys: 200 }],
  ["marketer", { read: 200, write: 202, manage: 403, audit: 403, keys: 403 }],
  ["viewer", { read: 200, write: 403, manage: 403, audit: 403, keys: 403 }],
])("%s can do what the role allows and nothing else", async (role, expected) => {
  const owner = await withOrganization();
  const { browser } = await join(owner.browser, role);
  const statuses: Record<string, number> = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    statuses[name] = (await attempt(browser)).status;
  }
  expect(statuses).toEqual(expected);
  const other = await signUp();
  const body = { email: other.email, role: "viewer" };
  const invites = (await browser.post("/api/auth/organization/invite-member", body)).status;
  expect(invites).toBe(role === "admin" ? 200 : 403);
  const promoted = await browser.post("/api/auth/organization/invite-member", {
    email: "boss@example.com",
    role: "owner",
  });
  expect(promoted.status).toBeGreaterThanOrEqual(400);
});

test.each(["member", "emperor", "admin,marketer", "viewer,viewer", ""])(
  "an invitation and a change of role are refused for the role %j",
  async (role) => {
    const owner = await withOrganization();
    const { memberId } = await join(owner.browser, "viewer");
    const invited = await owner.browser.post("/api/auth/organization/invite-member", {
      email: (await signUp()).email,
      role,
    });
    expect(invited.status).toBe(400);
    const changed = await owner.browser.post("/api/auth/organization/update-member-role", {
      memberId,
      role,
    });
    expect(changed.status).toBe(400);
  },
);

test("the owner changes roles and removes members but can't leave or be demoted", async () => {
  const owner = await withOrganization();
  const { browser, memberId, email } = await join(owner.browser, "viewer");
  const changed = await owner.browser.post("/api/auth/organization/update-member-role", {
    memberId,
    role: "marketer",
  });
  expect(changed.status).toBe(200);
  expect((await browser.get("/v1/me")).body.role).toBe("marketer");
  const members = (await browser.get("/v1/members")).body.items;
  expect(members).toMatchObject([{ role: "owner" }, { role: "marketer", email }]);
  const { organizationId } = owner;
  const left = await owner.browser.post("/api/auth/organization/leave", { organizationId });
  expect(left.status).toBeGreaterThanOrEqual(400);
  const demoted = await owner.browser.post("/api/auth/organization/update-member-role", {
    memberId: members[0].id,
    role: "viewer",
  });
  expect(demoted.status).toBeGreaterThanOrEqual(400);
  const unknown = await owner.browser.post("/api/auth/organization/update-member-role", {
    memberId,
    role: "emperor",
  });
  expect(unknown.status).toBeGreaterThanOrEqual(400);
  await owner.browser.post("/api/auth/organization/remove-member", { memberIdOrEmail: memberId });
  expect((await browser.get("/v1/contacts")).status).toBe(403);
  expect((await browser.get("/v1/me")).body.organization).toBeNull();
});

test("a user of two organizations switches between them and has a role in each", async () => {
  const [first, second] = [await withOrganization(), await withOrganization()];
  const invited = await second.browser.post("/api/auth/organization/invite-member", {
    email: first.email,
    role: "viewer",
  });
  const { id: invitationId } = invited.body;
  await first.browser.post("/api/auth/organization/accept-invitation", { invitationId });
  const switchTo = (organizationId: string) =>
    first.browser.post("/api/auth/organization/set-active", { organizationId });
  await switchTo(first.organizationId);
  expect((await first.browser.get("/v1/me")).body).toMatchObject({
    organization: { id: first.organizationId },
    role: "owner",
    organizations: [expect.anything(), expect.anything()],
  });
  await switchTo(second.organizationId);
  expect((await first.browser.get("/v1/me")).body).toMatchObject({
    organization: { id: second.organizationId },
    role: "viewer",
  });
});

test("a password reset by link works once and ends every session", async () => {
  const { browser, email } = await signUp();
  const asking = openBrowser(url, publicUrl);
  const redirectTo = `${publicUrl}/reset-password`;
  await asking.post("/api/auth/request-password-reset", { email, redirectTo });
  const [, token = ""] =
    /reset-password\/([^?]+)\?/.exec(mails.findLast(({ to }) => to === email)?.text ?? "") ?? [];
  const newPassword = "another good password";
  const reset = await asking.post("/api/auth/reset-password", { token, newPassword });
  expect(reset.status).toBe(200);
  expect((await browser.get("/v1/me")).status).toBe(401);
  const signIn = (with_: string) =>
    asking.post("/api/auth/sign-in/email", { email, password: with_ });
  expect((await signIn(password)).status).toBe(401);
  expect((await signIn(newPassword)).status).toBe(200);
  expect((await asking.post("/api/auth/reset-password", { token, newPassword })).status).toBe(400);
  // An unknown address gets the same response, so that it doesn't reveal which have an account.
  const unknown = await asking.post("/api/auth/request-password-reset", {
    email: "nobody@example.com",
    redirectTo,
  });
  expect(unknown.status).toBe(200);
});

test("sign-in is limited by client address in the database that all replicas share", async () => {
  const browser = openBrowser(url, publicUrl);
  const body = { email: "victim@example.com", password: "guess" };
  const statuses = [];
  for (let attempt = 0; attempt < 12; attempt++) {
    statuses.push((await browser.post("/api/auth/sign-in/email", body)).status);
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  expect(statuses.at(-1)).toBe(429);
  const other = openBrowser(url, publicUrl);
  expect((await other.post("/api/auth/sign-in/email", body)).status).toBe(401);
});

test("an API key is shown once, works within its scopes until revoked, and shows when it was last used", async () => {
  const { browser } = await withOrganization();
  const body = { name: "Shop", scopes: ["read"] };
  const created = await browser.post("/v1/api-keys", body);
  expect([created.status, created.body]).toMatchObject([
    201,
    { name: "Shop", scopes: ["read"], apiKey: expect.stringMatching(/^lh_/), lastUsedAt: null },
  ]);
  const { apiKey, id, prefix } = created.body;
  const client = createTestClient(url, apiKey);
  expect((await client.get("/v1/me")).body).toMatchObject({
    user: null,
    apiKey: { id, name: "Shop" },
    rights: ["read"],
  });
  expect((await client.get("/v1/contacts")).status).toBe(200);
  expect((await client.post("/v1/contacts", { phone: "+4915123456789" })).status).toBe(403);
  const listed = await browser.get("/v1/api-keys");
  expect(listed.body.items).toMatchObject([{ id, prefix, lastUsedAt: expect.any(String) }]);
  expect(listed.text).not.toContain(apiKey);
  expect((await browser.delete(`/v1/api-keys/${id}`)).status).toBe(204);
  expect((await client.get("/v1/contacts")).status).toBe(401);
  expect((await browser.delete(`/v1/api-keys/${id}`)).status).toBe(404);
  const bad = await browser.post("/v1/api-keys", { name: "", scopes: ["fly"] });
  expect(bad.body.error.details.fields).toMatchObject([{ path: "name" }, { path: "scopes.0" }]);
});

test("a repeated request for an API key creates no second key and doesn't show the first one again", async () => {
  const { api, apiKey } = await newOrganization();
  const body = { name: "Once", scopes: ["read"] };
  const key = { "idempotency-key": "one" };
  const first = await api.post("/v1/api-keys", body, key);
  const again = await api.post("/v1/api-keys", body, key);
  expect(again.body).toEqual({ ...first.body, apiKey: null });
  const rows = await engineDb.selectFrom("idempotency_keys").selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(first.body.apiKey);
  expect(apiKey).not.toBe(first.body.apiKey);
});

test("the audit log shows an owner each action with its actor and client address", async () => {
  const owner = await withOrganization();
  const { memberId } = await join(owner.browser, "marketer");
  await owner.browser.patch("/v1/settings", { stopWords: ["STOP"] });
  await owner.browser.post("/api/auth/organization/remove-member", { memberIdOrEmail: memberId });
  const { items } = (await owner.browser.get("/v1/audit-log")).body;
  expect(items.map(({ action }: { action: string }) => action)).toEqual([
    "member.removed",
    "settings.updated",
    "member.joined",
    "member.invited",
    "organization.created",
  ]);
  expect(items[1]).toMatchObject({
    actor: { kind: "user", name: expect.any(String) },
    ipAddress: owner.browser.address,
  });
  expect(JSON.stringify(items)).not.toContain("@example.com");
  const page = await owner.browser.get("/v1/audit-log?limit=2&action=member.joined");
  expect(page.body.items).toHaveLength(1);
  const foreign = await withOrganization();
  const theirs = (await foreign.browser.get("/v1/audit-log")).body.items;
  expect(theirs.map(({ action }: { action: string }) => action)).toEqual(["organization.created"]);
});

test("malformed HTTP and oversized headers are answered with the common error shape", async () => {
  const { port, hostname } = new URL(url);
  const answer = (text: string) =>
    new Promise<string>((resolve) => {
      let got = "";
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.on("data", (chunk) => (got += String(chunk)));
      socket.on("close", () => resolve(got));
      socket.on("error", () => resolve(got));
    });
  for (const [status, text] of [
    [400, "NONSENSE\r\n\r\n"],
    [431, `GET / HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(100_000)}\r\n\r\n`],
  ] as const) {
    const [head = "", body = ""] = (await answer(text)).split("\r\n\r\n");
    expect(head).toContain(`HTTP/1.1 ${status}`);
    expect(JSON.parse(body)).toMatchObject({ error: { code: "invalid_input" } });
  }
});
