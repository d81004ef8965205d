import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

function capture() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, log: createLogger({ service: "tester", level: "info", destination }) };
}

test("the logger writes one JSON object per line with the service, the level's name, and ISO time", () => {
  const { lines, log } = capture();
  log.info({ broadcastId: "b1" }, "message accepted");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    service: "tester",
    level: "info",
    broadcastId: "b1",
    msg: "message accepted",
  });
  expect(lines[0]).toMatch(/"time":"\d{4}-\d\d-\d\dT[^"]*Z"/);
});

test("the logger censors secrets and phone numbers down to the third level", () => {
  const { lines, log } = capture();
  log.info({
    phone: "+15550001111",
    provider: { accessToken: "EAAG-secret" },
    req: { headers: { authorization: "Bearer s3cret", cookie: "a=b" } },
  });
  expect(lines[0]).not.toMatch(/15550001111|EAAG|s3cret|a=b/);
  expect(lines[0]).toContain("[censored]");
});

test("the logger keeps an error's code, message, and cause, but not the row that PostgreSQL quotes", () => {
  const { lines, log } = capture();
  const cause = Object.assign(new Error("duplicate key"), {
    code: "23505",
    detail: "Key (phone)=(+15550001111) already exists.",
  });
  log.error({ err: new Error("import failed", { cause }) }, "failed");
  expect(lines[0]).not.toContain("15550001111");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    err: { message: "import failed", cause: { code: "23505", message: "duplicate key" } },
  });
});
