import { randomInt } from "node:crypto";
import { eventually } from "@loudhailer/testing/eventually.ts";
import type { Session } from "./session.ts";

/** Imports `people` contacts with random phone numbers and returns the numbers. */
export async function importContacts(session: Session, people: number): Promise<string[]> {
  const first = randomInt(10_000, 99_999) * 10_000;
  const phones = Array.from({ length: people }, (_, index) => `+49151${first + index}`);
  const rows = phones.map((phone, index) => `${phone},Person ${index},Bonn`);
  const form = new FormData();
  form.set("file", new Blob([["Phone,Name,City", ...rows].join("\n")]), "people.csv");
  const { id } = await session.call<{ id: string }>("POST", "/v1/contact-imports", form);
  await eventually(async () => {
    const { status } = await session.call<{ status: string }>("GET", `/v1/contact-imports/${id}`);
    return status === "completed";
  });
  return phones;
}

/** Creates a complete draft to everyone and returns its id. */
export async function makeDraft(session: Session, providerId: string): Promise<string> {
  interface Templates {
    items: { id: string }[];
  }
  const { items } = await session.call<Templates>("GET", "/v1/templates?search=hello_world");
  const { id } = await session.call<{ id: string }>("POST", "/v1/broadcasts", {
    name: "Hello",
    providerId,
    templateId: items[0]?.id,
    segmentCriteria: { combinator: "and", rules: [] },
    variables: {},
  });
  return id;
}

export async function setRate(
  session: Session,
  providerId: string,
  messagesPerSecond: number,
): Promise<void> {
  await session.call("PATCH", `/v1/whatsapp-providers/${providerId}`, { messagesPerSecond });
}
