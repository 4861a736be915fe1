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

Measured measured_by(const RunResult& load, const Examination* database) {
  const RequestCounts& counts = load.requests;
  // Requests that were due and never sent count as errors of the server.
  const std::uint64_t due = counts.sent + counts.unreached + load.generator.skipped;
  const std::uint64_t good = counts.accepted + counts.repeated + counts.duplicates + counts.refused_as_asked;
  std::optional<double> errors;
  if (due > 0) errors = static_cast<double>(due - std::min(due, good)) / static_cast<double>(due);
  const double seconds = static_cast<double>(load.rated.count()) / 1e6;
  return Measured{.response = &load.response,
                  .lateness = load.ledger.open_loop ? &load.generator.own_lateness : nullptr,
                  .saga = database ? &database->sagas.took : nullptr,
                  .errors = errors,
                  .accepted_per_second = seconds > 0 ? static_cast<double>(counts.accepted) / seconds : 0,
                  .sagas = database && database->ends_are_known ? &database->sagas.counts : nullptr};
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
