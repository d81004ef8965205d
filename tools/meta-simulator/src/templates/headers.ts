import type { TemplateComponent, TemplateDefinition } from "../template/template.ts";

// Graph returns a URL that expires as a media header's example.
const mediaHeader = (format: string, file: string): TemplateComponent => ({
  type: "HEADER",
  format,
  example: { header_handle: [`https://scontent.whatsapp.net/v/t61.29466-34/${file}?ccb=1-7`] },
});

const body = (text: string, ...example: string[]): TemplateComponent => ({
  type: "BODY",
  text,
  example: { body_text: [example] },
});

/** Templates with headers: text with a variable, image, video, document, and location. */
export const headerTemplates: readonly TemplateDefinition[] = [
  {
    name: "appointment_reminder",
    language: "en_US",
    category: "UTILITY",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    components: [
      {
        type: "HEADER",
        format: "TEXT",
        text: "Your appointment at {{1}}",
        example: { header_text: ["Lucky Shrub"] },
      },
      body(
        "Hi {{1}}, we expect you on {{2}} at {{3}}. Can you make it?",
        "Pablo",
        "Monday",
        "9 am",
      ),
      {
        type: "BUTTONS",
        buttons: [
          { type: "QUICK_REPLY", text: "I'll be there" },
          { type: "QUICK_REPLY", text: "Cancel" },
          { type: "PHONE_NUMBER", text: "Call us", phone_number: "+15550051310" },
        ],
      },
    ],
  },
  {
    name: "new_collection",
    language: "en_US",
    category: "MARKETING",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    components: [
      mediaHeader("IMAGE", "1001_n.jpg"),
      body("{{1}}, the new collection is here. Take a look before it sells out.", "Pablo"),
      { type: "FOOTER", text: "Reply STOP to stop our offers" },
      {
        type: "BUTTONS",
        buttons: [{ type: "URL", text: "Open the shop", url: "https://shop.example.com/new" }],
      },
    ],
  },
  {
    name: "product_video",
    language: "en_US",
    category: "MARKETING",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    components: [
      mediaHeader("VIDEO", "1002_n.mp4"),
      body("Watch how it works, {{1}}. It takes one minute.", "Pablo"),
    ],
  },
  {
    name: "invoice_ready",
    language: "en_US",
    category: "UTILITY",
    status: "APPROVED",
    parameter_format: "NAMED",
    components: [
      mediaHeader("DOCUMENT", "1003_n.pdf"),
      {
        type: "BODY",
        text: "Dear {{name}}, here is your invoice {{invoice}} of {{date}}. Thank you.",
        example: {
          body_text_named_params: [
            { param_name: "name", example: "Pablo" },
            { param_name: "invoice", example: "R-2041" },
            { param_name: "date", example: "March 3" },
          ],
        },
      },
    ],
  },
  {
    name: "store_opening",
    language: "en_US",
    category: "MARKETING",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    components: [
      { type: "HEADER", format: "LOCATION" },
      body("Hi {{1}}, our new store opens on {{2}}. See you there!", "Pablo", "Saturday"),
    ],
  },
];
