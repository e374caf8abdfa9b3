// Keeps a compiler running, which is several times as fast once it is warm: `node warm_compiler.js SOCKET`.
// contracts/solc.js asks it in place of its own where ZKPOT_COMPILER says which socket.
const { createServer } = require("node:net");
const solc = require("../../node_modules/solc-0.8.34");

// Before each run forge asks for the interfaces of all that there is, to find the tests that it was told to run. Which
// ones there are does not depend on what is planted, and this takes longer than to compile what changed.
const known = new Map();

function answer(asked) {
  if (asked === "--version") return solc.version();
  const { sources, settings } = JSON.parse(asked);
  const wanted = Object.values(settings.outputSelection).flatMap(Object.values).flat();
  if (wanted.some((output) => output !== "abi")) return solc.compile(asked);
  const key = JSON.stringify([Object.keys(sources).sort(), settings]);
  if (!known.has(key)) known.set(key, solc.compile(asked));
  return known.get(key);
}

const server = createServer({ allowHalfOpen: true }, (connection) => {
  const parts = [];
  connection.on("data", (part) => parts.push(part));
  connection.on("end", () => {
    connection.end(answer(Buffer.concat(parts).toString()));
  });
});
server.listen(process.argv[2], () => process.stdout.write("ready\n"));
