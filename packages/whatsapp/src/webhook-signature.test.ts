import { expect, test } from "vitest";
import { signBody, verifySignature } from "./webhook-signature.ts";

const rawBody = Buffer.from('{"object":"whatsapp_business_account","note":"ü"}');
const header = signBody({ rawBody, appSecret: "secret" });

test("accepts the signature of the exact bytes with the secret", () => {
  // openssl dgst -sha256 -hmac secret
  expect(signBody({ rawBody: "{}", appSecret: "secret" })).toBe(
    "sha256=77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13",
  );
  expect(verifySignature({ rawBody, header, appSecret: "secret" })).toBe(true);
  expect(
    verifySignature({
      rawBody,
      header: header.toUpperCase().replace("SHA", "sha"),
      appSecret: "secret",
    }),
  ).toBe(true);
});

test.each([
  ["another body", { rawBody: Buffer.concat([rawBody, Buffer.from(" ")]) }],
  ["another secret", { appSecret: "other" }],
  ["an empty secret", { appSecret: "", header: signBody({ rawBody, appSecret: "x" }) }],
  ["an absent header", { header: undefined }],
  ["an empty header", { header: "" }],
  ["a header of another kind", { header: header.replace("sha256", "sha1") }],
  ["a short header", { header: header.slice(0, -2) }],
  ["a header that isn't hexadecimal", { header: `sha256=${"z".repeat(64)}` }],
])("refuses %s", (_name, change) => {
  expect(verifySignature({ rawBody, header, appSecret: "secret", ...change })).toBe(false);
});
