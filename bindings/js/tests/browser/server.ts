import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** A folder behind a port of this machine. */
export interface Server {
  readonly origin: string;
  /** Paths that it was asked for. */
  readonly asked: readonly string[];
  close(): void;
}

/** Serves files as any static server does, and `made` besides, by their paths. */
export async function serveFolder(
  folder: URL,
  made: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const path = normalize(
      decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname),
    );
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const content = made[name] ?? readFile(new URL(`.${name}`, folder));
    Promise.resolve(content).then(
      (bytes) => {
        const type = TYPES[extname(name)] ?? "application/octet-stream";
        response.writeHead(200, { "content-type": type }).end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, asked, close: () => void server.close() };
}
