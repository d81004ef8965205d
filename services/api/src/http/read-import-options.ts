import { importOptions, type ImportOptions } from "@loudhailer/contracts/contact-imports.ts";
import { DomainError } from "@loudhailer/core/domain-error.ts";
import { fieldsOf, invalidFields } from "@loudhailer/core/invalid-field.ts";

const knownFields = new Set(["mapping", "tags", "defaultCountry"]);

/**
 * Reads the options of an imported file: `mapping` as JSON, `tags` as JSON, separated by commas or
 * repeated, `defaultCountry` as text. An empty field counts as not sent.
 * @throws DomainError `invalid_input` with the first unknown field, or with every invalid option
 */
export function readImportOptions(fields: ReadonlyMap<string, string[]>): ImportOptions {
  const unknown = [...fields.keys()].find((name) => !knownFields.has(name));
  if (unknown !== undefined) {
    throw new DomainError(
      "invalid_input",
      `The form has an unknown field "${unknown}". Known are file, ${[...knownFields].join(", ")}.`,
      { fields: [{ path: unknown, message: "is not known" }] },
    );
  }
  const mapping = fields.get("mapping")?.at(-1)?.trim();
  const tags = fields.get("tags")?.flatMap(readTags);
  const defaultCountry = fields.get("defaultCountry")?.at(-1)?.trim();
  const parsed = importOptions.safeParse({
    ...(mapping && { mapping: parseJson(mapping) }),
    ...(tags && tags.length > 0 && { tags }),
    ...(defaultCountry && { defaultCountry }),
  });
  if (parsed.success) return parsed.data;
  throw invalidFields("The request is not valid.", fieldsOf(parsed.error));
}

function readTags(value: string): unknown[] {
  const parsed = value.trimStart().startsWith("[") ? parseJson(value) : value.split(",");
  const tags: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return tags.filter((tag) => typeof tag !== "string" || tag.trim() !== "");
}

/** Returns text that isn't JSON unchanged, so that the schema refuses it by field. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
