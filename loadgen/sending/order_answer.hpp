// What a server said to the request for an order.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.hpp"
#include "common/money.hpp"
#include "loadgen/sending/json_members.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

struct OrderAnswer {
  Uuid order;              // order_ref of its id; nil when there is none
  std::string order_name;  // the id as it came, where `order` does not write it so
  Uuid correlation;
  ClaimedStatus status = ClaimedStatus::none;
  std::optional<Money> total;  // a number or a text
  bool is_duplicate = false;   // a tell of the profile is there
  friend bool operator==(const OrderAnswer&, const OrderAnswer&) = default;
};

// Reads the members of a body that a profile points at, and allocates nothing but an id that is no plain UUID: this
// runs for every answer, and the JSON library takes as long for a body as all the rest of the request. Of a body that
// is cut off or no JSON, what stands before the fault. Any number of threads may use one.
class AnswerPlan {
 public:
  explicit AnswerPlan(const Profile& profile);

  // The headers that it wants to see, in small letters.
  const std::vector<std::string>& headers() const { return headers_; }

  // `values`: those of headers(), in their order; "" or none for one that did not come.
  OrderAnswer read(std::string_view body, std::span<const std::string> values = {}) const;
  // Of the same values: where a redirection points, and for how long the server keeps the connection, with a margin;
  // "" and 0 where it does not say.
  std::string_view location(std::span<const std::string> values) const;
  // How the body is compressed, which is not undone here; "" where it is not.
  std::string_view coding(std::span<const std::string> values) const;
  std::int64_t kept_ns(std::span<const std::string> values) const;
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
  bool take_order(std::string_view id, OrderAnswer& answer) const;
  void read_texts(std::string_view body, std::span<const std::string> values, OrderAnswer& answer) const;
  std::size_t header_place(const std::string& name);

  struct Place {
    TextPlace text;
    std::size_t header = 0;  // in headers_; no_header: the body
  };
  struct Tell {
    std::size_t header = 0;
    std::vector<std::string> values;
  };
  static constexpr std::size_t no_header = static_cast<std::size_t>(-1);

  std::vector<Wanted> wanted_;
  std::vector<Place> places_;
  std::vector<Tell> tells_;  // in headers
  std::vector<std::string> headers_ = {"location", "keep-alive", "content-encoding"};
  OutcomeRules rules_;
  bool ids_are_uuids_;
};

}  // namespace sagactl
