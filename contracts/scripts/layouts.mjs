// Holds that proxies can be upgraded from each release to the next with their state: what a release keeps stays where
// it was, as what it was, and what it adds is where nothing was kept. Over the committed artifacts; writes nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { releases, root } from "./project.mjs";

const WORD = 32;

const isGap = ({ label }) => label === "__gap";

/** The bytes that a variable takes, counted from slot 0. */
function extent(variable, { types }) {
  const first = Number(variable.slot) * WORD + variable.offset;
  return [first, first + Number(types[variable.type].numberOfBytes)];
}

/** A type without its name in the other layout: what it is made of, to the last member. */
function shape(id, types, seen = []) {
  if (seen.includes(id)) return `recursion ${seen.length - seen.indexOf(id)}`;
  const { encoding, label, numberOfBytes, key, value, base, members } = types[id];
  const part = (inner) => inner && shape(inner, types, [...seen, id]);
  return {
    encoding,
    label,
    numberOfBytes,
    key: part(key),
    value: part(value),
    base: part(base),
    members: members?.map((member) => ({ ...member, type: part(member.type) })),
  };
}

/** Why state written by `older` cannot be read by `newer`; empty if it can. */
export function incompatibilities(older, newer) {
  const found = [];
  const kept = older.storage.filter((variable) => !isGap(variable));
  const place = ({ label, slot, offset }) => `${label} (slot ${slot}, byte ${offset})`;
  for (const variable of kept) {
    const same = newer.storage.find(
      ({ label, slot, offset }) => label === variable.label && slot === variable.slot && offset === variable.offset,
    );
    if (!same) found.push(`${place(variable)} is not there any more`);
    else if (JSON.stringify(shape(variable.type, older.types)) !== JSON.stringify(shape(same.type, newer.types))) {
      found.push(`${place(variable)} is of another type`);
    }
  }
  for (const variable of newer.storage.filter((candidate) => !isGap(candidate))) {
    const [first, end] = extent(variable, newer);
    for (const other of kept) {
      const [otherFirst, otherEnd] = extent(other, older);
      const isItself = other.label === variable.label && otherFirst === first;
      if (!isItself && first < otherEnd && otherFirst < end) {
        found.push(`${place(variable)} is where ${other.label} was kept`);
      }
    }
  }
  return found;
}

const layout = (release, contract) =>
  JSON.parse(readFileSync(join(root, "artifacts", release, `${contract}.json`), "utf8")).storageLayout;

/** The same for every contract of every release and the next. */
export function allIncompatibilities() {
  const names = Object.keys(releases);
  return names.slice(1).flatMap((newer, index) =>
    Object.keys(releases[newer])
      .filter((contract) => contract in releases[names[index]])
      .flatMap((contract) =>
        incompatibilities(layout(names[index], contract), layout(newer, contract)).map(
          (why) => `${contract}, ${names[index]} to ${newer}: ${why}`,
        ),
      ),
  );
}

/** That the check can fail: layouts spoiled on purpose. */
function selfCheck() {
  const good = layout("slashing", "StrategyManager");
  const spoiled = (change) => {
    const copy = structuredClone(good);
    change(copy.storage);
    return incompatibilities(good, copy);
  };
  const at = (storage, name) => storage.find(({ label }) => label === name);
  const cases = [
    (storage) => storage.splice(storage.indexOf(at(storage, "nonces")), 1),
    (storage) => (at(storage, "strategyWhitelister").slot = "300"),
    (storage) => (at(storage, "strategyWhitelister").type = at(storage, "nonces").type),
    (storage) => storage.push({ ...at(storage, "nonces"), label: "more", slot: "212" }),
  ];
  if (spoiled(() => {}).length > 0) throw new Error("a layout is compatible with itself");
  if (cases.some((change) => spoiled(change).length === 0)) throw new Error("a spoiled layout passes");
}

selfCheck();
const found = allIncompatibilities();
if (found.length > 0) {
  console.error("proxies cannot be upgraded with their state:");
  for (const why of found) console.error(`  ${why}`);
  process.exit(1);
}
console.log(`storage layouts fit: ${Object.keys(releases).join(" -> ")}`);
