#include "server/api/statistics/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "server/api/statistics/failures.hpp"

namespace sagactl::api {
namespace {

constexpr int minutes_shown = 60;

using CountsByStatus = std::map<SagaStatus, std::int64_t>;

Json counts_json(const CountsByStatus& counts) {
  Json json = Json::object();
  std::int64_t total = 0, ended = 0, completed = 0;
  for (const std::string_view name : Spelling<SagaStatus>::names) {
    const SagaStatus status = *from_string<SagaStatus>(name);
    const auto found = counts.find(status);
    const std::int64_t n = found == counts.end() ? 0 : found->second;
    json[std::string(name)] = n;
    total += n;
    if (is_terminal(status)) ended += n;
    if (status == SagaStatus::completed) completed = n;
  }
  json["total"] = total;
  json["completionRate"] =
      ended == 0 ? Json(nullptr) : Json(static_cast<double>(completed) / static_cast<double>(ended));
  return json;
}

struct CountsOfSagas {
  std::map<std::string, CountsByStatus> by_definition;
  CountsByStatus all;
};

CountsOfSagas counts_of(const Counts& counts, const std::string& definition) {
  CountsOfSagas sums;
  for (const auto& [key, n] : counts.sagas) {
    if (n == 0 || (!definition.empty() && key.first != definition)) continue;
    sums.by_definition[key.first][key.second] += n;
    sums.all[key.second] += n;
  }
  return sums;
}

// The newest sagas of that status, by an index of their own.
Result<std::vector<Flow>> newest(Queries& queries, SagaStatus status, const std::string& definition) {
  SagaFilter filter;
  filter.statuses = {status};
  if (!definition.empty()) filter.type = definition;
  Page page;
  page.limit = failures_looked_at;
  page.count = false;
  auto found = queries.sagas(filter, page);
  if (!found) return found.error();
  return std::move(found->flows);
}

Result<void> add_failures(Json& json, Queries& queries, const std::string& definition, const CountsByStatus& counts) {
  FailurePatterns patterns;
  UndoneSteps undone;
  std::vector<Flow> failed;
  for (const SagaStatus status : {SagaStatus::failed, SagaStatus::compensated}) {
    auto found = newest(queries, status, definition);
    if (!found) return found.error();
    std::move(found->begin(), found->end(), std::back_inserter(failed));
  }
  std::sort(failed.begin(), failed.end(), [](const Flow& a, const Flow& b) { return b.order.id < a.order.id; });
  if (static_cast<std::int64_t>(failed.size()) > failures_looked_at) failed.resize(failures_looked_at);
  for (const Flow& flow : failed) {
    patterns.add(flow);
    undone.add(flow);
  }
  const auto undoing = newest(queries, SagaStatus::compensating, definition);
  if (!undoing) return undoing.error();
  for (const Flow& flow : *undoing) undone.add(flow);
  const auto count_of = [&](SagaStatus status) {
    const auto found = counts.find(status);
    return found == counts.end() ? std::int64_t{0} : found->second;
  };
  const auto looked = static_cast<std::int64_t>(failed.size());
  // Sagas may have failed since they were counted.
  const std::int64_t of = std::max(looked, count_of(SagaStatus::failed) + count_of(SagaStatus::compensated));
  json["failures"] = Json{{"looked", looked},
                          {"of", of},
                          {"isComplete", looked < failures_looked_at},
                          {"patterns", patterns.json(failure_patterns_shown)}};
  json["compensation"] = Json{{"steps", undone.json()}};
  return {};
}

double rounded(double milliseconds) {
  return milliseconds < 10 ? std::round(milliseconds * 10) / 10 : std::round(milliseconds);
}

Json minute_json(Timestamp at, const MinuteCount& count) {
  Json json{{"at", iso8601_ms(at)},     {"started", count.started},      {"completed", count.ended[0]},
            {"failed", count.ended[1]}, {"compensated", count.ended[2]}, {"p50Ms", nullptr},
            {"p99Ms", nullptr}};
  if (count.durations.empty()) return json;
  json["p50Ms"] = rounded(DurationBucket::percentile(count.durations, 0.5));
  json["p99Ms"] = rounded(DurationBucket::percentile(count.durations, 0.99));
  return json;
}

Result<Json> minutes_json(MinuteCounts& counts, const std::string& definition, Timestamp now) {
  const Timestamp last{now.us / 60'000'000 * 60'000'000};
  const Timestamp first = last - (minutes_shown - 1) * Duration(1min);
  const auto minutes = counts.read(MinuteCounts::minute_of(first));
  if (!minutes) return minutes.error();
  Json list = Json::array();
  for (Timestamp at = first; at <= last; at = at + 1min) {
    MinuteCount sum;
    if (const auto found = minutes->find(MinuteCounts::minute_of(at)); found != minutes->end())
      for (const auto& [name, count] : found->second)
        if (definition.empty() || name == definition) sum += count;
    list.push_back(minute_json(at, sum));
  }
  return list;
}

}  // namespace

Result<Json> read_statistics(Queries& queries, MinuteCounts& minute_counts, const std::string& definition,
                             Timestamp now) {
  const auto counts = queries.counts();
  if (!counts) return counts.error();
  const CountsOfSagas sums = counts_of(*counts, definition);
  Json json{{"at", iso8601_ms(now)}, {"definitions", Json::array()}, {"total", counts_json(sums.all)}};
  for (const auto& [name, by_status] : sums.by_definition) {
    Json each = counts_json(by_status);
    each["definition"] = name;
    json["definitions"].push_back(std::move(each));
  }
  if (const auto added = add_failures(json, queries, definition, sums.all); !added) return added.error();
  auto minutes = minutes_json(minute_counts, definition, now);
  if (!minutes) return minutes.error();
  json["minutes"] = std::move(*minutes);
  return json;
}

Json StatisticsCache::find(const std::string& definition, SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(definition);
  if (found == entries_.end() || now - found->second.read_at > valid_for) return nullptr;
  return found->second.statistics;
}

void StatisticsCache::put(const std::string& definition, Json statistics, SteadyTime read_at) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= size_max) entries_.clear();
  entries_.insert_or_assign(definition, Entry{std::move(statistics), read_at});
}

}  // namespace sagactl::api
