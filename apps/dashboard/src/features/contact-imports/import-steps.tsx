"use client";
import { Skeleton, Stepper } from "@mantine/core";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ImportPreview, ImportSettings } from "./import-settings.ts";
import { MapColumns } from "./map-columns.tsx";

const ChooseFile = dynamic(() => import("./choose-file.tsx").then((module) => module.ChooseFile), {
  ssr: false,
  loading: () => <Skeleton height={240} />,
});

/** Guides from the file to its columns. The running import has its own page. */
export function ImportSteps({ tags }: { tags: string[] }) {
  const router = useRouter();
  const [chosen, setChosen] = useState<{ file: File; preview: ImportPreview } | null>(null);
  const [settings, setSettings] = useState<ImportSettings>({ mapping: {}, tags: [], country: "" });
  return (
    <Stepper
      active={chosen === null ? 0 : 1}
      onStepClick={() => setChosen(null)}
      allowNextStepsSelect={false}
      size="sm"
      aria-label="Steps of the import"
    >
      <Stepper.Step label="File" description="Choose a CSV">
        <ChooseFile
          onChosen={(file, preview) => {
            setSettings((before) => ({ ...before, mapping: {} }));
            setChosen({ file, preview });
          }}
        />
      </Stepper.Step>
      <Stepper.Step label="Columns" description="Say what is what">
        {chosen && (
          <MapColumns
            {...chosen}
            knownTags={tags}
            settings={settings}
            onChange={setSettings}
            onPreview={(preview) => setChosen({ ...chosen, preview })}
            onBack={() => setChosen(null)}
            onStarted={(id) => router.push(`/contacts/imports/${id}`)}
          />
        )}
      </Stepper.Step>
      <Stepper.Step label="Import" description="Watch it" />
    </Stepper>
  );
}
