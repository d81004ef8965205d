import { expect, test } from "vitest";
import { previewComponents } from "./preview-components.ts";

test("variables show their samples, numbered or named, and their names without a sample", () => {
  const preview = previewComponents([
    { type: "HEADER", format: "TEXT", text: "For {{1}}", example: { header_text: ["Ann"] } },
    {
      type: "BODY",
      text: "Hi {{name}}, {{what}}",
      example: { body_text_named_params: [{ param_name: "name", example: "Bo" }] },
    },
    { type: "FOOTER", text: "Bye" },
    { type: "BUTTONS", buttons: [{ type: "URL", text: "Open", url: "https://a.example/{{1}}" }] },
  ]);
  expect(preview).toEqual({
    header: { kind: "text", text: "For Ann" },
    body: "Hi Bo, {{what}}",
    footer: "Bye",
    buttons: [{ type: "URL", text: "Open", url: "https://a.example/{{1}}" }],
  });
});

test("the preview includes a carousel's cards and an offer's end", () => {
  const preview = previewComponents([
    { type: "LIMITED_TIME_OFFER", limited_time_offer: { text: "Now", has_expiration: true } },
    { type: "BODY", text: "{{1}}", example: { body_text: [["x"]] } },
    {
      type: "CAROUSEL",
      cards: [
        {
          components: [
            { type: "HEADER", format: "IMAGE" },
            { type: "BODY", text: "One" },
          ],
        },
      ],
    },
  ]);
  expect(preview.offer).toEqual({ text: "Now", expiresAt: "an end" });
  expect(preview.body).toBe("x");
  expect(preview.cards).toEqual([
    {
      header: { kind: "image", link: null, mediaId: null, filename: null },
      body: "One",
      buttons: [],
    },
  ]);
});
