// The compiler: one function from standard JSON to standard JSON.
import { createRequire } from "node:module";

const soljson = createRequire(import.meta.url)("solc/soljson.js");

/**
 * Compiles. Sources must be complete: there is no import callback.
 *
 * The input is placed on the compiler's heap by hand. The package's own wrapper puts it on the stack, which large
 * projects overflow.
 */
export function compile(input) {
  const bytes = Buffer.from(JSON.stringify(input), "utf8");
  const pointer = soljson._solidity_alloc(bytes.length + 1);
  soljson.HEAPU8.set(bytes, pointer);
  soljson.HEAPU8[pointer + bytes.length] = 0;
  const output = soljson.UTF8ToString(soljson._solidity_compile(pointer, 0, 0));
  soljson._solidity_reset();
  return JSON.parse(output);
}

/** The exact compiler, commit included. */
export function compilerVersion() {
  return soljson.UTF8ToString(soljson._solidity_version());
}
