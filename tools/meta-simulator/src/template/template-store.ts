import { hashText } from "../hash.ts";
import { shippedTemplates } from "../templates/shipped-templates.ts";
import { compileTemplate, type CompiledTemplate } from "./compile-template.ts";
import type { Template, TemplateDefinition, TemplateStatus } from "./template.ts";

/** Templates of one WABA. Each account has its own copy of the shipped ones, with its own IDs. */
export class TemplateStore {
  readonly #wabaId: string;
  readonly #templates = new Map<string, Template>();
  readonly #compiled = new WeakMap<Template, CompiledTemplate>();
  #created = 0;

  constructor(wabaId: string) {
    this.#wabaId = wabaId;
    for (const definition of shippedTemplates) this.add(definition);
  }

  add(definition: TemplateDefinition): Template {
    return this.#put({ ...definition, id: this.#createId(definition) });
  }

  /** Replaces the content of a template and keeps its ID. */
  replace(template: Template, definition: TemplateDefinition): Template {
    return this.#put({ ...definition, id: template.id });
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
  }

  setStatus(template: Template, status: TemplateStatus): Template {
    return this.#put({ ...template, status });
  }

  /** Returns the compiled form, which is created at first use. */
  compiled(template: Template): CompiledTemplate {
    let compiled = this.#compiled.get(template);
    if (compiled === undefined) {
      compiled = compileTemplate(template);
      this.#compiled.set(template, compiled);
    }
    return compiled;
  }

  #put(template: Template): Template {
    this.#templates.set(keyOf(template.name, template.language), template);
    return template;
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
