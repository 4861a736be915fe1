#include "loadgen/sending/running_journeys.hpp"

#include <algorithm>

namespace sagactl {
namespace {

bool is_later(const RunningJourneys::Due& a, const RunningJourneys::Due& b) {
  return a.due_ns > b.due_ns;
}

}  // namespace

std::uint32_t RunningJourneys::open(const LoadUnit& unit) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(journeys_.size()));
    journeys_.emplace_back().values.resize(values_);
  }
  const std::uint32_t place = free_.back();
  free_.pop_back();
  RunningJourney& journey = journeys_[place];
  journey.unit = unit;
  journey.step = 0;
  journey.unanswered = 0;
  journey.counted = unit.count;
  journey.is_first = true;
  journey.goes_on = journey.has_order = journey.lacks_value = false;
  journey.repeat = 0;
  journey.until_ns = journey.cause_ns = 0;
  for (std::string& value : journey.values) value.clear();
  requests_ += unit.count;
  return place;
}

void RunningJourneys::close(std::uint32_t place) {
  RunningJourney& journey = journeys_[place];
  requests_ -= journey.counted;
  for (const auto& [step, stream] : journey.streams) stream->close();
  journey.streams.clear();
  free_.push_back(place);
}

void RunningJourneys::release_one(std::uint32_t place) {
  --journeys_[place].counted;
  --requests_;
}

void RunningJourneys::pause(std::uint32_t place, std::int64_t until_ns) {
  paused_.push_back({place, until_ns});
  std::push_heap(paused_.begin(), paused_.end(), is_later);
}

std::int64_t RunningJourneys::next_ns() const {
  return paused_.empty() ? INT64_MAX : paused_.front().due_ns;
}

std::optional<RunningJourneys::Due> RunningJourneys::take_due(std::int64_t now) {
  if (next_ns() > now) return std::nullopt;
  const Due due = paused_.front();
  std::pop_heap(paused_.begin(), paused_.end(), is_later);
  paused_.pop_back();
  return due;
}

void RunningJourneys::close_paused() {
  for (const Due& due : paused_) close(due.place);
  paused_.clear();
}

}  // namespace sagactl
