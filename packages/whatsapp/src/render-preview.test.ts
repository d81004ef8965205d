import { expect, test } from "vitest";
import { fitVariables } from "./bind-variables.ts";
import { renderBound, renderPreview } from "./render-preview.ts";
import { TemplateVariablesError } from "./template-variables.ts";
import { carousel, named, oneTimeCode, promo, templateOf } from "./testing/templates.ts";

const name = { source: "field", field: "name" } as const;
const text = (value: string) => ({ source: "text", value }) as const;

test("renders the message as the recipient sees it", () => {
  const variables = {
    header: { 1: name },
    body: { 1: text("25%"), 2: text("FALL25"), 3: name },
    buttons: { 2: { 1: name }, 3: { 1: text("FALL25") } },
  };
  expect(renderPreview(promo, variables, ["Zoë  $& {{1}}"])).toEqual({
    header: { kind: "text", text: "Hi Zoë  $& {{1}}" },
    body: "Use FALL25 before Zoë  $& {{1}} and get 25% off, FALL25 it is!",
    footer: "Lucky Shrub",
    buttons: [
      { type: "QUICK_REPLY", text: "Stop" },
      { type: "PHONE_NUMBER", text: "Call", phoneNumber: "+15550001111" },
      {
        type: "URL",
        text: "Shop",
        url: "https://shop.example/Zo%C3%AB%20%20$&%20%7B%7B1%7D%7D",
      },
      { type: "COPY_CODE", text: "Copy offer code", couponCode: "FALL25" },
    ],
  });
});

test("shows media and locations", () => {
  const link = "https://cdn.example/i.jpg";
  const variables = {
    header: { 1: { source: "media", link } as const },
    body: { first_name: name, code: text("W20") },
  };
  expect(renderPreview(named, variables, ["Ann"])).toEqual({
    header: { kind: "image", link, mediaId: null, filename: null },
    body: "Welcome, Ann! Code W20.",
    buttons: [],
  });
  const place = { source: "location", latitude: 1, longitude: 2, name: "HQ" } as const;
  const template = templateOf({ type: "HEADER", format: "LOCATION" });
  expect(renderPreview(template, { header: { 1: place } }, [])).toMatchObject({
    header: { kind: "location", latitude: 1, longitude: 2, name: "HQ", address: null },
  });
});

test("shows a one-time code and a carousel's cards", () => {
  expect(renderPreview(oneTimeCode, { body: { 1: text("123") } }, []).body).toBe(
    "*123* is your verification code.",
  );
  const header = { 1: { source: "media", mediaId: "7" } as const };
  const variables = {
    body: { 1: name },
    cards: [
      { header, body: { 1: text("3") }, buttons: { 1: { 1: text("x") } } },
      { header, body: { 1: text("4") } },
    ],
  };
  expect(renderPreview(carousel, variables, ["Ann"])).toMatchObject({
    body: "Rare plants for Ann!",
    cards: [
      { body: "3 left", buttons: [{}, { url: "https://a.example/x" }] },
      { body: "4 left", header: { kind: "image", mediaId: "7" } },
    ],
  });
});

test("shows the template's example, or the variable's name, for a missing value", () => {
  const { bound } = fitVariables(promo, { body: { 2: text("SAVE") } });
  expect(renderBound(promo, bound, [])).toMatchObject({
    header: { kind: "text", text: "Hi Ann" },
    body: "Use SAVE before Friday and get 25% off, SAVE it is!",
    buttons: [{}, {}, { url: "https://shop.example/a" }, { couponCode: "FALL25" }],
  });
  const bare = templateOf(
    { type: "HEADER", format: "VIDEO" },
    { type: "BODY", text: "Hi {{name}}" },
    { type: "LIMITED_TIME_OFFER", limited_time_offer: { text: "Ends", has_expiration: true } },
  );
  const none = { link: null, mediaId: null, filename: null };
  expect(renderBound(bare, [], [])).toEqual({
    header: { kind: "video", ...none },
    body: "Hi {{name}}",
    buttons: [],
    offer: { text: "Ends", expiresAt: null },
  });
});

test("throws TemplateVariablesError when variables don't fit", () => {
  expect(() => renderPreview(promo, {}, [])).toThrow(TemplateVariablesError);
});
