export type Inline =
  | { kind: "text"; text: string }
  | { kind: "bold" | "italic" | "strike"; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "link"; text: string };

export type Block =
  | { kind: "lines"; lines: Inline[][] }
  | { kind: "quote"; lines: Inline[][] }
  | { kind: "bullets" | "numbers"; items: Inline[][] }
  | { kind: "mono"; text: string };

/**
 * Parses a message's text as WhatsApp does: *bold*, _italic_, ~struck~, `code`, ```mono```,
 * > quotes, lists, links.
 */
export function parseText(text: string): Block[] {
  return text
    .split(/```([\s\S]+?)```/)
    .flatMap((part, index): Block[] =>
      index % 2 === 1 ? [{ kind: "mono", text: part }] : parseBlocks(part),
    );
}

const lineKinds = [
  { kind: "quote", pattern: /^> ?(.*)$/ },
  { kind: "bullets", pattern: /^[*-] (.+)$/ },
  { kind: "numbers", pattern: /^\d{1,2}\. (.+)$/ },
] as const;

function parseBlocks(text: string): Block[] {
  if (text === "") return [];
  const blocks: Block[] = [];
  for (const line of text.split("\n")) {
    const { kind, content } = readLine(line);
    const inline = parseInline(content);
    const last = blocks.at(-1);
    if (last?.kind === kind) {
      if ("items" in last) last.items.push(inline);
      else if ("lines" in last) last.lines.push(inline);
    } else if (kind === "bullets" || kind === "numbers") blocks.push({ kind, items: [inline] });
    else blocks.push({ kind, lines: [inline] });
  }
  return blocks;
}

function readLine(line: string) {
  for (const { kind, pattern } of lineKinds) {
    const content = pattern.exec(line)?.[1];
    if (content !== undefined) return { kind, content };
  }
  return { kind: "lines" as const, content: line };
}

// A mark opens after a space or punctuation and closes before one; a link ends before punctuation.
const inlinePattern =
  /(?<![\p{L}\p{N}])(?:\*(?<bold>[^\s*](?:[^*\n]*[^\s*])?)\*|_(?<italic>[^\s_](?:[^_\n]*[^\s_])?)_|~(?<strike>[^\s~](?:[^~\n]*[^\s~])?)~|`(?<code>[^`\n]+)`)(?![\p{L}\p{N}])|(?<link>\bhttps?:\/\/[^\s<>]*[^\s<>.,;:!?)\]}'"])/gu;

/** Parses the marks within one line. */
export function parseInline(line: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of line.matchAll(inlinePattern)) {
    if (match.index > end) parts.push({ kind: "text", text: line.slice(end, match.index) });
    parts.push(readMark(match.groups ?? {}));
    end = match.index + match[0].length;
  }
  if (end < line.length) parts.push({ kind: "text", text: line.slice(end) });
  return parts;
}

function readMark(groups: Record<string, string | undefined>): Inline {
  const { bold, italic, strike, code, link } = groups;
  if (bold !== undefined) return { kind: "bold", children: parseInline(bold) };
  if (italic !== undefined) return { kind: "italic", children: parseInline(italic) };
  if (strike !== undefined) return { kind: "strike", children: parseInline(strike) };
  if (code !== undefined) return { kind: "code", text: code };
  return { kind: "link", text: link ?? "" };
}
