import { glob, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { failureRules } from "@loudhailer/whatsapp/error-table.ts";
import { expect, test } from "vitest";
import { describeReason, isKnownReason, isTokenReason } from "./describe-reason.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

async function sources(pattern: string): Promise<string> {
  let text = "";
  for await (const file of glob(pattern, { cwd: root })) {
    if (/\.test\.ts$|\/test-|\/testing\/|broadcast-waiting/.test(file)) continue;
    text += await readFile(root + file, "utf8");
  }
  return text;
}

/** Returns the quoted words after a reason's column or inside a `reasonOf` function. */
function reasonsIn(text: string): string[] {
  const places = [
    ...text.matchAll(
      /\b(?:(?:pause|failure|status)_reason|\w*[rR]eason)\b\s*[:=][^=][\s\S]*?[,;]\n/g,
    ),
    ...text.matchAll(/function reasonOf[\s\S]*?\n}/g),
  ];
  const words = places.flatMap(([place]) => [...place.matchAll(/["'`]([a-z]+(?:_[a-z]+)+)["'`]/g)]);
  const others = new Set([
    "phone_number",
    "organization_id",
    "app_secret",
    // Reasons for skipped recipients: preflight has its own messages for these.
    "opted_out",
    "no_phone",
    "missing_variable",
  ]);
  return [...new Set(words.map((match) => match[1] ?? ""))].filter((word) => !others.has(word));
}

test("describes every reason that the sources write", async () => {
  const patterns = [
    "packages/core/src/{broadcasts,engine,pauses,providers,meta-updates}",
    "services/dispatcher/src",
  ];
  const texts = await Promise.all(patterns.map((pattern) => sources(`${pattern}/**/*.ts`)));
  const written = reasonsIn(texts.join("\n"));
  // The regular expressions must find at least these reasons.
  expect(written).toEqual(
    expect.arrayContaining([
      "paused_by_operator",
      "token_unreadable",
      "rows_refused",
      "audience_incomplete",
      "no_recipients",
      "all_recipients_skipped",
      "all_recipients_failed",
      "could_not_be_prepared",
      "waba_refused",
      "account_restricted",
      "partner_removed",
    ]),
  );
  expect(written.filter((reason) => !isKnownReason(reason))).toEqual([]);
});

test("describes every error that keeps a scheduled broadcast from being sent", async () => {
  const text =
    (await sources("packages/core/src/broadcasts/check-content.ts")) +
    (await sources("packages/core/src/segments/{check,compile}-*.ts"));
  const codes = [...text.matchAll(/new DomainError\(\s*"(\w+)"/g)].map((match) => match[1] ?? "");
  expect(codes).toContain("template_not_approved");
  expect(codes.filter((code) => !isKnownReason(code))).toEqual([]);
});

test("describes every reason for a pause caused by a template or by a number's quality", async () => {
  const text = await sources("packages/core/src/meta-updates/template-status-meaning.ts");
  const written = [...text.matchAll(/"(template_[a-z_]+)"/g)].map((match) => match[1] ?? "");
  const reasons = [...written, "quality_red"];
  expect(reasons).toEqual(expect.arrayContaining(["template_paused", "template_deleted"]));
  const traces = new Set(["template_flagged", "template_locked"]);
  expect(reasons.filter((reason) => !traces.has(reason) && !isKnownReason(reason))).toEqual([]);
});

test("describes each of Meta's codes with its title and advice", () => {
  for (const [code, { title, advice }] of Object.entries(failureRules)) {
    const sentence = describeReason(`meta_${code}`);
    expect(sentence).toContain(title);
    expect(sentence).toContain(advice);
    expect(isKnownReason(`meta_${code}`)).toBe(true);
  }
});

test("returns an unknown reason unchanged", () => {
  expect(isKnownReason("moon_is_full")).toBe(false);
  expect(isKnownReason("toString")).toBe(false);
  expect(describeReason("moon_is_full")).toBe("moon_is_full");
  expect(describeReason("toString")).toBe("toString");
});

test("counts only reasons about the token as fixed by a new token", () => {
  const tokenReasons = ["meta_190", "meta_0", "meta_200", "meta_131005", "token_unreadable"];
  expect(tokenReasons.filter((reason) => !isTokenReason(reason))).toEqual([]);
  const others = ["meta_131048", "meta_368", "meta_132015", "paused_by_operator", "rows_refused"];
  expect(others.filter(isTokenReason)).toEqual([]);
});
