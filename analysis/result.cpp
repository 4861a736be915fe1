#include "analysis/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "embedded/result_schema.hpp"

namespace sagactl {

Measured measured_by(const RunResult& load, const Examination* database) {
  const RequestCounts& counts = load.requests;
  const std::uint64_t all = counts.sent + counts.unreached;
  const std::uint64_t good = counts.accepted + counts.duplicates;
  const double seconds = static_cast<double>(load.measured.count()) / 1e6;
  return Measured{
      .response = &load.response,
      .lateness = load.ledger.open_loop ? &load.generator.lateness : nullptr,
      .saga = database ? &database->sagas.took : nullptr,
      .errors = all == 0 ? 0 : static_cast<double>(all - std::min(all, good)) / static_cast<double>(all),
      .accepted_per_second = seconds > 0 ? static_cast<double>(counts.accepted) / seconds : 0};
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

Result<void> save_result(const Json& result, const std::string& path) {
  // Beside it and renamed, so that a file of that name is whole.
  const std::string beside = path + ".part";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << json_text(result, 1) << '\n';
  file.close();
  if (!file || std::rename(beside.c_str(), path.c_str()) != 0)
    return Error{ErrorCode::unavailable, fmt::format("cannot write '{}': {}", path, std::strerror(errno))};
  return {};
}

Result<Json> load_result(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Error{ErrorCode::not_found, fmt::format("cannot read '{}': {}", path, std::strerror(errno))};
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Json result = read_json(text);
  if (!result.is_object() || !result.contains("kind") || !result.contains("format"))
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' is not a saved result; make one with loadtest --save", path)};
  if (!result["format"].is_number_integer() || result["format"].get<int>() != 1)
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' is of format {}; this version reads format 1", path, json_text(result["format"]))};
  return result;
}

}  // namespace sagactl
