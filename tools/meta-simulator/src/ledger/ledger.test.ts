import { expect, test } from "vitest";
import { Ledger, type AcceptedMessage } from "./ledger.ts";
import { parsePhone } from "./recipients.ts";

const message = (rest: Partial<AcceptedMessage> = {}): AcceptedMessage => ({
  number: 0,
  recipient: 4915112345678,
  acceptedAt: 1_700_000_000_000,
  template: "spring_sale",
  category: "marketing",
  callbackData: "r1",
  outcome: "delivered",
  errorCode: 0,
  statusDelayMs: 0,
  ...rest,
});

test("the ledger counts a duplicate when callback data, recipient, and number are the same", () => {
  const ledger = new Ledger();
  for (let i = 0; i < 3; i++) ledger.record(message());
  expect(ledger.duplicates).toBe(2);
  expect(ledger.tally(0).duplicates).toBe(2);
});

test("the ledger counts a duplicate when the callback data names another attempt", () => {
  const ledger = new Ledger();
  ledger.record(message({ callbackData: "installation.7.first" }));
  ledger.record(message({ callbackData: "installation.7.second" }));
  expect(ledger.duplicates).toBe(1);
  ledger.record(message({ callbackData: "installation.8.first" }));
  ledger.record(message({ callbackData: "another.7.first" }));
  expect(ledger.duplicates).toBe(1);
});

test("the ledger counts no duplicate when callback data, recipient, or number differs", () => {
  const ledger = new Ledger();
  ledger.record(message());
  ledger.record(message({ callbackData: "r2" }));
  ledger.record(message({ recipient: 4915112345679 }));
  ledger.record(message({ number: 1 }));
  ledger.record(message({ template: "hello_world", callbackData: "r3" }));
  expect(ledger.duplicates).toBe(0);
  expect(ledger.recipientCount).toBe(2);
});

test("the ledger finds duplicates by the template when there is no callback data", () => {
  const ledger = new Ledger();
  ledger.record(message({ callbackData: undefined }));
  ledger.record(message({ callbackData: undefined, template: "hello_world" }));
  expect(ledger.duplicates).toBe(0);
  ledger.record(message({ callbackData: undefined }));
  expect(ledger.duplicates).toBe(1);
});

test("every message has its own wamid, also across ledgers", () => {
  const wamids = new Set<string>();
  for (let l = 0; l < 3; l++) {
    const ledger = new Ledger();
    for (let i = 0; i < 1000; i++) wamids.add(ledger.wamid(ledger.record(message())));
  }
  expect(wamids.size).toBe(3000);
});

test("a wamid has Meta's framing around the recipient's number", () => {
  const ledger = new Ledger();
  const wamid = ledger.wamid(ledger.record(message({ recipient: 16505551234 })));
  const [prefix, encoded = ""] = wamid.split(".");
  expect(prefix).toBe("wamid");
  const text = Buffer.from(encoded, "base64").toString("latin1");
  expect(text.slice(0, 14)).toBe("\x1c\x18\x0b16505551234");
  expect(text.slice(14, 20)).toBe("\x15\x02\x00\x11\x18\x12");
  expect(text.slice(20, 38)).toMatch(/^[0-9A-F]{18}$/);
  expect(text.slice(38)).toBe("\x00");
});

test("the ledger returns a message as it was recorded", () => {
  const ledger = new Ledger();
  ledger.record(message());
  const recipient = ledger.recipientIds.keyOfUserId("US.13491208655302741918");
  const index = ledger.record(
    message({ recipient, outcome: "failed", errorCode: 131026, callbackData: "ü{}", number: 3 }),
  );
  expect(ledger.recipientId(index)).toBe("US.13491208655302741918");
  expect(ledger.isUserId(index)).toBe(true);
  expect(ledger.outcome(index)).toBe("failed");
  expect(ledger.errorCode(index)).toBe(131026);
  expect(ledger.callbackData(index)).toBe("ü{}");
  expect(ledger.number(index)).toBe(3);
  expect(ledger.category(index)).toBe("marketing");
});

test.for([
  ["+49 151 12345678", 4915112345678],
  ["4915112345678", 4915112345678],
  ["+1 (650) 555-1234", 16505551234],
  ["+12345", -1],
  ["+1234567890123456", -1],
  ["49+15112345678", -1],
  ["hello", -1],
  ["", -1],
])("parsePhone reads the phone number %s as %i", ([text, digits]) => {
  expect(parsePhone(String(text))).toBe(digits);
});
