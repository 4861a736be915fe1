// What a check has found to be wrong so far: a count, the first case as the witness, and what the next ones are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/history/flow_facts.hpp"
#include "analysis/verdict.hpp"

namespace sagactl {

// What shows that a rule was broken: as few rows, requests and nodes as do, and two lines of why.
struct Witness {
  std::string what;  // first line: what is there
  std::string rule;  // second line: what should have been
  Json rows = Json::array();
  Json requests = Json::array();
  Json nodes = Json::array();
};

class Violations {
 public:
  // The count matters always, the witness only for the first: test `first()` before making a costly one.
  bool first() const { return count_ == 0; }
  void add(Witness witness);
  void add(const Violations& others);
  std::uint64_t count() const { return count_; }

  // FAIL with the witness if there was any violation, else PASS because of `held`.
  Verdict verdict(std::string_view name, std::string held) const;

 private:
  static constexpr std::size_t more_max = 1'000;  // told in the result; the count tells of all

  std::uint64_t count_ = 0;
  Witness witness_;
  std::vector<std::string> more_;
};

// Rows as a witness shows them: the table, the id and what the checks look at.
Json row_of(const Order& order);
Json row_of(const Saga& saga, const SagaDefinition* definition);
Json row_of(const Payment& payment);
Json row_of(const Reservation& reservation, OrderId order);
Json row_of(const Stock& stock);
Json row_of(const Event& event);
Json row_of(const NodeInfo& node);

}  // namespace sagactl
