// Compiles the pairs of tests/layouts/pairs.toml and asks OpenZeppelin's upgrades-core about each. tests/it/layouts.rs
// compares what it says with the gate.
//
//   node scripts/pairs.mjs            write tests/layouts/pairs.json
//   node scripts/pairs.mjs --check    write nothing; fail when it differs by a byte
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse } from "smol-toml";
import { compile, compilerVersion } from "./compile.mjs";
import { declarationsOf } from "./declarations.mjs";
import { root } from "./project.mjs";

const core = createRequire(import.meta.url)("@openzeppelin/upgrades-core");
const folder = join(root, "../tests/layouts");
const { pair: pairs } = parse(readFileSync(join(folder, "pairs.toml"), "utf8"));

/** A body becomes that of the contract `C`. */
function source(text) {
  const body = /\bcontract C\b/.test(text) ? text : `contract C {\n${text}\n}`;
  return `// SPDX-License-Identifier: MIT\npragma solidity 0.8.30;\n${body}\n`;
}

const input = { language: "Solidity", sources: {} };
pairs.forEach(({ before, after }, index) => {
  input.sources[`${index}/before.sol`] = { content: source(before) };
  input.sources[`${index}/after.sol`] = { content: source(after) };
});
input.settings = {
  outputSelection: { "*": { "*": ["abi", "storageLayout", "evm.bytecode", "evm.deployedBytecode"], "": ["ast"] } },
};

function compiled(request) {
  const output = compile(request);
  const problems = (output.errors ?? []).filter(({ severity }) => severity === "error");
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.formattedMessage).join("\n"));
  return output;
}

const output = compiled(input);
const version = compilerVersion().split("+")[0];
const namespaced = compiled(core.makeNamespacedInput(input, output, version));
const runs = core.validate(output, core.solcInputOutputDecoder(input, output), version, input, namespaced);

/** What upgrades-core says of an upgrade: why not, and nothing if it may land. */
function objections(index) {
  const [before, after] = ["before", "after"].map((side) => runs[`${index}/${side}.sol:C`]);
  const report = core.getStorageUpgradeReport(before.layout, after.layout, core.withValidationDefaults({}));
  return [...report.ops.map(({ kind }) => kind), ...after.errors.map(({ kind }) => kind)];
}

// What the compiler says of a syntax tree and nobody asks.
const NOISE = new Set([
  "argumentTypes", "baseFunctions", "exportedSymbols", "functionSelector", "isConstant", "isLValue", "isPure",
  "isSlot", "lValueRequested", "license", "nameLocation", "nameLocations", "nativeSrc", "scope", "typeIdentifier",
]);

const side = (index, name) => {
  const path = `${index}/${name}.sol`;
  const { content } = input.sources[path];
  const { storageLayout } = output.contracts[path].C;
  const { declarations } = declarationsOf("C", path, output.sources, new Map([[path, content]]));
  // Where upgrades-core, which lets solc lay them out, has the members of namespaces.
  const namespaces = Object.entries(runs[`${path}:C`].layout.namespaces).map(([id, members]) => [
    id,
    members.map(({ label, slot, offset }) => ({ label, slot, offset })),
  ]);
  return {
    path,
    source: content,
    storageLayout,
    declarations,
    namespaces: Object.fromEntries(namespaces),
    ast: output.sources[path].ast,
  };
};

const lines = pairs.map(({ name }, index) =>
  JSON.stringify(
    { name, objections: objections(index), before: side(index, "before"), after: side(index, "after") },
    (key, value) => (NOISE.has(key) ? undefined : value),
  ),
);
const text = `[\n${lines.join(",\n")}\n]\n`;
const path = join(folder, "pairs.json");
if (!process.argv.includes("--check")) {
  writeFileSync(path, text);
} else if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
  console.error(`${path} does not fit pairs.toml`);
  console.error("hint: run `make artifacts` and commit what it writes");
  process.exit(1);
}
