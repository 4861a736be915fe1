#include "server/api/statistics/minute_counts.hpp"

#include <algorithm>
#include <cmath>

namespace sagactl::api {
namespace {

constexpr int steps_per_doubling = 8;
constexpr std::size_t minute_length = 16;         // of "2026-11-29T17:00"
constexpr std::size_t records_read_max = 20'000;  // records: an hour of more than 300 nodes
constexpr std::size_t records_forgotten_max = 10'000;

int index_of(SagaStatus status) {
  return status == SagaStatus::completed ? 0 : status == SagaStatus::failed ? 1 : 2;
}

Json minute_to_json(const MinuteByDefinition& counts) {
  Json json = Json::object();
  for (const auto& [definition, count] : counts) {
    Json durations = Json::array();
    for (const auto& [bucket, n] : count.durations) durations.push_back(Json::array({bucket, n}));
    json[definition] = Json{{"started", count.started}, {"ended", count.ended}, {"durations", std::move(durations)}};
  }
  return json;
}

std::int64_t whole_number(const Json& json) {
  return json.is_number_integer() ? json.get<std::int64_t>() : 0;
}

// What another version wrote otherwise is left out.
MinuteByDefinition minute_from_json(const std::string& text) {
  MinuteByDefinition counts;
  const Json json = read_json(text);
  if (!json.is_object()) return counts;
  for (const auto& [definition, each] : json.items()) {
    if (!each.is_object()) continue;
    MinuteCount& count = counts[definition];
    count.started = whole_number(each.value("started", Json(0)));
    const Json ended = each.value("ended", Json::array()), durations = each.value("durations", Json::array());
    for (std::size_t i = 0; i < std::min(count.ended.size(), ended.size()); ++i)
      count.ended[i] = whole_number(ended[i]);
    for (const Json& pair : durations)
      if (pair.is_array() && pair.size() == 2)
        count.durations[static_cast<int>(whole_number(pair[0]))] += whole_number(pair[1]);
  }
  return counts;
}

void add_all(MinuteByDefinition& counts, const MinuteByDefinition& more) {
  for (const auto& [definition, count] : more) counts[definition] += count;
}

}  // namespace

MinuteCount& MinuteCount::operator+=(const MinuteCount& other) {
  started += other.started;
  for (std::size_t i = 0; i < ended.size(); ++i) ended[i] += other.ended[i];
  for (const auto& [bucket, n] : other.durations) durations[bucket] += n;
  return *this;
}

int DurationBucket::of(Duration took) {
  const double ms = static_cast<double>(took.count()) / 1000.0;
  return ms <= 1 ? 0 : 1 + static_cast<int>(std::floor(std::log2(ms) * steps_per_doubling));
}

double DurationBucket::milliseconds(int bucket) {
  return bucket == 0 ? 0.5 : std::exp2((bucket - 0.5) / steps_per_doubling);
}

double DurationBucket::percentile(const std::map<int, std::int64_t>& durations, double share) {
  std::int64_t total = 0;
  for (const auto& [bucket, n] : durations) total += n;
  auto left = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(total)));
  for (const auto& [bucket, n] : durations) {
    left -= n;
    if (left <= 0) return milliseconds(bucket);
  }
  return milliseconds(durations.rbegin()->first);
}

std::string MinuteCounts::minute_of(Timestamp time) {
  return iso8601_ms(time).substr(0, minute_length);
}

void MinuteCounts::add(const SagaProgress& progress, Timestamp now) {
  if (progress.started.empty() && progress.ended_sagas.empty()) return;
  const std::string minute = minute_of(now);
  const std::lock_guard lock(mutex_);
  MinuteByDefinition& counts = added_[minute];
  const auto count_of = [&](const SagaDefinition* definition) -> MinuteCount* {
    const auto found = counts.find(definition->name);
    if (found != counts.end()) return &found->second;
    return counts.size() < definitions_max ? &counts[definition->name] : nullptr;
  };
  for (const SagaDefinition* definition : progress.started)
    if (MinuteCount* count = count_of(definition)) ++count->started;
  for (const SagaProgress::EndedSaga& each : progress.ended_sagas)
    if (MinuteCount* count = count_of(each.saga)) {
      ++count->ended[static_cast<std::size_t>(index_of(each.status))];
      ++count->durations[DurationBucket::of(each.took)];
    }
}

Result<void> MinuteCounts::flush(Timestamp now) {
  const std::lock_guard one(flushing_);
  std::map<std::string, MinuteByDefinition> added;
  {
    const std::lock_guard lock(mutex_);
    added.swap(added_);
  }
  Result<void> flushed;
  for (const auto& [minute, counts] : added) {
    if (flushed) flushed = write(minute, counts);
    if (flushed || minute < minute_of(now - kept_for)) continue;
    const std::lock_guard lock(mutex_);
    add_all(added_[minute], counts);
  }
  const std::string minute = minute_of(now);
  if (!flushed || minute == forgot_in_) return flushed;
  forgot_in_ = minute;
  const auto forgotten = records_.forget_records(std::string(kind), minute_of(now - kept_for), records_forgotten_max);
  return forgotten ? Result<void>() : Result<void>(forgotten.error());
}

// An earlier process of this node may have written the same minute.
Result<void> MinuteCounts::write(const std::string& minute, const MinuteByDefinition& counts) {
  const std::string id = minute + '/' + node_;
  const auto stored = records_.record(std::string(kind), id);
  if (!stored) return stored.error();
  MinuteByDefinition sum = *stored ? minute_from_json((*stored)->body) : MinuteByDefinition();
  add_all(sum, counts);
  const std::string body = json_text(minute_to_json(sum));
  const auto written = *stored ? records_.replace_record(std::string(kind), id, (*stored)->version, body)
                               : records_.add_record(std::string(kind), id, body);
  if (!written) return written.error();
  return {};
}

Result<std::map<std::string, MinuteByDefinition>> MinuteCounts::read(const std::string& from) {
  const std::lock_guard one(flushing_);  // else what is being written would be counted twice, or not at all
  RecordRange range;
  range.from = from;
  range.limit = records_read_max;
  const auto found = records_.records(std::string(kind), range);
  if (!found) return found.error();
  std::map<std::string, MinuteByDefinition> minutes;
  for (const StoredRecord& each : *found)
    add_all(minutes[each.id.substr(0, minute_length)], minute_from_json(each.body));
  const std::lock_guard lock(mutex_);
  for (auto added = added_.lower_bound(from); added != added_.end(); ++added)
    add_all(minutes[added->first], added->second);
  return minutes;
}

}  // namespace sagactl::api
