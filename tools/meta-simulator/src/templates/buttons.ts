import type { TemplateDefinition } from "../template/template.ts";

/** Templates with quick replies, a coupon code, and a limited-time offer. */
export const buttonTemplates: readonly TemplateDefinition[] = [
  {
    name: "feedback_request",
    language: "en_US",
    category: "MARKETING",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    components: [
      {
        type: "BODY",
        text: "How did you like your visit, {{1}}? One tap is enough.",
        example: { body_text: [["Pablo"]] },
      },
      { type: "FOOTER", text: "Thank you for your time" },
      {
        type: "BUTTONS",
        buttons: [
          { type: "QUICK_REPLY", text: "Very much" },
          { type: "QUICK_REPLY", text: "It was fine" },
          { type: "QUICK_REPLY", text: "Stop promotions" },
        ],
      },
    ],
  },
  {
    name: "coupon_code",
    language: "en_US",
    category: "MARKETING",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    components: [
      {
        type: "BODY",
        text: "{{1}}, this code takes {{2}} off your next order. It is yours alone.",
        example: { body_text: [["Pablo", "25%"]] },
      },
      {
        type: "BUTTONS",
        buttons: [
          { type: "QUICK_REPLY", text: "Not interested" },
          { type: "COPY_CODE", text: "Copy offer code", example: ["25OFF"] },
        ],
      },
    ],
  },
  {
    name: "limited_offer",
    language: "en_US",
    category: "MARKETING",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    sub_category: "LIMITED_TIME_OFFER",
    components: [
      {
        type: "HEADER",
        format: "IMAGE",
        example: {
          header_handle: ["https://scontent.whatsapp.net/v/t61.29466-34/1004_n.jpg?ccb=1-7"],
        },
      },
      {
        type: "LIMITED_TIME_OFFER",
        limited_time_offer: { text: "Expiring offer!", has_expiration: true },
      },
      {
        type: "BODY",
        text: "Good news, {{1}}! Use code {{2}} to get 25% off all of our packages!",
        example: { body_text: [["Pablo", "CARIBE25"]] },
      },
      {
        type: "BUTTONS",
        buttons: [
          { type: "COPY_CODE", text: "Copy offer code", example: ["CARIBE25"] },
          {
            type: "URL",
            text: "Book now!",
            url: "https://travel.example.com/offers?code={{1}}",
            example: ["https://travel.example.com/offers?code=n3mtql"],
          },
        ],
      },
    ],
  },
];
