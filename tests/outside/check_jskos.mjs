// Reads records of JSKOS from standard input, one a line, each under the kind that it claims to be:
// {"kind": "mapping", "record": {…}}. Prints how many of each jskos-validate accepts, and every error.
import { createInterface } from "node:readline"
import { validate } from "jskos-validate"
import jskos from "jskos-tools"

const accepted = {}
const errors = []
const schemes = []
for await (const line of createInterface({ input: process.stdin })) {
  const { kind, record } = JSON.parse(line)
  if (validate[kind](record, { rememberSchemes: schemes })) {
    accepted[kind] = (accepted[kind] || 0) + 1
  } else {
    errors.push({ kind, uri: record.uri, messages: validate[kind].errorMessages })
  }
  if (kind === "mapping") {
    const known = [jskos.mappingContentIdentifier(record), jskos.mappingMembersIdentifier(record)]
    const missing = known.filter(identifier => !record.identifier.includes(identifier))
    if (missing.length) {
      errors.push({ kind, uri: record.uri, messages: [`lacks ${missing}`] })
    }
  }
}
console.log(JSON.stringify({ version: validate.version, accepted, errors }))
