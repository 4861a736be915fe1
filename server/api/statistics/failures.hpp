// Why sagas failed: those that failed or were compensated, grouped by definition, step and error. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/text/json.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::api {

// The error with * in place of its numbers and ids, so that errors which differ only in those are one.
std::string error_pattern(std::string_view error);

// The first step that was refused; of a saga that has failed, or else, the first at which it stopped; "": none, a user
// had it compensated.
std::string failed_step(const Saga& saga);

class FailurePatterns {
 public:
  // Newest first.
  void add(const Flow& flow);
  Json json(std::size_t limit) const;  // the most frequent first

 private:
  struct Pattern {
    std::int64_t count = 0;
    std::string latest, example;
    Timestamp latest_at;
  };
  using Key = std::tuple<std::string, std::string, std::string, SagaStatus>;  // definition, step, error, status
  std::map<Key, Pattern> patterns_;
};

// How often each step was undone, and how long it took.
class UndoneSteps {
 public:
  void add(const Flow& flow);
  Json json() const;

 private:
  struct Step {
    std::int64_t undone = 0, undoing = 0, tries = 0, timed = 0;
    Duration took{};
  };
  std::map<std::pair<std::string, std::string>, Step> steps_;  // by definition and step
};

}  // namespace sagactl::api
