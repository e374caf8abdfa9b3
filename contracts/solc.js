#!/usr/bin/env node
// Makes npm's compiler look like the native one to forge, which asks for a version and for standard JSON.
const { readFileSync, writeSync } = require("node:fs");
const solc = require("../node_modules/solc-0.8.34");

const [version] = solc.version().split("+commit.");
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

if (asked.includes("--version")) {
  say(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (asked.includes("--standard-json")) {
  say(solc.compile(readFileSync(0, "utf8")));
} else {
  process.stderr.write(`solc.js ${version}: forge asks for --version and --standard-json, not '${asked.join(" ")}'\n`);
  process.exitCode = 2;
}
