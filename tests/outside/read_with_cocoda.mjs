// Reads everything that the JSKOS API at an address has, as Cocoda would, and prints it as JSON.
import { cdk } from "cocoda-sdk"

const api = process.argv[2]
const registries = {}
for (const provider of ["ConceptApi", "MappingsApi"]) {
  registries[provider] = cdk.initializeRegistry({ uri: `urn:test:${provider}`, provider, api })
  await registries[provider].init()
}
const { ConceptApi, MappingsApi } = registries

const schemes = []
for (const scheme of await ConceptApi.getSchemes()) {
  const found = { uri: scheme.uri, notation: scheme.notation, prefLabel: scheme.prefLabel, concepts: [] }
  const waiting = [...await ConceptApi.getTop({ scheme })]
  while (waiting.length) {
    const concept = waiting.shift()
    const ancestors = await ConceptApi.getAncestors({ concept })
    found.concepts.push({
      uri: concept.uri,
      notation: concept.notation,
      prefLabel: concept.prefLabel,
      ancestors: ancestors.map(({ uri }) => uri),
    })
    waiting.unshift(...await ConceptApi.getNarrower({ concept }))
  }
  schemes.push(found)
}

const concordances = []
for (const concordance of await MappingsApi.getConcordances()) {
  const mappings = []
  let page
  do {
    page = await MappingsApi.getMappings({ partOf: concordance, offset: mappings.length, limit: 40 })
    mappings.push(...page)
  } while (mappings.length < page._totalCount)
  concordances.push({ uri: concordance.uri, total: page._totalCount, mappings })
}

const one = concordances[0].mappings[0]
console.log(JSON.stringify({
  has: { ...ConceptApi.has, mappings: MappingsApi.has.mappings, concordances: MappingsApi.has.concordances },
  schemes,
  concordances,
  one: await MappingsApi.getMapping({ mapping: one }),
  backward: await MappingsApi.getMappings({ from: one.to.memberSet[0], to: one.from.memberSet[0], direction: "backward" }),
  suggested: await ConceptApi.suggest({ search: "supervision" }),
  searched: await ConceptApi.search({ search: "facilitation", scheme: { uri: schemes.at(-2).uri } }),
}))
