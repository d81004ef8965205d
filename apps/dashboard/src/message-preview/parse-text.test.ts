import { expect, test } from "vitest";
import { parseInline, parseText } from "./parse-text.ts";

test("parseInline reads WhatsApp's marks, nested ones too", () => {
  expect(parseInline("Hi *Ann _B._*, ~49~ now `39`")).toEqual([
    { kind: "text", text: "Hi " },
    {
      kind: "bold",
      children: [
        { kind: "text", text: "Ann " },
        { kind: "italic", children: [{ kind: "text", text: "B." }] },
      ],
    },
    { kind: "text", text: ", " },
    { kind: "strike", children: [{ kind: "text", text: "49" }] },
    { kind: "text", text: " now " },
    { kind: "code", text: "39" },
  ]);
});

test("parseInline keeps text that only looks like a mark", () => {
  for (const text of ["3 * 4 * 5", "snake_case_name", "* a*", "**", "5*6*7"]) {
    expect(parseInline(text)).toEqual([{ kind: "text", text }]);
  }
});

test("parseInline ends a link before the punctuation of its sentence", () => {
  expect(parseInline("See https://shop.example/a?b=1.")).toEqual([
    { kind: "text", text: "See " },
    { kind: "link", text: "https://shop.example/a?b=1" },
    { kind: "text", text: "." },
  ]);
});

test("parseText returns quotes, lists and monospaced text as blocks", () => {
  const text = "Hello\n> so\n> be it\n- one\n- two\n1. first";
  expect(parseText(`${text}\n\`\`\`x\ny\`\`\``).map(({ kind }) => kind)).toEqual([
    "lines",
    "quote",
    "bullets",
    "numbers",
    "lines",
    "mono",
  ]);
  expect(parseText("- one\n- two")).toEqual([
    { kind: "bullets", items: [[{ kind: "text", text: "one" }], [{ kind: "text", text: "two" }]] },
  ]);
});
