import { hashText } from "../hash.ts";
import { shippedTemplates } from "../templates/shipped-templates.ts";
import { compileTemplate, type CompiledTemplate } from "./compile-template.ts";
import type { Template, TemplateDefinition, TemplateStatus } from "./template.ts";

/** Templates of one WABA. Each account has its own copy of the shipped ones, with its own IDs. */
export class TemplateStore {
  readonly #wabaId: string;
  readonly #templates = new Map<string, Template>();
  readonly #compiled = new Map<string, CompiledTemplate>();
  #created = 0;

  constructor(wabaId: string) {
    this.#wabaId = wabaId;
    for (const definition of shippedTemplates) this.add(definition);
  }

  add(definition: TemplateDefinition): Template {
    const template = { ...definition, id: this.#createId(definition) };
    this.#templates.set(keyOf(definition.name, definition.language), template);
    this.#compiled.delete(keyOf(definition.name, definition.language));
    return template;
  }

  /** Replaces the content of a template and keeps its ID. */
  replace(template: Template, definition: TemplateDefinition): Template {
    const changed = { ...definition, id: template.id };
    this.#templates.set(keyOf(template.name, template.language), changed);
    this.#compiled.delete(keyOf(template.name, template.language));
    return changed;
  }

  find(name: string, language: string): Template | undefined {
    return this.#templates.get(keyOf(name, language));
  }

  findById(id: string): Template | undefined {
    return this.all().find((template) => template.id === id);
  }

  named(name: string): Template[] {
    return this.all().filter((template) => template.name === name);
  }

  all(): Template[] {
    return [...this.#templates.values()];
  }

  remove(template: Template): void {
    this.#templates.delete(keyOf(template.name, template.language));
    this.#compiled.delete(keyOf(template.name, template.language));
  }

  setStatus(template: Template, status: TemplateStatus): Template {
    const changed = { ...template, status };
    this.#templates.set(keyOf(template.name, template.language), changed);
    return changed;
  }

  /** Returns the compiled form, which is created at first use. */
  compiled(template: Template): CompiledTemplate {
    const key = keyOf(template.name, template.language);
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      compiled = compileTemplate(template);
      this.#compiled.set(key, compiled);
    }
    return compiled;
  }

  // 16 digits like Meta's, below 2^53 because webhooks have it as a number; the same in every run.
  #createId(definition: TemplateDefinition): string {
    const text = `${this.#wabaId}/${definition.name}/${definition.language}/${this.#created++}`;
    const high = (hashText(text, 1) >>> 0) % 7_000_000;
    const low = (hashText(text, 2) >>> 0) % 1_000_000_000;
    return `${high + 1_000_000}${String(low).padStart(9, "0")}`;
  }
}

function keyOf(name: string, language: string): string {
  return `${name}\n${language}`;
}
