// How many sagas a node started and ended in each minute, and how long those took that ended. Counted in memory and
// written to the database every few seconds, so that any node can show those of all.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/text/json.hpp"
#include "server/engine/batch/saga_progress.hpp"
#include "server/ports/records.hpp"

namespace sagactl::api {

// Sagas of one definition in one minute.
struct MinuteCount {
  std::int64_t started = 0;
  std::array<std::int64_t, 3> ended{};      // completed, failed, compensated
  std::map<int, std::int64_t> durations{};  // of those that ended: by DurationBucket

  MinuteCount& operator+=(const MinuteCount& other);
};

// Durations in steps of a twelfth: what is read from them is right to within a tenth.
struct DurationBucket {
  static int of(Duration took);
  static double milliseconds(int bucket);  // its middle
  // The duration that a share of them does not exceed; precondition: there is one.
  static double percentile(const std::map<int, std::int64_t>& durations, double share);
};

using MinuteByDefinition = std::map<std::string, MinuteCount>;

class MinuteCounts {
 public:
  static constexpr std::string_view kind = "minute";  // of its records
  static constexpr Duration kept_for = 2h;

  // Both outlive it.
  MinuteCounts(std::string node, RecordStore& records) : node_(std::move(node)), records_(records) {}

  // Any thread.
  void add(const SagaProgress& progress, Timestamp now);

  // Writes what was added since the last call, and forgets minutes that are too old. What could not be written is kept
  // for the next call. Any thread; blocks on the database.
  Result<void> flush(Timestamp now);

  // All nodes' counts from that minute on, by minute ("2026-11-29T17:00"): of this node also what has not been written
  // yet, which costs less than writing it, of the others what they have written. Any thread; blocks on the database.
  Result<std::map<std::string, MinuteByDefinition>> read(const std::string& from);
  static std::string minute_of(Timestamp time);

 private:
  static constexpr std::size_t definitions_max = 100;  // of a minute; more are left out

  Result<void> write(const std::string& minute, const MinuteByDefinition& counts);

  const std::string node_;
  RecordStore& records_;
  std::mutex mutex_;
  std::map<std::string, MinuteByDefinition> added_;  // by minute, since the last flush
  std::mutex flushing_;
  std::string forgot_in_;  // the minute in which old ones were forgotten last
};

}  // namespace sagactl::api
