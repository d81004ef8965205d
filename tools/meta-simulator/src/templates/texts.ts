import type { TemplateDefinition } from "../template/template.ts";

const orderUpdate = (language: string, text: string): TemplateDefinition => ({
  name: "order_update",
  language,
  category: "UTILITY",
  status: "APPROVED",
  parameter_format: "NAMED",
  components: [
    {
      type: "BODY",
      text,
      example: {
        body_text_named_params: [
          { param_name: "first_name", example: "Pablo" },
          { param_name: "order_number", example: "860198" },
        ],
      },
    },
  ],
});

/** Templates without variables, with positional and named ones, in other scripts and directions. */
export const textTemplates: readonly TemplateDefinition[] = [
  {
    name: "hello_world",
    language: "en_US",
    category: "UTILITY",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    components: [
      { type: "HEADER", format: "TEXT", text: "Hello World" },
      {
        type: "BODY",
        text: "Welcome and congratulations!! This message demonstrates your ability to send a WhatsApp message notification from the Cloud API.",
      },
      { type: "FOOTER", text: "WhatsApp Business Platform sample message" },
    ],
  },
  {
    name: "spring_sale",
    language: "en_US",
    category: "MARKETING",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    quality_score: "GREEN",
    components: [
      {
        type: "BODY",
        text: "Hello {{1}}, our spring sale has come to {{2}}: 20% off everything until Sunday.",
        example: { body_text: [["Pablo", "Lisbon"]] },
      },
      {
        type: "BUTTONS",
        buttons: [
          {
            type: "URL",
            text: "See the offers",
            url: "https://shop.example.com/spring?customer={{1}}",
            example: ["https://shop.example.com/spring?customer=8f3a"],
          },
        ],
      },
    ],
  },
  orderUpdate("en_US", "Hello {{first_name}}, your order {{order_number}} is on its way."),
  orderUpdate("de", "Hallo {{first_name}}, Ihre Bestellung {{order_number}} ist unterwegs."),
  orderUpdate("ar", "مرحبًا {{first_name}}، طلبك رقم {{order_number}} في الطريق إليك."),
  {
    // Placeholders out of order, as Meta returns some templates.
    name: "delivery_window",
    language: "en_US",
    category: "UTILITY",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    components: [
      {
        type: "BODY",
        text: "Your parcel arrives on {{2}} between {{3}} and {{4}}, {{1}}. We look forward to seeing you.",
        example: { body_text: [["Pablo", "Monday", "9 am", "11 am"]] },
      },
    ],
  },
];
