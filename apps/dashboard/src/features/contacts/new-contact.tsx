"use client";
import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useRouter } from "next/navigation";
import { ContactForm } from "./contact-form.tsx";

export function NewContact({ tags, attributes }: { tags: string[]; attributes: string[] }) {
  const router = useRouter();
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" onClick={open}>
        New contact
      </Button>
      <Modal opened={isOpen} onClose={close} title="New contact">
        <ContactForm
          contact={null}
          tags={tags}
          attributes={attributes}
          onSaved={(id) => router.push(`/contacts/${id}`)}
        />
      </Modal>
    </>
  );
}
