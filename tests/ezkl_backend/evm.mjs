// Deploys code on an EVM of its own and calls it: `node evm.mjs FILE`, {"code", "calldata"}.
// Prints one line for each call: what it returns, or the error, and the gas.
import { readFileSync } from 'node:fs'
import { createEVM } from '@ethereumjs/evm'

const given = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const bytes = (digits) => Uint8Array.from(Buffer.from(digits, 'hex'))
const evm = await createEVM()
const gasLimit = 30_000_000n
const made = await evm.runCall({ data: bytes(given.code), gasLimit })
if (made.execResult.exceptionError) throw new Error(`deploy: ${made.execResult.exceptionError.error}`)
const size = (await evm.stateManager.getCode(made.createdAddress)).length
for (const calldata of given.calldata) {
  const { execResult } = await evm.runCall({ to: made.createdAddress, data: bytes(calldata), gasLimit })
  const error = execResult.exceptionError?.error ?? null
  const returned = Buffer.from(execResult.returnValue).toString('hex')
  console.log(JSON.stringify({ returned, error, gas: Number(execResult.executionGasUsed), size }))
}
