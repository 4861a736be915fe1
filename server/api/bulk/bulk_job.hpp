// A bulk job: one action on all sagas that a filter finds. It is kept in the database with its progress, so that it
// goes on at another node when its node dies, and acts on no saga twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/text/json.hpp"
#include "server/participants/flow.hpp"
#include "server/participants/user.hpp"
#include "server/ports/records.hpp"

namespace sagactl::api {

enum class BulkAction : std::uint8_t { retry, compensate, cancel, skip };
enum class BulkState : std::uint8_t { running, done, stopped, failed };

// Kinds of records: the jobs; the ids of those that run; and their results, whose ids begin with that of the job.
inline constexpr const char* bulk_kind = "bulk";
inline constexpr const char* bulk_open_kind = "bulk-open";
inline constexpr const char* bulk_result_kind = "bulk-result";

// A saga in hand, and its version when it was listed: the action is refused when it has changed since.
struct BulkItem {
  SagaId saga;
  Timestamp version;
};

struct BulkJob {
  std::string id;
  BulkAction action = BulkAction::retry;
  std::string filter;  // the query of GET /sagas
  std::string reason;
  std::string step;       // that is skipped
  bool recharge = false;  // of a retry
  UserId by;
  std::string email;
  int rate = 50;             // sagas per second, at most
  std::int64_t at_most = 0;  // sagas
  std::int64_t total = 0;    // that matched when it was made
  Timestamp created_at;      // sagas that start later are left alone

  BulkState state = BulkState::running;
  bool stop = false;  // asked to stop
  std::string error;  // of one that failed
  std::int64_t tried = 0, accepted = 0;
  std::optional<Timestamp> ended_at = {};
  std::optional<OrderId> after = {};  // the last saga that was handled: older ones are next
  std::int64_t chunk = 0;             // the number of the next result
  std::vector<BulkItem> in_hand = {};
  NodeName node = {};    // that runs it
  Timestamp held_until;  // on the database's clock: then another node may run it
};

std::string bulk_job_text(const BulkJob& job);
// `bug` when it is not what bulk_job_text wrote.
Result<BulkJob> read_bulk_job(const StoredRecord& record);

// As answers show it.
Json bulk_job_json(const BulkJob& job, Timestamp updated_at);

void log_bulk_end(const BulkJob& job);

// "<job>/00000017"
std::string bulk_result_id(const std::string& job, std::int64_t chunk);

}  // namespace sagactl::api

template <>
struct sagactl::Spelling<sagactl::api::BulkAction> {
  static constexpr std::string_view names[] = {"retry", "compensate", "cancel", "skip"};
};

template <>
struct sagactl::Spelling<sagactl::api::BulkState> {
  static constexpr std::string_view names[] = {"running", "done", "stopped", "failed"};
};
