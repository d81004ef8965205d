import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { authenticateSession } from "./authenticate-session.ts";
import { createAuth } from "./create-auth.ts";
import { createOrganization } from "./create-organization.ts";

const { databaseUrl } = await useTestDatabase();
const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_auth" });
const db = createDb(pool);
afterAll(() => db.destroy());

const logged: string[] = [];
const publicUrl = "http://localhost:3000";
const auth = createAuth({
  pool,
  secret: "a-secret-of-at-least-32-characters!!",
  publicUrl,
  log: (_level, sentence) => logged.push(sentence),
  mailer: { send: async () => undefined, close: () => undefined },
});

let clients = 0;
/** Creates a browser with its own cookies and address, because sign-ins are limited by address. */
function browser() {
  clients += 1;
  const address = `10.0.0.${clients}`;
  const cookies = new Map<string, string>();
  const headers = () =>
    new Headers({
      "content-type": "application/json",
      origin: publicUrl,
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      "x-loudhailer-client": address,
    });
  const post = async (path: string, body: object) => {
    const url = `${publicUrl}/api/auth${path}`;
    const response = await auth.handler(
      new Request(url, { method: "POST", headers: headers(), body: JSON.stringify(body) }),
    );
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return { status: response.status, body: z.looseObject({}).parse(await response.json()) };
  };
  return { post, whoAmI: () => authenticateSession(auth, db, headers()) };
}

test("a new user signs up, creates an organization and becomes its owner", async () => {
  const ada = browser();
  const signedUp = await ada.post("/sign-up/email", {
    name: "Ada",
    email: "Ada@Example.com",
    password: "correct horse",
  });
  expect(signedUp.status).toBe(200);
  expect(await ada.whoAmI()).toMatchObject({ organizationId: null });

  const created = await ada.post("/organization/create", { name: "Ada's", slug: "adas" });
  expect(created.status).toBe(200);
  const me = await ada.whoAmI();
  expect(me).toMatchObject({ organizationId: created.body["id"], role: "owner" });
});

test("an owner created on the command line signs in directly to the organization", async () => {
  const made = await createOrganization({
    databaseUrl,
    name: "Café Zürich",
    email: "Owner@Example.com",
    password: "a good password",
  });
  const owner = browser();
  const wrong = await owner.post("/sign-in/email", {
    email: "owner@example.com",
    password: "another password",
  });
  expect(wrong.status).toBe(401);
  expect(await owner.whoAmI()).toBeNull();

  const right = await owner.post("/sign-in/email", {
    email: "owner@example.com",
    password: "a good password",
  });
  expect(right.status).toBe(200);
  expect(await owner.whoAmI()).toEqual({
    userId: made.userId,
    organizationId: made.organizationId,
    role: "owner",
  });
});

test("a user of two organizations switches between them, but not to a third", async () => {
  const [first, second, foreign] = await Promise.all(
    ["one", "two", "three"].map((name) =>
      createOrganization({
        databaseUrl,
        name,
        email: `${name}@example.com`,
        password: "a good password",
      }),
    ),
  );
  if (!first || !second || !foreign) throw new Error("three organizations are made above");
  await db
    .insertInto("members")
    .values({ organization_id: second.organizationId, user_id: first.userId, role: "viewer" })
    .execute();
  const user = browser();
  await user.post("/sign-in/email", { email: "one@example.com", password: "a good password" });
  expect(await user.whoAmI()).toMatchObject({ organizationId: first.organizationId });

  const { organizationId } = second;
  expect((await user.post("/organization/set-active", { organizationId })).status).toBe(200);
  expect(await user.whoAmI()).toMatchObject({ organizationId, role: "viewer" });

  const refused = await user.post("/organization/set-active", {
    organizationId: foreign.organizationId,
  });
  expect(refused.status).toBe(403);
  expect(await user.whoAmI()).not.toMatchObject({ organizationId: foreign.organizationId });
});

test("a removed member has no organization although the session stays valid", async () => {
  const made = await createOrganization({
    databaseUrl,
    name: "short",
    email: "short@example.com",
    password: "a good password",
  });
  const user = browser();
  await user.post("/sign-in/email", { email: "short@example.com", password: "a good password" });
  await db.deleteFrom("members").where("user_id", "=", made.userId).execute();
  expect(await user.whoAmI()).toMatchObject({ organizationId: null });
});

test("rejects a request from a foreign site", async () => {
  const response = await auth.handler(
    new Request(`${publicUrl}/api/auth/sign-in/email`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: "https://evil.example",
        cookie: "a=b",
      },
      body: JSON.stringify({ email: "one@example.com", password: "a good password" }),
    }),
  );
  expect(response.status).toBe(403);
});

test("logs no email address or password", () => {
  expect(logged.join("\n")).not.toMatch(/@example\.com|a good password|horse/i);
});
