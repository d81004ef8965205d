"use client";
import { Collapse, List, ListItem, UnstyledButton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconHelpCircle } from "@tabler/icons-react";

const places = {
  accessToken: [
    "Open Meta Business Settings (business.facebook.com/settings) › Users › System users.",
    "Choose or add a system user with the role Admin, and assign it your app and your WhatsApp account with full control.",
    "Press “Generate new token”, choose your app, and tick whatsapp_business_messaging and whatsapp_business_management. Let it never expire.",
    "Copy the token: Meta shows it once.",
  ],
  phoneNumberId: [
    "Open your app at developers.facebook.com › WhatsApp › API setup.",
    "Under “From”, choose the number. Its Phone number ID stands below it. It is not the phone number itself.",
  ],
  wabaId: [
    "It stands next to the Phone number ID, at developers.facebook.com › your app › WhatsApp › API setup.",
    "Or in Meta Business Settings › Accounts › WhatsApp accounts, below the account's name.",
  ],
  appSecret: [
    "Open your app at developers.facebook.com › App settings › Basic, and press “Show” next to App secret.",
    "With it we make sure that news about your messages really comes from Meta. Leave it empty if whoever runs this server has set one for all.",
  ],
};

/** Explains on request where a value is found on Meta's pages. */
export function WhereToFind({ what }: { what: keyof typeof places }) {
  const [isOpen, { toggle }] = useDisclosure();
  return (
    <div>
      <UnstyledButton
        onClick={toggle}
        aria-expanded={isOpen}
        style={{ display: "flex", gap: 6, alignItems: "center", minHeight: 24 }}
      >
        <IconHelpCircle size={16} aria-hidden />
        <Text size="sm" td="underline">
          Where to find it
        </Text>
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <List type="ordered" size="sm" spacing={4} mt={6}>
          {places[what].map((step) => (
            <ListItem key={step}>{step}</ListItem>
          ))}
        </List>
      </Collapse>
    </div>
  );
}
