#include "server/node/rights_poller.hpp"

#include <algorithm>

#include "common/id.hpp"
#include "common/log.hpp"

namespace sagactl {
namespace {

constexpr Duration clock_margin = 1min;                           // between the clocks of nodes and of the database
constexpr Duration forgotten_after = 1h;                          // of a page's session, from its end
constexpr std::size_t ended_max = 10'000, forgotten_max = 1'000;  // of one call
constexpr int calls_max = 1'000;                                  // one after the other
constexpr std::uint64_t polls_between_forgetting = 300;
constexpr std::uint64_t polls_between_times = 30;  // an earlier time only finds more changes

}  // namespace

RightsPoller::RightsPoller(DatabasePorts& database, api::LoginSessions& sessions, api::PageSessions& pages)
    : database_(database),
      sessions_(sessions),
      pages_(pages),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void RightsPoller::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    poll_rights();
    poll_pages();
    ++polls_;
    woken_.wait_for(lock, stop, interval, [] { return false; });
  }
}

void RightsPoller::poll_rights() {
  Queries& queries = database_.queries();
  if (polls_ % polls_between_times == 0 || !time_) {
    const auto now = queries.database_time();
    if (!now) return;
    time_ = *now;
  }
  // Tokens and cookies issued before that have expired.
  const Duration lifetime = std::max<Duration>(sessions_.access_lifetime(), api::page_session_lifetime);
  const auto changed = queries.rights_changed_since(*time_ - lifetime - clock_margin);
  if (changed) sessions_.changed_rights().set(*changed);
}

// Their ids are in the order in which they began, so that any of them may be new.
void RightsPoller::poll_pages() {
  const std::string oldest = pages_.oldest_id();
  RecordRange range;
  range.from = oldest;
  range.limit = ended_max;
  std::vector<std::string> ids;
  for (int calls = 0; calls < calls_max; ++calls) {
    const auto ended = database_.records().records("page-ended", range);
    if (!ended) break;
    for (const StoredRecord& each : *ended) ids.push_back(each.id);
    if (ended->size() < ended_max) break;
    range.from = ids.back();
  }
  pages_.add_ended(ids);
  if (polls_ % polls_between_forgetting != 0 || !time_) return;
  // By the database's time as well: other nodes need what has expired only for a node whose clock is ahead.
  const Timestamp expired = *time_ - api::page_session_lifetime - forgotten_after;
  const std::string before = std::min(oldest, make_uuid_v7(expired, 0, 0).text());
  for (const char* kind : {"page-ended", "page-code"}) forget(kind, before);
}

void RightsPoller::forget(const std::string& kind, const std::string& before) {
  for (int calls = 0; calls < calls_max; ++calls) {
    const auto forgotten = database_.records().forget_records(kind, before, forgotten_max);
    if (!forgotten || *forgotten < forgotten_max) return;
  }
}

}  // namespace sagactl
