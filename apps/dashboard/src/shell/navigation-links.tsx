"use client";
import Link from "next/link";
import { navigation } from "./navigation.ts";
import { useMe } from "./rights.tsx";
import styles from "./shell.module.css";

/** Links to every section that the reader may see. */
export function NavigationLinks({ path }: { path: string }) {
  const { rights } = useMe();
  return (
    <div className={styles["links"]}>
      {navigation.map(({ section, items }) => (
        <div key={section}>
          {section && <div className={styles["section"]}>{section}</div>}
          {items
            .filter(({ right }) => right === undefined || rights.includes(right))
            .map(({ href, label, icon: Icon }) => (
              <Link
                key={href}
                href={href}
                className={styles["link"]}
                data-active={(href === "/" ? path === "/" : path.startsWith(href)) || undefined}
                aria-current={path === href ? "page" : undefined}
              >
                <Icon size={18} stroke={1.6} aria-hidden />
                {label}
              </Link>
            ))}
        </div>
      ))}
    </div>
  );
}
