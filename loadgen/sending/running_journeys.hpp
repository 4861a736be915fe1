// The journeys of one worker that have begun and not ended, and the times at which paused ones go on. For one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/ledger/ledger_entry.hpp"
#include "loadgen/messages/open_stream.hpp"
#include "loadgen/requests/cookie_jar.hpp"
#include "loadgen/schedule/scenario.hpp"

namespace sagactl {

struct RunningJourney {
  LoadUnit unit;
  std::uint16_t user = 0;
  std::uint8_t branch = 0;
  std::uint8_t step = 0;            // the one that is due, sent, or paused before
  std::uint16_t unanswered = 0;     // requests of the step without an outcome yet
  std::uint16_t counted = 0;        // requests that it occupies of a closed loop
  bool is_first = true;             // no step was due before
  bool goes_on = false;             // the step was answered as expected; of a group one order
  bool has_order = false;           // and that order is a new one
  bool lacks_value = false;         // that answer lacks a value
  std::uint32_t repeat = 0;         // of a step that asks until something is so
  std::int64_t until_ns = 0;        // when it stops asking
  std::vector<std::string> values;  // kept_names of the scope journey
  CookieJar jar;                    // CookieUse::journey
  std::int64_t cause_ns = 0;        // when its latest request that may change something was sent; 0: none was
  // The connections that it keeps open, by the step that opened them.
  std::vector<std::pair<std::size_t, std::shared_ptr<OpenStream>>> streams;
};

// Places are used again, with the memory of their values.
class RunningJourneys {
 public:
  explicit RunningJourneys(std::size_t values) : values_(values) {}

  std::uint32_t open(const LoadUnit& unit);
  RunningJourney& at(std::uint32_t place) { return journeys_[place]; }
  void close(std::uint32_t place);
  // One request of the journey ended, and it is not the last.
  void release_one(std::uint32_t place);

  // The requests that the open journeys stand for: a group as many as it has orders without an outcome, others one.
  std::uint32_t requests() const { return requests_; }

  void pause(std::uint32_t place, std::int64_t until_ns);
  std::size_t paused() const { return paused_.size(); }
  std::int64_t next_ns() const;  // when the next one goes on; INT64_MAX: none is paused
  // One that goes on by now, with the time at which it was due.
  struct Due {
    std::uint32_t place = 0;
    std::int64_t due_ns = 0;
  };
  std::optional<Due> take_due(std::int64_t now);
  void close_paused();

 private:
  std::size_t values_;
  std::deque<RunningJourney> journeys_;
  std::vector<std::uint32_t> free_;
  std::vector<Due> paused_;  // a priority queue of <algorithm>, the earliest first
  std::uint32_t requests_ = 0;
};

}  // namespace sagactl
