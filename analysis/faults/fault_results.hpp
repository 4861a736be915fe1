// The faults of a load test in its result: what they did, whether they were carried out, and which of them a witness
// met.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/figures/saga_timings.hpp"
#include "analysis/verdict.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

// "faults-were-done": UNKNOWN when a fault could not be done as it was asked for. None when there are no faults.
std::optional<Verdict> faults_were_done(const Ledger& ledger);

// Adds the member "faults" to the witness of each FAIL that has requests: the faults during which they were waited for,
// or the next one after their answer.
void name_faults(std::vector<Verdict>& verdicts, const Ledger& ledger);

// `sagas`: by the place of the fault; empty where the ends of sagas are not known.
Json faults_json(const Ledger& ledger, const std::vector<SagaCounts>& sagas);

// A line for each fault, for --fault-csv: fault, kind, target, began, ended, done, outcome and the figures.
std::string faults_csv(const Json& result);

}  // namespace sagactl
