// Standard JSON in on stdin, standard JSON out on stdout.
import { readFileSync, writeSync } from "node:fs";
import { compile } from "./compile.mjs";

const output = Buffer.from(JSON.stringify(compile(JSON.parse(readFileSync(0, "utf8")))));
for (let written = 0; written < output.length; ) {
  written += writeSync(1, output, written);
}
