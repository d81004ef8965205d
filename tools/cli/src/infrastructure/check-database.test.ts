import { once } from "node:events";
import { createServer } from "node:net";
import { findFreePort } from "@loudhailer/local/free-port.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { expect, test } from "vitest";
import { checkDatabase } from "./check-database.ts";

const { databaseUrl } = await useTestDatabase();

function changed(change: (url: URL) => void): string {
  const url = new URL(databaseUrl);
  url.password = "do-not-show-me";
  change(url);
  return url.href;
}

test("checkDatabase resolves when the database answers", async () => {
  await expect(checkDatabase(databaseUrl)).resolves.toBeUndefined();
});

test("checkDatabase names the reason and the variable without the password", async () => {
  const closedPort = await findFreePort();
  const original = new URL(databaseUrl);
  const cases: [string, RegExp][] = [
    [changed((url) => (url.port = String(closedPort))), /refuses connections/],
    [changed(() => {}), /refuses the user or password/],
    [
      changed((url) => {
        url.password = original.password;
        url.pathname = "/no_such_database";
      }),
      /has no such database/,
    ],
    [`http://u:do-not-show-me@127.0.0.1/x`, /must look like postgres:/],
  ];
  for (const [url, reason] of cases) {
    const failure = await checkDatabase(url).then(
      () => "passed",
      (error: unknown) => String(error),
    );
    expect(failure).toMatch(reason);
    expect(failure).toContain("DATABASE_URL");
    expect(failure).not.toContain(new URL(url).password);
  }
});

test("checkDatabase rejects when the server accepts a connection but never answers", async () => {
  const port = await findFreePort();
  const silent = createServer(() => {}).listen(port, "127.0.0.1");
  await once(silent, "listening");
  await expect(checkDatabase(`postgres://u:p@127.0.0.1:${port}/x`, 200)).rejects.toThrow(
    /gave no answer in time/,
  );
  silent.close();
});

test("checkDatabase rejects a malformed URL without showing the password", async () => {
  for (const url of ["postgres:pwLEAK@127.0.0.1/x", "postgres://u:12/pwLEAK@127.0.0.1/x"]) {
    await expect(checkDatabase(url)).rejects.toThrow(
      /^DATABASE_URL must look like postgres:(?!.*pwLEAK)/,
    );
  }
});
