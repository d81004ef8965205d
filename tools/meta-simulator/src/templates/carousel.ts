import type { TemplateComponent, TemplateDefinition } from "../template/template.ts";

const card = (
  file: string,
  text: string,
): { readonly components: readonly TemplateComponent[] } => ({
  components: [
    {
      type: "HEADER",
      format: "IMAGE",
      example: { header_handle: [`https://scontent.whatsapp.net/v/t61.29466-34/${file}?ccb=1-7`] },
    },
    { type: "BODY", text, example: { body_text: [["10%"]] } },
    {
      type: "BUTTONS",
      buttons: [
        { type: "QUICK_REPLY", text: "Send more like this" },
        {
          type: "URL",
          text: "Buy",
          url: "https://shop.example.com/plants/{{1}}",
          example: ["https://shop.example.com/plants/blue-elf"],
        },
      ],
    },
  ],
});

export const carouselTemplates: readonly TemplateDefinition[] = [
  {
    name: "summer_carousel",
    language: "en_US",
    category: "MARKETING",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    components: [
      {
        type: "BODY",
        text: "Summer is here, {{1}}! Three plants that love the sun.",
        example: { body_text: [["Pablo"]] },
      },
      {
        type: "CAROUSEL",
        cards: [
          card("2001_n.jpg", "Aloes, {{1}} off this week."),
          card("2002_n.jpg", "Crassulas, {{1}} off this week."),
          card("2003_n.jpg", "Echeverias, {{1}} off this week."),
        ],
      },
    ],
  },
];
