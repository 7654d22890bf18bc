// What is built: the sources, the compiler's settings, the contracts of the releases and of the world around them.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, compilerVersion } from "./compile.mjs";
import { declarationsOf } from "./declarations.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** As in foundry.toml. */
export const settings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: "cancun",
  viaIR: false,
  metadata: { bytecodeHash: "none", appendCBOR: false },
};

/** The contracts of a release: those of its own folder, and those that all releases share. */
const release = (folder) => ({
  AllocationManager: `src/${folder}/AllocationManager.sol`,
  DelegationManager: `src/${folder}/DelegationManager.sol`,
  EigenPod: "src/pods/EigenPod.sol",
  EigenPodManager: `src/${folder}/EigenPodManager.sol`,
  EigenStrategy: `src/${folder}/EigenStrategy.sol`,
  PauserRegistry: "src/permissions/PauserRegistry.sol",
  PermissionController: "src/permissions/PermissionController.sol",
  RewardsCoordinator: "src/rewards/RewardsCoordinator.sol",
  StrategyBase: `src/${folder}/StrategyBase.sol`,
  StrategyBaseTVLLimits: `src/${folder}/StrategyBaseTVLLimits.sol`,
  StrategyFactory: "src/strategies/StrategyFactory.sol",
  StrategyManager: `src/${folder}/StrategyManager.sol`,
});

/** The releases, oldest first: folder of artifacts -> the contracts in it, each with its source. */
export const releases = {
  slashing: release("slashing"),
  redistribution: release("redistribution"),
};

/** The same with what stands around the releases. */
export const artifacts = {
  ...releases,
  avs: {
    CommitmentRegistry: "avs/CommitmentRegistry.sol",
    InsuranceFund: "avs/InsuranceFund.sol",
    LendingMarket: "avs/LendingMarket.sol",
  },
  world: {
    AcceptingRegistrar: "mocks/AcceptingRegistrar.sol",
    BeaconProxy: "@openzeppelin/contracts/proxy/beacon/BeaconProxy.sol",
    BlacklistingToken: "mocks/tokens/BlacklistingToken.sol",
    CallingAccount: "mocks/CallingAccount.sol",
    CallingToken: "mocks/tokens/CallingToken.sol",
    Eigen: "mocks/tokens/Eigen.sol",
    FeeToken: "mocks/tokens/FeeToken.sol",
    DepositContract: "mocks/DepositContract.sol",
    ProxyAdmin: "@openzeppelin/contracts/proxy/transparent/ProxyAdmin.sol",
    RebasingToken: "mocks/tokens/RebasingToken.sol",
    Recipient: "mocks/Recipient.sol",
    RevertingToken: "mocks/tokens/RevertingToken.sol",
    SigningWallet: "mocks/SigningWallet.sol",
    Token: "mocks/Token.sol",
    TransparentUpgradeableProxy: "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol",
    UpgradeableBeacon: "@openzeppelin/contracts/proxy/beacon/UpgradeableBeacon.sol",
    WilfulRegistrar: "mocks/WilfulRegistrar.sol",
  },
};

/** The text of a source. `@openzeppelin` comes from npm, the rest from `folder`. */
function read(path, folder) {
  return readFileSync(path.startsWith("@") ? join(root, "node_modules", path) : join(folder, path), "utf8");
}

/** The sources that `entries` need, by path, with `patch` (path, before, after) applied. */
export function closure(entries, { folder = root, patch } = {}) {
  const sources = new Map();
  const visit = (path) => {
    if (sources.has(path)) return;
    let text = read(path, folder);
    if (patch?.file === path) text = applyPatch(text, patch);
    sources.set(path, text);
    for (const [, imported] of text.matchAll(/^import [^;]*?"([^"]+)";/gms)) {
      visit(imported.startsWith(".") ? normalize(join(dirname(path), imported)) : imported);
    }
  };
  entries.forEach(visit);
  return new Map([...sources].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function applyPatch(text, { name, file, before, after }) {
  const parts = text.split(before);
  if (parts.length !== 2) {
    throw new Error(`mutant ${name}: its "before" occurs ${parts.length - 1} times in ${file}, once is needed`);
  }
  return parts.join(after);
}

export function sha256(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

/** Identifies compiler, settings and sources. */
export function sourceDigest(sources) {
  return sha256(compilerVersion(), JSON.stringify(settings), ...[...sources].flat());
}

/** Compiles `contracts` (name -> path) out of `sources`; name -> what solc says. */
export function build(contracts, sources) {
  const outputSelection = { "*": { "": ["ast"] } };
  for (const [name, path] of Object.entries(contracts)) {
    outputSelection[path] = { [name]: ["abi", "storageLayout", "evm.bytecode", "evm.deployedBytecode"] };
  }
  const output = compile({
    language: "Solidity",
    sources: Object.fromEntries([...sources].map(([path, content]) => [path, { content }])),
    settings: { ...settings, outputSelection },
  });
  const problems = (output.errors ?? []).filter((e) => e.severity === "error");
  if (problems.length > 0) throw new Error(problems.map((e) => e.formattedMessage).join("\n"));
  return Object.fromEntries(
    Object.entries(contracts).map(([name, path]) => [
      name,
      { ...output.contracts[path][name], trees: output.sources },
    ]),
  );
}

/** What of solc's output we keep, in a form that does not depend on what else was compiled. */
export function minimal(name, path, compiled, sources) {
  const bytecode = "0x" + compiled.evm.bytecode.object;
  const deployedBytecode = "0x" + compiled.evm.deployedBytecode.object;
  const { declarations, declared, hasNamespace } = declarationsOf(name, path, compiled.trees, sources);
  if (hasNamespace) throw new Error(`${name} has an ERC-7201 namespace, which this script does not lay out`);
  return {
    format: 1,
    contract: name,
    source: path,
    sourceDigest: sourceDigest(sources),
    codeDigest: sha256(bytecode),
    abi: compiled.abi,
    storageLayout: plainLayout(compiled.storageLayout, declared),
    declarations,
    immutableReferences: Object.values(compiled.evm.deployedBytecode.immutableReferences ?? {})
      .flat()
      .map(({ start, length }) => ({ start, length }))
      .sort((a, b) => a.start - b.start),
    bytecode,
    deployedBytecode,
  };
}

/** A storage layout with places in the sources instead of numbers of syntax tree nodes, which change with every other source. */
function plainLayout({ storage, types }, declared) {
  const plain = (id) => id.replace(/(t_(?:struct|contract|enum|userDefinedValueType)\([^()]*\))\d+/g, "$1");
  const variable = ({ astId, label, slot, offset, type }) => ({
    label,
    slot,
    offset,
    type: plain(type),
    declared: declared(astId),
  });
  const result = { storage: storage.map(variable), types: {} };
  for (const [id, type] of Object.entries(types ?? {})) {
    const key = plain(id);
    const value = { encoding: type.encoding, label: type.label, numberOfBytes: type.numberOfBytes };
    if (type.key) value.key = plain(type.key);
    if (type.value) value.value = plain(type.value);
    if (type.base) value.base = plain(type.base);
    if (type.members) value.members = type.members.map(variable);
    if (key in result.types && JSON.stringify(result.types[key]) !== JSON.stringify(value)) {
      throw new Error(`two types of the storage layout are both called ${key}`);
    }
    result.types[key] = value;
  }
  result.types = Object.fromEntries(Object.entries(result.types).sort(([a], [b]) => (a < b ? -1 : 1)));
  return result;
}
