import { readFileUrl } from "#file";
import { Code, Refusal } from "./refusal.js";
import { Wrapped } from "./wrapped.js";
import { Zkpot } from "./zkpot.js";

/** What a module can be compiled from. */
type Uncompiled = BufferSource | URL | Response | Promise<Response>;

/** What a module can be loaded from. */
export type Source = Uncompiled | WebAssembly.Module;

/** The package's own zkpot.wasm. */
export const WASM = new URL("../zkpot.wasm", import.meta.url);

/** The package's own zkpot-wrapped.wasm. */
export const WRAPPED_WASM = new URL("../zkpot-wrapped.wasm", import.meta.url);

/**
 * Compiles zkpot.wasm, which comes with the package.
 *
 * @throws Refusal with `Code.ARGUMENT`: it cannot be fetched, or is not this package's zkpot.wasm.
 */
export async function load(source: Source = WASM): Promise<Zkpot> {
  return new Zkpot(isCompiled(source) ? source : await compile(source));
}

/**
 * Compiles zkpot-wrapped.wasm, which comes with the package.
 *
 * @throws Refusal with `Code.ARGUMENT`: it cannot be fetched, or is not this package's zkpot-wrapped.wasm.
 */
export async function loadWrapped(source: Source = WRAPPED_WASM): Promise<Wrapped> {
  return new Wrapped(isCompiled(source) ? source : await compile(source));
}

function isCompiled(source: Source): source is WebAssembly.Module {
  return source instanceof WebAssembly.Module;
}

async function compile(source: Uncompiled): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(await bytesOf(source));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(Code.ARGUMENT, `the module cannot be loaded (${String(error)})`);
  }
}

async function bytesOf(source: Uncompiled): Promise<BufferSource> {
  if (source instanceof URL) {
    return source.protocol === "file:" ? readFileUrl(source) : bytesOf(fetch(source));
  }
  if (!(source instanceof Promise || source instanceof Response)) return source;
  const response = await source;
  if (response.ok) return response.arrayBuffer();
  throw new Refusal(Code.ARGUMENT, `${response.url}: no module there (status ${response.status})`);
}
