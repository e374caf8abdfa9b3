// Keeps a compiler running, which is several times as fast once it is warm: `node warm_compiler.js SOCKET`.
// contracts/solc.js asks it in place of its own where ZKPOT_COMPILER says which socket.
const { createServer } = require("node:net");
const solc = require("../../node_modules/solc-0.8.34");

const server = createServer({ allowHalfOpen: true }, (connection) => {
  const parts = [];
  connection.on("data", (part) => parts.push(part));
  connection.on("end", () => {
    const asked = Buffer.concat(parts).toString();
    connection.end(asked === "--version" ? solc.version() : solc.compile(asked));
  });
});
server.listen(process.argv[2], () => process.stdout.write("ready\n"));
