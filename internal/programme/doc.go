// Package programme is the spine of the national programme: the contract of a territory, its
// action sheets, their financing plans and results.
//
// Words: a contract (contrat) holds action sheets (fiches-actions); a sheet has a financing plan
// (plan de financement) of lines, each moving by steps (étapes) from foreseen to paid. Steps are
// append-only: a mistake is corrected by a later entry, so that the plan can be shown as it stood,
// and as it was known, on any past day.
//
// The nouns (contract, action, cost, funding, plan, readiness, indicator, milestone, blocker, note,
// access) are pure: facts go in, decisions and faults come out. Operations load the facts, ask the
// nouns and save. Field names in faults are the snake_case of the Go fields, as in tables and JSON.
package programme
