// What a server said to the request for an order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.hpp"
#include "common/money.hpp"
#include "loadgen/json_members.hpp"
#include "loadgen/ledger.hpp"
#include "loadgen/profile.hpp"

namespace sagactl {

struct OrderAnswer {
  Uuid order;                   // order_ref of its id; nil when there is none
  std::string_view order_name;  // the id where it is no UUID; a part of the body
  Uuid correlation;
  ClaimedStatus status = ClaimedStatus::none;
  std::optional<Money> total;  // a number or a text
  bool is_duplicate = false;   // a tell of the profile is there
  friend bool operator==(const OrderAnswer&, const OrderAnswer&) = default;
};

// Reads the members of a body that a profile points at, and allocates nothing: this runs for every answer,
// and the JSON library takes as long for a body as all the rest of the request. Of a body that is cut off or
// no JSON, what stands before the fault. Any number of threads may use one.
class AnswerPlan {
 public:
  explicit AnswerPlan(const Profile& profile);

  OrderAnswer read(std::string_view body) const;
  RequestOutcome outcome_of(int http_status, const OrderAnswer& answer) const;

 private:
  enum class Field : std::uint8_t { order, correlation, status, total, duplicate };
  struct Wanted {
    std::vector<std::string> path;
    Field field = Field::order;
    std::uint8_t rank = 0;            // of the pointers to one field the lowest that is there counts
    std::vector<std::string> values;  // duplicate
  };
  struct Reading {
    OrderAnswer answer;
    std::uint8_t order_rank = 255, correlation_rank = 255, status_rank = 255, total_rank = 255;
  };
  void want(Field field, const std::vector<std::string>& pointers);
  void walk(std::string_view text, std::size_t depth, std::uint32_t candidates, Reading& reading) const;
  void take(const Wanted& wanted, const JsonMembers::Member& member, Reading& reading) const;

  std::vector<Wanted> wanted_;
  OutcomeRules rules_;
  bool ids_are_uuids_;
};

}  // namespace sagactl
