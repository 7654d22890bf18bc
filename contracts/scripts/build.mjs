// Builds the committed artifacts: those of the releases and of the world around them, and one for each mutant.
//
//   node scripts/build.mjs            write what changed
//   node scripts/build.mjs --check    write nothing; fail when a release artifact differs by a byte from what the
//                                     sources give, or a mutant's digests do not fit the sources
//   node scripts/build.mjs --from DIR --to DIR [--release NAME]
//                                     build a release (redistribution) out of a copy of the sources, for
//                                     `slashproof run --artifacts`
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "smol-toml";
import { artifacts, build, closure, minimal, releases, root, sha256, sourceDigest } from "./project.mjs";

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean" },
    from: { type: "string" },
    release: { type: "string", default: "redistribution" },
    to: { type: "string" },
  },
});

function contractsOf(release) {
  if (release in releases) return releases[release];
  throw new Error(`there is no release "${release}"; there are ${Object.keys(releases).join(", ")}`);
}

const text = (artifact) => JSON.stringify(artifact, null, 1) + "\n";
const stale = [];

/** Writes a file, or with --check notes that it would change. */
function put(path, content) {
  const current = existsSync(path) ? readFileSync(path, "utf8") : null;
  if (current === content) return;
  if (options.check) {
    stale.push(path);
  } else {
    writeFileSync(path, content);
    console.log(`wrote ${path}`);
  }
}

/** Removes files of `folder` that are not in `expected`, or with --check notes them. */
function prune(folder, expected) {
  for (const file of readdirSync(folder)) {
    if (expected.has(file)) continue;
    if (options.check) stale.push(join(folder, file));
    else rmSync(join(folder, file));
  }
}

function buildRelease(contracts, folder, sourceFolder) {
  mkdirSync(folder, { recursive: true });
  const compiled = build(contracts, closure(Object.values(contracts), { folder: sourceFolder }));
  for (const [name, path] of Object.entries(contracts)) {
    const sources = closure([path], { folder: sourceFolder });
    put(join(folder, `${name}.json`), text(minimal(name, path, compiled[name], sources)));
  }
}

/** A mutant's artifact holds the creation code of the contracts that the patch changes, nothing else. */
function buildMutant(mutant, folder) {
  const release = mutant.release ?? "redistribution";
  const home = mutant.file.startsWith("avs/") ? "avs" : release;
  const affected = Object.fromEntries(
    Object.entries(home === "avs" ? artifacts.avs : contractsOf(release)).filter(([, path]) => closure([path]).has(mutant.file)),
  );
  const sources = closure(Object.values(affected), { patch: mutant });
  const path = join(folder, `${mutant.name}.json`);
  const current = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const intact = Object.values(current.contracts ?? {}).every((c) => sha256(c.bytecode) === c.codeDigest);
  if (intact && current.sourceDigest === sourceDigest(sources)) return;
  if (options.check) {
    stale.push(path);
    return;
  }
  const contracts = {};
  for (const [name, compiled] of Object.entries(build(affected, sources))) {
    const { codeDigest, bytecode } = minimal(name, affected[name], compiled, sources);
    const original = JSON.parse(readFileSync(join(root, "artifacts", home, `${name}.json`), "utf8"));
    if (original.codeDigest !== codeDigest) contracts[name] = { codeDigest, bytecode };
  }
  if (Object.keys(contracts).length === 0) throw new Error(`mutant ${mutant.name} changes no bytecode`);
  put(path, text({ format: 1, mutant: mutant.name, release, sourceDigest: sourceDigest(sources), contracts }));
}

if (options.from || options.to) {
  if (!options.from || !options.to) throw new Error("--from and --to go together");
  if (!existsSync(join(resolve(options.from), "src"))) {
    throw new Error(`${options.from} has no src: name the folder that src was copied into`);
  }
  buildRelease(contractsOf(options.release), resolve(options.to), resolve(options.from));
  // A copy may leave the examples out.
  if (existsSync(join(resolve(options.from), "avs"))) {
    buildRelease(artifacts.avs, resolve(options.to), resolve(options.from));
  }
  process.exit(0);
}

for (const [folder, contracts] of Object.entries(artifacts)) {
  buildRelease(contracts, join(root, "artifacts", folder), root);
  prune(join(root, "artifacts", folder), new Set(Object.keys(contracts).map((name) => `${name}.json`)));
}
const tables = readdirSync(join(root, "mutants")).filter((file) => file.endsWith(".toml"));
const mutants = tables.flatMap((file) => parse(readFileSync(join(root, "mutants", file), "utf8")).mutant);
const mutantFolder = join(root, "artifacts/mutants");
mkdirSync(mutantFolder, { recursive: true });
for (const mutant of mutants) buildMutant(mutant, mutantFolder);
prune(mutantFolder, new Set(mutants.map(({ name }) => `${name}.json`)));

if (stale.length > 0) {
  console.error("these artifacts do not fit the sources:");
  for (const path of stale) console.error(`  ${path}`);
  console.error("hint: run `make artifacts` and commit what it writes");
  process.exit(1);
}
