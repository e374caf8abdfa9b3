import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Browser, chromium } from "playwright-core";

/** Where the packaged Chromium is unpacked to, once. */
const UNPACKED = new URL("../../chromium/", import.meta.url).pathname;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

interface Installed {
  readonly path: string;
  readonly environment: Record<string, string>;
}

/** Starts a headless Chromium: $CHROMIUM, the one of the system, or the one that npm brought. */
export async function startChromium(): Promise<Browser> {
  const { path, environment } = installed() ?? (await packaged());
  return chromium.launch({
    executablePath: path,
    args: FLAGS,
    env: { ...process.env, ...environment },
  });
}

function installed(): Installed | null {
  const given = process.env["CHROMIUM"];
  if (given !== undefined) return { path: given, environment: {} };
  try {
    const found = execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf-8" }).trim();
    return found === "" ? null : { path: found, environment: {} };
  } catch {
    return null;
  }
}

/** Unpacks the browser with the libraries and fonts that a bare system lacks. */
async function packaged(): Promise<Installed> {
  const environment = {
    LD_LIBRARY_PATH: join(UNPACKED, "al2023/lib"),
    FONTCONFIG_FILE: join(UNPACKED, "fonts.conf"),
  };
  const path = join(UNPACKED, "chromium");
  if (!existsSync(environment.FONTCONFIG_FILE)) await unpack();
  return { path, environment };
}

async function unpack(): Promise<void> {
  mkdirSync(UNPACKED, { recursive: true });
  // The package unpacks to the folder for temporary files, and libraries only where it finds itself in a cloud.
  process.env["TMPDIR"] = UNPACKED;
  process.env["AWS_LAMBDA_JS_RUNTIME"] = "nodejs20.x";
  const { default: archive } = await import("@sparticuz/chromium");
  archive.setGraphicsMode = false;
  await archive.executablePath();
  const fonts = `<fontconfig><dir>${join(UNPACKED, "fonts")}</dir><dir>/usr/share/fonts</dir></fontconfig>`;
  // Written last: its presence says that all is there.
  writeFileSync(join(UNPACKED, "fonts.conf"), fonts);
}
