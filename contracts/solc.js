#!/usr/bin/env node
// Makes npm's compiler look like the native one to forge, which asks for a version and for standard JSON.
const { readFileSync, writeSync } = require("node:fs");
const { createConnection } = require("node:net");

const asked = process.argv.slice(2);

function say(text) {
  // To the end of it: a pipe takes as much as it has room for.
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

// One that is running already (tests/settle/warm_compiler.js), or a new one.
function answer(question, take) {
  const socket = process.env.ZKPOT_COMPILER;
  if (!socket) {
    const solc = require("../node_modules/solc-0.8.34");
    return take(question === "--version" ? solc.version() : solc.compile(question));
  }
  const parts = [];
  const connection = createConnection(socket, () => connection.end(question));
  connection.on("data", (part) => parts.push(part));
  connection.on("end", () => take(Buffer.concat(parts).toString()));
}

if (asked.includes("--version")) {
  answer("--version", (version) => say(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`));
} else if (asked.includes("--standard-json")) {
  answer(readFileSync(0, "utf8"), say);
} else {
  process.stderr.write(`solc.js: forge asks for --version and --standard-json, not '${asked.join(" ")}'\n`);
  process.exitCode = 2;
}
