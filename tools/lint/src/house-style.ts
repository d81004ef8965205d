import type { Context, ESTree, Plugin, Rule } from "@oxlint/plugins";
import { britishSpelling, replacedWords, type ReplacedWord } from "./words.ts";

/** Test functions whose first argument is a test name. */
const testFunctions = new Set(["describe", "it", "test"]);

function firstMatch(
  text: string,
  words: readonly ReplacedWord[],
): { found: string; instead: string } | null {
  for (const { pattern, instead } of words) {
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) return { found: found.trim(), instead };
  }
  return null;
}

/** Returns `test` of `test("…")`, `test.each([…])("…")`, and `test.skip("…")`. */
function testFunctionOf(callee: ESTree.Node): string | null {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type === "MemberExpression") return testFunctionOf(callee.object);
  return callee.type === "CallExpression" ? testFunctionOf(callee.callee) : null;
}

/** Comments and test names use the words of plain, American English. */
const plainEnglish: Rule = {
  create(context: Context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          // The reason after `--` is prose, the directive before it isn't.
          const text = comment.value.replace(/^\s*oxlint-disable[^]*?(?:--|$)/, "");
          const match = firstMatch(text, replacedWords);
          if (match === null) continue;
          const { found, instead } = match;
          context.report({ node: comment, message: `"${found}" in a comment: write ${instead}.` });
        }
      },
      CallExpression(call) {
        const [name] = call.arguments;
        if (!testFunctions.has(testFunctionOf(call.callee) ?? "")) return;
        if (name?.type !== "Literal" || typeof name.value !== "string") return;
        const match = firstMatch(name.value, replacedWords);
        if (match === null) return;
        const { found, instead } = match;
        context.report({ node: name, message: `"${found}" in a test name: write ${instead}.` });
      },
    };
  },
};

/** Identifiers use American spelling. */
const americanNames: Rule = {
  create(context: Context) {
    return {
      Identifier(identifier) {
        const [found] = britishSpelling.pattern.exec(identifier.name) ?? [];
        if (found === undefined) return;
        context.report({
          node: identifier,
          message: `"${found}" in a name: write ${britishSpelling.instead}.`,
        });
      },
    };
  },
};

/** Constants are camelCase, like every other variable. */
const camelCaseConstants: Rule = {
  create(context: Context) {
    return {
      VariableDeclarator({ id }) {
        if (id.type !== "Identifier" || !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(id.name)) return;
        if (id.name.length === 1) return;
        context.report({ node: id, message: `"${id.name}" is a constant: write it in camelCase.` });
      },
    };
  },
};

/** The house style as rules of oxlint, where oxlint has none. */
const houseStyle: Plugin = {
  meta: { name: "house" },
  rules: {
    "plain-english": plainEnglish,
    "american-names": americanNames,
    "camel-case-constants": camelCaseConstants,
  },
};

// oxlint-disable-next-line import/no-default-export -- oxlint loads a plugin by its default export
export default houseStyle;
