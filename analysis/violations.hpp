// What a check has found so far: a count, the first case as the witness, and one line for each of the next ones.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/history/flow_facts.hpp"
#include "analysis/verdict.hpp"

namespace sagactl {

// The evidence of one violation: the fewest rows, requests and nodes that show it, and two lines of why.
struct Witness {
  std::string what;  // first line: what was found
  std::string rule;  // second line: what was expected
  Json rows = Json::array();
  Json requests = Json::array();
  Json nodes = Json::array();
};

class Violations {
 public:
  // Only the first witness is kept: test `first()` before building a costly one.
  bool first() const { return count_ == 0; }
  void add(Witness witness);
  void add(const Violations& others);
  std::uint64_t count() const { return count_; }

  // FAIL with the witness if there was any violation, else PASS because of `summary`.
  Verdict verdict(std::string_view name, std::string summary) const;

 private:
  static constexpr std::size_t more_max = 1'000;  // listed in the result; count() includes all

  std::uint64_t count_ = 0;
  Witness witness_;
  std::vector<std::string> more_;
};

// Rows for a witness: the table, the id and the columns that the checks use.
Json row_of(const Order& order);
Json row_of(const Saga& saga, const SagaDefinition* definition);
Json row_of(const Payment& payment);
Json row_of(const Reservation& reservation, OrderId order);
Json row_of(const Stock& stock);
Json row_of(const Event& event);
Json row_of(const NodeInfo& node);

}  // namespace sagactl
