import { eventually } from "@loudhailer/testing/eventually.ts";
import { expect } from "vitest";
import type { TestAnswer, TestClient } from "./test-client.ts";

/** Number as the simulator of Meta accepts it. */
interface WorldNumber {
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
  appSecret: string;
  verifiedName: string;
}

/** Data of an organization that owns one of everything, each named with the marker. */
export interface World {
  number: WorldNumber;
  /** Id of an approved template with the variables first_name and order_number. */
  approvedTemplateId: string;
  /** Body that `POST /v1/broadcasts` accepts. */
  broadcast: object;
  secondContactId: string;
  /** Ids by the path of the collection, such as `/v1/contacts`. */
  ids: Record<string, string>;
}

const created = (answer: TestAnswer): string => {
  expect([answer.status, answer.text]).toEqual([expect.toSatisfy(isSuccess), expect.anything()]);
  return answer.body.id;
};
const isSuccess = (status: number) => status >= 200 && status < 300;

/** Returns a request with a form of one file, which fetch sends as multipart/form-data. */
export function formOf(file: Blob, fileName: string, fields: Record<string, string> = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("file", file, fileName);
  return { method: "POST", body };
}

let worlds = 0;

/** Builds a world through the API. The marker must be in lower case, like template names. */
export async function buildWorld(
  api: TestClient,
  addNumber: (number: WorldNumber) => unknown,
  marker: string,
): Promise<World> {
  worlds += 1;
  const digits = String(worlds).padStart(3, "0");
  const number = {
    phoneNumberId: `306540352${digits}`,
    wabaId: `302290129${digits}`,
    accessToken: `EAA${marker}token${digits}`,
    appSecret: `${marker}-secret-${digits}`,
    verifiedName: `${marker} shop`,
  };
  addNumber(number);
  const { verifiedName: _, ...connect } = number;
  const providerId = created(await api.post("/v1/whatsapp-providers", connect));
  await api.post("/v1/templates/sync", { providerId });
  const { items } = (await api.get("/v1/templates?search=order_update&language=en_US")).body;
  const approvedTemplateId: string = items[0].id;
  const templateId = created(
    await api.post("/v1/templates", {
      providerId,
      name: `${marker}_news`,
      language: "en_US",
      category: "MARKETING",
      components: [{ type: "BODY", text: `News of ${marker} are here.` }],
    }),
  );
  const image = new Blob([marker], { type: "image/png" });
  const mediaId = created(
    await api.send("/v1/media", formOf(image, `${marker}.png`, { providerId })),
  );
  const csv = new Blob([
    `phone,name,${marker}_city\n+49151111${digits}11,${marker} Ann,Rome\nx,${marker}\n`,
  ]);
  const importId = created(await api.send("/v1/contact-imports", formOf(csv, `${marker}.csv`)));
  await eventually(async () => {
    expect((await api.get(`/v1/contact-imports/${importId}`)).body.status).toBe("completed");
  });
  const contactOf = async (last: number) =>
    created(
      await api.post("/v1/contacts", {
        phone: `+49151222${digits}${last}`,
        name: `${marker} Bob`,
        email: `${marker}@example.com`,
        tags: [marker],
        attributes: { [`${marker}_city`]: marker },
      }),
    );
  const [contactId, secondContactId] = [await contactOf(11), await contactOf(12)];
  const segmentCriteria = {
    combinator: "and",
    rules: [{ field: "tag", operator: "=", value: marker }],
  };
  const jobId = created(
    await api.post("/v1/contact-jobs", { segmentCriteria, action: { addTags: [`${marker}-job`] } }),
  );
  const segmentId = created(
    await api.post("/v1/segments", { name: `${marker} segment`, segmentCriteria }),
  );
  const broadcast = {
    name: `${marker} broadcast`,
    providerId,
    templateId: approvedTemplateId,
    segmentCriteria,
    variables: {
      body: {
        first_name: { source: "field", field: "name", fallback: marker },
        order_number: { source: "text", value: marker },
      },
    },
  };
  return {
    number,
    approvedTemplateId,
    broadcast,
    secondContactId,
    ids: {
      "/v1/whatsapp-providers": providerId,
      "/v1/templates": templateId,
      "/v1/media": mediaId,
      "/v1/contact-imports": importId,
      "/v1/contacts": contactId,
      "/v1/contact-jobs": jobId,
      "/v1/segments": segmentId,
      "/v1/broadcasts": created(await api.post("/v1/broadcasts", broadcast)),
      "/v1/api-keys": created(
        await api.post("/v1/api-keys", { name: `${marker} key`, scopes: ["read"] }),
      ),
    },
  };
}
