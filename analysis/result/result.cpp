#include "analysis/result/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "common/output_file.hpp"
#include "embedded/result_schema.hpp"

namespace sagactl {

namespace {

// Requests that a lost agent may have sent.
std::uint64_t measured_and_lost(const Ledger& ledger) {
  return static_cast<std::uint64_t>(
      std::count_if(ledger.entries.begin(), ledger.entries.end(), [&](const LedgerEntry& entry) {
        return entry.failure == TransportFailure::agent_lost && ledger.is_measured(entry);
      }));
}

}  // namespace

Measured measured_by(const RunResult& load, const Examination* database) {
  const RequestCounts& counts = load.requests;
  Measured measured{.response = &load.response,
                    .service = &load.service,
                    .lateness = load.ledger.open_loop ? &load.generator.own_lateness : nullptr,
                    .saga = database ? &database->sagas.took : nullptr,
                    .sagas = database && database->ends_are_known ? &database->sagas.counts : nullptr,
                    .rated = load.rated,
                    // Requests that were due and never sent count as errors of the server.
                    .due = counts.sent + counts.unreached + load.generator.skipped,
                    .skipped = load.generator.skipped};
  if (measured.due > 0)
    measured.errors =
        static_cast<double>(measured.due - std::min(measured.due, counts.good())) / static_cast<double>(measured.due);
  const double seconds = static_cast<double>(load.rated.count()) / 1e6;
  if (seconds > 0) measured.accepted_per_second = static_cast<double>(counts.accepted) / seconds;
  const bool is_any_lost =
      std::any_of(load.agents.begin(), load.agents.end(), [](const AgentResult& agent) { return !agent.lost.empty(); });
  if (is_any_lost) measured.lost = measured_and_lost(load.ledger);
  // At the end of a run that is cut short, requests in flight are given up as if they had timed out.
  measured.cut = measured.lost + (load.interrupted || is_any_lost ? counts.timeouts : 0);
  return measured;
}

std::string_view to_string(RunEnd end) {
  switch (end) {
    case RunEnd::passed:
      return "passed";
    case RunEnd::violated:
      return "violated";
    case RunEnd::undecided:
      return "undecided";
    case RunEnd::threshold_missed:
      return "threshold missed";
  }
  crash("unknown end");
}

RunEnd end_of(std::span<const Verdict> verdicts, std::span<const ThresholdResult> thresholds) {
  const Ruling ruling = overall(verdicts);
  if (ruling == Ruling::fail) return RunEnd::violated;
  const auto any = [&](Ruling wanted) {
    return std::any_of(thresholds.begin(), thresholds.end(),
                       [&](const ThresholdResult& it) { return it.ruling == wanted; });
  };
  if (any(Ruling::fail)) return RunEnd::threshold_missed;
  return ruling == Ruling::unknown || any(Ruling::unknown) ? RunEnd::undecided : RunEnd::passed;
}

std::string_view loadtest_schema() {
  return embedded::result_schema().front().text;
}

std::string result_text(const Json& result) {
  return json_text(result, 1) + '\n';
}

Result<void> save_result(const Json& result, const std::string& path) {
  return write_output(path, result_text(result));
}

Result<Json> load_result(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::invalid, fmt::format("cannot read '{}': {}", path, std::strerror(errno))};
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Json result = read_json(text);
  if (!result.is_object() || !result.contains("kind") || !result.contains("format"))
    return Error{ErrorCode::invalid, fmt::format("'{}' is not a saved result; create one with loadtest --save", path)};
  if (!result["format"].is_number_integer() || result["format"].get<int>() != 1)
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' has format {}; this version reads format 1", path, json_text(result["format"]))};
  return result;
}

}  // namespace sagactl
