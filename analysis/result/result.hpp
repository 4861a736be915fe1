// The result of a load test, of `analyze` and of `verify` as one JSON object: what -o json prints, what
// --save keeps, and what every report is made from. Besides the members of the contract it has those that the
// charts need.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/examine.hpp"
#include "analysis/result/machine.hpp"
#include "analysis/result/threshold.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

// How a result was produced.
struct ResultOrigin {
  std::string command;  // the command line
  std::string version;
  Machine machine;
  std::string ledger_path = {};                                // where the client's ledger was saved; empty: not saved
  std::string database = {};                                   // its name; empty: none was read
  std::vector<std::pair<std::string, std::string>> tags = {};  // of --tag
};

// The inputs of evaluate(threshold). The result outlives them. `database` may be null.
Measured measured_by(const RunResult& load, const Examination* database);

// `verdicts` are the examination's, or verdicts_without_database. `database` may be null.
Json loadtest_json(const ResultOrigin& origin, const RunResult& load, const Examination* database,
                   const std::vector<Verdict>& verdicts, const std::vector<ThresholdResult>& thresholds);
Json analysis_json(const ResultOrigin& origin, const Examination& examination, const ExamineOptions& options);
Json verify_json(const ResultOrigin& origin, const std::vector<Verdict>& verdicts, Timestamp taken_at);

// The JSON schema of a load test's result (reports/loadtest.schema.json).
std::string_view loadtest_schema();

// How the command ends; the value is its exit code.
enum class RunEnd { passed = 0, violated = 1, undecided = 2, threshold_missed = 3 };
std::string_view to_string(RunEnd end);  // "passed", "violated", "undecided", "threshold missed"
RunEnd end_of(std::span<const Verdict> verdicts, std::span<const ThresholdResult> thresholds = {});

// What --save writes.
std::string result_text(const Json& result);

Result<void> save_result(const Json& result, const std::string& path);
// Reads a saved result. `invalid` when it cannot be read, is not a result or has a later format.
Result<Json> load_result(const std::string& path);

}  // namespace sagactl
