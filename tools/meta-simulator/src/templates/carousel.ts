import type { TemplateComponent, TemplateDefinition } from "../template/template.ts";
import {
  body,
  buttons,
  defineTemplate,
  mediaHeader,
  quickReply,
  urlButton,
} from "./define-template.ts";

const card = (
  file: string,
  text: string,
): { readonly components: readonly TemplateComponent[] } => ({
  components: [
    mediaHeader("IMAGE", file),
    body(text, "10%"),
    buttons(
      quickReply("Send more like this"),
      urlButton("Buy", "https://shop.example.com/plants/{{1}}", "blue-elf"),
    ),
  ],
});

export const carouselTemplates: readonly TemplateDefinition[] = [
  defineTemplate("summer_carousel", [
    body("Summer is here, {{1}}! Three plants that love the sun.", "Pablo"),
    {
      type: "CAROUSEL",
      cards: [
        card("2001_n.jpg", "Aloes, {{1}} off this week."),
        card("2002_n.jpg", "Crassulas, {{1}} off this week."),
        card("2003_n.jpg", "Echeverias, {{1}} off this week."),
      ],
    },
  ]),
];
