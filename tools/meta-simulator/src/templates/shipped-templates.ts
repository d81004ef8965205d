import type { TemplateDefinition } from "../template/template.ts";
import { authenticationTemplates } from "./authentication.ts";
import { buttonTemplates } from "./buttons.ts";
import { carouselTemplates } from "./carousel.ts";
import { headerTemplates } from "./headers.ts";
import { textTemplates } from "./texts.ts";
import { unsendableTemplates } from "./unsendable.ts";

/** Templates that every WABA of the simulator has from the start; `README.md` lists the names. */
export const shippedTemplates: readonly TemplateDefinition[] = [
  ...textTemplates,
  ...headerTemplates,
  ...buttonTemplates,
  ...carouselTemplates,
  ...authenticationTemplates,
  ...unsendableTemplates,
];
