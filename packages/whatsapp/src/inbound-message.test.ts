import { expect, test } from "vitest";
import { readInboundMessage } from "./inbound-message.ts";
import { readMarketingPreference, readUserIdUpdate } from "./user-news.ts";

const contacts = [{ profile: { name: "Ada" }, wa_id: "15550002222", user_id: "US.1" }];
const text = {
  from: "15550002222",
  id: "wamid.1",
  timestamp: "1750090702",
  type: "text",
  text: { body: " Stop " },
};

test("reads a text message's sender, time and text", () => {
  expect(readInboundMessage(text, contacts)).toEqual({
    wamid: "wamid.1",
    type: "text",
    timestamp: new Date("2025-06-16T16:18:22Z"),
    person: { waId: "15550002222", userId: "US.1", name: "Ada" },
    isInGroup: false,
    isReply: true,
    words: [" Stop "],
  });
});

test.each([
  [
    "a template's quick reply",
    { type: "button", button: { payload: "STOP_PROMO", text: "Stop promotions" } },
    ["STOP_PROMO", "Stop promotions"],
  ],
  [
    "a session's button",
    { type: "interactive", interactive: { button_reply: { id: "b1", title: "Stop" } } },
    ["b1", "Stop"],
  ],
  [
    "a list's row",
    { type: "interactive", interactive: { list_reply: { id: "l1", title: "More" } } },
    ["l1", "More"],
  ],
  ["an image, but not its caption", { type: "image", image: { caption: "Stop" } }, []],
])("reads the words of %s", (_name, parts, words) => {
  expect(readInboundMessage({ ...text, text: undefined, ...parts }, contacts)?.words).toEqual(
    words,
  );
});

test("reads the message that a reply or reaction refers to", () => {
  const answer = { ...text, context: { from: "1555", id: "wamid.ours" } };
  expect(readInboundMessage(answer, contacts)?.contextWamid).toBe("wamid.ours");
  const reaction = {
    ...text,
    type: "reaction",
    reaction: { message_id: "wamid.ours", emoji: "👍" },
  };
  expect(readInboundMessage(reaction, contacts)).toMatchObject({
    contextWamid: "wamid.ours",
    isReply: true,
  });
  const withdrawn = { ...reaction, reaction: { message_id: "wamid.ours" } };
  expect(readInboundMessage(withdrawn, contacts)?.isReply).toBe(false);
});

test("doesn't count notices, edits and revocations as replies", () => {
  for (const type of ["system", "edit", "revoke"]) {
    expect(readInboundMessage({ ...text, type }, contacts)?.isReply).toBe(false);
  }
  for (const type of ["unsupported", "order", "invented_in_2031"]) {
    expect(readInboundMessage({ ...text, type }, contacts)?.isReply).toBe(true);
  }
});

test("identifies a person without a phone number by the user id", () => {
  const { from: _from, ...rest } = text;
  const message = { ...rest, from_user_id: "US.2" };
  // In a sample of Meta's, the profile has another id.
  const beside = [{ profile: { name: "Ada", username: "@ada" }, user_id: "uUS.2" }];
  expect(readInboundMessage(message, beside)?.person).toEqual({ userId: "US.2", name: "Ada" });
  expect(readInboundMessage(message, contacts)?.person).toEqual({ userId: "US.2", name: "Ada" });
});

test("takes the sender from contacts if the message has none, and never mixes two people", () => {
  const { from: _from, ...anonymous } = text;
  expect(readInboundMessage(anonymous, contacts)?.person).toEqual({
    waId: "15550002222",
    userId: "US.1",
    name: "Ada",
  });
  expect(readInboundMessage(anonymous, [...contacts, ...contacts])?.person).toBeNull();
  expect(readInboundMessage(anonymous, undefined)?.person).toBeNull();
  expect(readInboundMessage({ ...text, from: "15550009999" }, contacts)?.person).toEqual({
    waId: "15550009999",
    name: "Ada",
  });
});

test("doesn't read placeholders as phone numbers", () => {
  const sample = { ...text, from: "[<WHATSAPP_USER_PHONE_NUMBER>]", timestamp: "[<TIME>]" };
  expect(readInboundMessage(sample, [])).toMatchObject({ person: null, timestamp: null });
  expect(readInboundMessage({ ...text, from: "+1 555" }, [])?.person).toBeNull();
  expect(readInboundMessage({ ...text, from: "+15550002222" }, [])?.person).toEqual({
    waId: "15550002222",
  });
});

test("reads the old and the new phone number of a change", () => {
  const system = {
    body: "User Ada changed from 15550002222 to 15550003333",
    wa_id: "15550003333",
    type: "user_changed_number",
  };
  const changed = { ...text, type: "system", system };
  const change = { previous: { waId: "15550002222" }, current: { waId: "15550003333" } };
  expect(readInboundMessage(changed, undefined)).toMatchObject({
    identityChange: change,
    person: change.current,
  });
  const { wa_id: _waId, ...inWords } = system;
  expect(readInboundMessage({ ...changed, system: inWords }, undefined)).toMatchObject({
    identityChange: change,
  });
});

test("reads the old and the new user id of a change, from fields or from the text", () => {
  const { from: _from, ...rest } = text;
  const system = { type: "user_changed_user_id", user_id: "US.2", previous_user_id: "US.1" };
  const change = { previous: { userId: "US.1" }, current: { userId: "US.2" } };
  expect(readInboundMessage({ ...rest, type: "system", system }, undefined)).toMatchObject({
    identityChange: change,
  });
  // The person chooses the name.
  const body = "User A changed from US.7 to US.8 changed from US.1 to US.2";
  const inWords = { type: "user_changed_user_id", body };
  expect(readInboundMessage({ ...rest, type: "system", system: inWords }, [])).toMatchObject({
    identityChange: change,
  });
});

test("reads a marketing preference of stop or resume", () => {
  const raw = { wa_id: "15550002222", category: "marketing_messages", timestamp: 1_731_705_721 };
  expect(readMarketingPreference({ ...raw, value: "stop" }, contacts)).toEqual({
    person: { waId: "15550002222", userId: "US.1", name: "Ada" },
    wants: false,
    timestamp: new Date("2024-11-15T21:22:01Z"),
  });
  expect(readMarketingPreference({ ...raw, value: "RESUME" }, [])?.wants).toBe(true);
  expect(readMarketingPreference({ value: "stop" }, contacts)?.person.waId).toBe("15550002222");
  expect(readMarketingPreference({ ...raw, value: "sometimes" }, contacts)).toBeNull();
  expect(readMarketingPreference({ ...raw, category: "calls", value: "stop" }, [])).toBeNull();
  expect(readMarketingPreference({ value: "stop" }, [])).toBeNull();
});

test("reads the previous and the current id of a user id update", () => {
  const update = { wa_id: "15550002222", user_id: { previous: "US.1", current: "US.2" } };
  expect(readUserIdUpdate(update)).toEqual({
    previous: { waId: "15550002222", userId: "US.1" },
    current: { waId: "15550002222", userId: "US.2" },
  });
  expect(readUserIdUpdate({ user_id: { previous: "US.1", current: "US.2" } })).toEqual({
    previous: { userId: "US.1" },
    current: { userId: "US.2" },
  });
  expect(readUserIdUpdate({ user_id: { previous: "US.1" } })).toBeNull();
  expect(readUserIdUpdate({ user_id: { current: "US.2" } })).toBeNull();
});
