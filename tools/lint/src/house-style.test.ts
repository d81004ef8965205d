import { RuleTester } from "oxlint/plugins-dev";
import { describe, it } from "vitest";
import houseStyle from "./house-style.ts";

RuleTester.describe = describe;
RuleTester.it = it;

const tester = new RuleTester();

function ruleOf(name: string) {
  const rule = houseStyle.rules[name];
  if (!rule) throw new Error(`no rule ${name}`);
  return rule;
}

tester.run("plain-english", ruleOf("plain-english"), {
  valid: [
    "/** Cancels a broadcast. */ const a = 1;",
    "// Contacts who opted out are skipped.\nconst a = 1;",
    'const shown = "Nobody was mended by itself";',
    'test("rejects a launch while another is preparing", () => {});',
    "/**\n * Reads it.\n * @throws Error if it is missing\n */\nconst a = 1;",
  ],
  invalid: [
    { code: "// The colour of a badge.\nconst a = 1;", errors: 1 },
    { code: "/** Nobody gets it twice. */ const a = 1;", errors: 1 },
    { code: "/** Reads it. Throws if it is missing. */ const a = 1;", errors: 1 },
    { code: "/* It goes on by itself. */ const a = 1;", errors: 1 },
    { code: 'test("nobody is sent twice", () => {});', errors: 1 },
    { code: 'test.each([1])("%s is mended", () => {});', errors: 1 },
    { code: 'describe("what became of it", () => {});', errors: 1 },
  ],
});

tester.run("american-names", ruleOf("american-names"), {
  valid: ["const color = canceled + normalize(organism);", 'const a = "cancelled";'],
  invalid: [
    { code: "const colour = 1;", errors: 1 },
    { code: "isCancelled();", errors: 1 },
    { code: "function sanitiseText() {}", errors: 1 },
  ],
});

tester.run("camel-case-constants", ruleOf("camel-case-constants"), {
  valid: ["const retryMsMax = 1;", "const T = 1;", "const { API_PORT } = env;"],
  invalid: [
    { code: "const RETRY_MS_MAX = 1;", errors: 1 },
    { code: "export const SCOPES = [];", errors: 1 },
  ],
});
