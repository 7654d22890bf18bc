// What solc's storage layout leaves out, from its syntax trees: the members of enums, what is behind user-defined types,
// immutables, what constructors write, initializers, and where variables are declared. `src/artifact/declarations/` reads
// the same from the trees of others; tests/it/layouts.rs compares the two.

/** A node and everything below it. */
function* all(node) {
  if (Array.isArray(node)) for (const item of node) yield* all(item);
  else if (node && typeof node === "object") {
    yield node;
    for (const value of Object.values(node)) yield* all(value);
  }
}

const isVariable = (node) => node?.stateVariable === true && node.mutability === "mutable";

/** What two functions share if one overrides the other. */
const signature = (node) =>
  ["FunctionDefinition", "ModifierDefinition"].includes(node.nodeType)
    ? JSON.stringify([
        node.nodeType,
        node.name,
        node.parameters.parameters.map(({ typeDescriptions }) => typeDescriptions.typeString),
      ])
    : null;

/** The variables that constructors write, themselves or through what they call; `bases`, the most derived first. */
function constructed(bases, declarations) {
  const written = new Set();
  const seen = new Set();

  function assigned(target) {
    if (target.nodeType === "TupleExpression") {
      for (const component of target.components.filter(Boolean)) assigned(component);
      return;
    }
    let root = target;
    let member;
    for (;;) {
      if (root.nodeType === "MemberAccess") {
        member = root.memberName;
        root = root.expression;
      } else if (root.nodeType === "IndexAccess") root = root.baseExpression;
      else break;
    }
    if (isVariable(declarations.get(root.referencedDeclaration)?.node)) written.add(root.name);
    else if (member && (root.typeDescriptions?.typeString ?? "").includes(" storage ")) written.add(member);
  }

  function call(called) {
    const named = declarations.get(called?.referencedDeclaration)?.node;
    if (!named) return;
    const isVirtual = ["Identifier", "IdentifierPath"].includes(called.nodeType);
    const overriding =
      isVirtual &&
      bases.flatMap(({ nodes }) => nodes).find((node) => signature(node) === signature(named));
    run(overriding || named);
  }

  function run(code) {
    if (seen.has(code.id)) return;
    seen.add(code.id);
    for (const modifier of code.modifiers ?? []) call(modifier.modifierName);
    for (const node of all(code.body)) {
      if (node.nodeType === "Assignment") assigned(node.leftHandSide);
      if (node.nodeType === "UnaryOperation" && ["delete", "++", "--"].includes(node.operator)) {
        assigned(node.subExpression);
      }
      if (node.nodeType === "FunctionCall") {
        if (["push", "pop"].includes(node.expression.memberName)) assigned(node.expression.expression);
        call(node.expression);
      }
      if (node.nodeType === "YulFunctionCall" && node.functionName.name === "sstore") {
        written.add("a slot, in assembly");
      }
    }
  }

  for (const node of bases.flatMap(({ nodes }) => nodes)) {
    if (isVariable(node) && node.value) written.add(node.name);
    if (node.kind === "constructor") run(node);
  }
  return [...written].sort();
}

function versionOf({ modifierName, arguments: values }, declarations) {
  if (modifierName.name === "initializer") return 1;
  return modifierName.name === "reinitializer" ? number(values?.[0], declarations) : undefined;
}

/** What an expression is, if it is a number, a constant, or the sum of such, whatever it is converted to. */
function number(expression, declarations) {
  const next = (inner) => number(inner, declarations);
  switch (expression?.nodeType) {
    case "Literal": {
      const value = Number.parseInt(expression.value?.replaceAll("_", ""), 10);
      return Number.isNaN(value) ? undefined : value;
    }
    case "Identifier":
    case "MemberAccess": {
      const constant = declarations.get(expression.referencedDeclaration)?.node;
      return constant?.mutability === "constant" ? next(constant.value) : undefined;
    }
    case "FunctionCall":
      return expression.kind === "typeConversion" ? next(expression.arguments[0]) : undefined;
    case "TupleExpression":
      return next(expression.components[0]);
    case "BinaryOperation": {
      const [left, right] = [next(expression.leftExpression), next(expression.rightExpression)];
      const isSum = expression.operator === "+" && left !== undefined && right !== undefined;
      return isSum ? left + right : undefined;
    }
    default:
      return undefined;
  }
}

const sorted = (entries) => Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

/** Declarations by number, each with the name of the contract or struct that it is in. */
function byNumber(units) {
  const found = new Map();
  for (const top of units.flatMap(({ nodes }) => nodes)) {
    found.set(top.id, { node: top, holder: "" });
    for (const holder of [...(top.nodes ?? []).filter(({ nodeType }) => nodeType === "StructDefinition"), top]) {
      for (const node of [...(holder.nodes ?? []), ...(holder.members ?? [])]) {
        found.set(node.id, { node, holder: holder.name });
      }
    }
  }
  return found;
}

/** What stands after a tag of the documentation of a node, on its line. */
function annotation(node, tag) {
  const text = node.documentation?.text ?? node.documentation ?? "";
  const line = text.split("\n").find((candidate) => candidate.trim().startsWith(tag));
  return line?.trim().slice(tag.length).trim();
}

/**
 * The declarations of a contract, and a function from numbers of syntax tree nodes to where they are declared.
 *
 * `trees` are solc's, by path; `sources` are the texts of those that count.
 */
export function declarationsOf(name, path, trees, sources) {
  const paths = [...sources.keys()];
  const units = paths.map((each) => trees[each].ast);
  const numbers = byNumber(units);
  const own = units[paths.indexOf(path)].nodes.find(
    (node) => node.nodeType === "ContractDefinition" && node.name === name,
  );
  const bases = own.linearizedBaseContracts.map((id) => numbers.get(id).node);
  const nodes = [...all(units)];
  const files = new Map(units.map((unit) => [unit.src.split(":")[2], unit.absolutePath]));

  const place = ({ src }) => {
    const [start, , file] = src.split(":");
    const text = Buffer.from(sources.get(files.get(file)), "utf8").subarray(0, Number(start));
    return `${files.get(file)}:${text.reduce((lines, byte) => lines + (byte === 10 ? 1 : 0), 1)}`;
  };
  const declared = (id) => {
    const { node, holder } = numbers.get(id);
    const renamedFrom = annotation(node, "@custom:oz-renamed-from");
    const retypedFrom = annotation(node, "@custom:oz-retyped-from");
    return {
      contract: holder,
      source: place(node),
      ...(renamedFrom !== undefined && { renamedFrom }),
      ...(retypedFrom !== undefined && { retypedFrom }),
    };
  };
  const members = bases.toReversed().flatMap((base) => base.nodes);
  const immutables = members.filter(({ mutability }) => mutability === "immutable");
  const initializers = members
    .filter(({ kind }) => kind === "function")
    .flatMap((node) => node.modifiers.map((modifier) => ({ node, version: versionOf(modifier, numbers) })))
    .filter(({ version }) => version !== undefined);
  // A name stands for all functions that have it.
  for (const { node, version } of initializers) {
    const isOther = (other) => other.node.name === node.name && other.version !== version;
    const isNone = (member) => !initializers.some((it) => it.node.functionSelector === member.functionSelector);
    const other = members.some((member) => member.name === node.name && member.functionSelector && isNone(member));
    if (other || initializers.some(isOther)) throw new Error(`${node.name} of ${name}: say which by its signature`);
  }
  const declarations = {
    enums: sorted(
      nodes
        .filter(({ nodeType }) => nodeType === "EnumDefinition")
        .map((node) => [node.canonicalName, node.members.map((member) => member.name)]),
    ),
    values: sorted(
      nodes
        .filter(({ nodeType }) => nodeType === "UserDefinedValueTypeDefinition")
        .map((node) => [node.canonicalName, node.underlyingType.name]),
    ),
    immutables: sorted(immutables.map((node) => [node.name, node.typeDescriptions.typeString])),
    constructed: constructed(bases, numbers),
    initializers: sorted(initializers.map(({ node, version }) => [node.name, version])),
    places: sorted([...immutables, ...initializers.map(({ node }) => node)].map((node) => [node.name, place(node)])),
  };
  const hasNamespace = bases.flatMap((base) => base.nodes).some((node) => annotation(node, "@custom:storage-location"));
  return { declarations, declared, hasNamespace };
}
