// Reads what a server answered to an order request.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.hpp"
#include "common/money.hpp"
#include "common/text/json_members.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

struct OrderAnswer {
  Uuid order;              // order_ref of its id; nil: none
  std::string order_name;  // the id as received, if it differs from `order`
  Uuid correlation;
  ClaimedStatus status = ClaimedStatus::none;
  std::optional<Money> total;  // a number or a text
  bool is_duplicate = false;   // a marker of the profile matches
  bool is_refused = false;     // one of those that say so
  // GraphQL: the answer has errors, and the message of the first. Unclear: the server does not know what it did.
  bool has_errors = false, is_unclear = false;
  std::string error = {};
  friend bool operator==(const OrderAnswer&, const OrderAnswer&) = default;
};

// The path of a JSON pointer: "/a~1b/0" is "a/b", "0" (RFC 6901).
std::vector<std::string> pointer_path(std::string_view pointer);
// The text at a place in `text`, which is the header or the body that it names; a complete body only if it is no JSON
// object or list and no markup. In `text` or in `room`; nothing for none or an empty one.
std::optional<std::string_view> text_at(const TextLocation& place, std::string_view text, std::string& room);

// Reads the members of a body that a profile points at, without allocating except for an id that is not a plain UUID:
// it runs for every answer, and the JSON library would take as long for a body as the rest of the request. For a body
// that is cut off or not JSON, it reads what precedes the error. Thread-safe.
class AnswerPlan {
 public:
  explicit AnswerPlan(const Profile& profile);

  // The headers that it needs, in lower case.
  const std::vector<std::string>& headers() const { return headers_; }

  // Adds a header (in lower case) to those, and returns its place. Before the first answer.
  std::size_t header_place(const std::string& name);

  // `values`: those of headers(), in the same order; "" for a missing header.
  OrderAnswer read(std::string_view body, std::span<const std::string> values = {}) const;
  // From the same values: the target of a redirect ("": none), and how long the server keeps the connection, minus a
  // margin (0: unknown).
  std::string_view location(std::span<const std::string> values) const;
  // Whether it looks for anything in the body.
  bool reads_body() const;
  // How the body is compressed ("": not at all).
  std::string_view coding(std::span<const std::string> values) const;
  std::int64_t keep_alive_ns(std::span<const std::string> values) const;
  RequestOutcome outcome_of(int http_status, const OrderAnswer& answer) const;
  // False for a status below 400 of which the profile does not say what it means.
  bool describes(int http_status) const;

 private:
  enum class Field : std::uint8_t { order, correlation, status, total, duplicate, refused, errors };
  struct WantedMember {
    std::vector<std::string> path;
    Field field = Field::order;
    std::uint8_t rank = 0;            // of several pointers to a field, the existing one with the lowest rank counts
    std::vector<std::string> values;  // duplicate, refused
  };
  struct AnswerWalk {
    OrderAnswer answer;
    std::uint8_t order_rank = 255, correlation_rank = 255, status_rank = 255, total_rank = 255;
  };
  void want(Field field, const std::vector<std::string>& pointers);
  void want_marker(Field field, const AnswerMarker& marker);
  void walk(std::string_view text, std::size_t depth, std::uint32_t candidates, AnswerWalk& reading) const;
  void take(const WantedMember& wanted, const JsonMember& member, AnswerWalk& reading) const;
  bool take_order(std::string_view id, OrderAnswer& answer) const;
  static void take_errors(const JsonMember& member, OrderAnswer& answer);
  void read_texts(std::string_view body, std::span<const std::string> values, OrderAnswer& answer) const;

  struct OrderIdLocation {
    TextLocation text;
    std::size_t header = 0;  // in headers_; no_header: the body
  };
  struct HeaderMarker {
    std::size_t header = 0;
    Field field = Field::duplicate;
    std::vector<std::string> values;
  };
  static constexpr std::size_t no_header = static_cast<std::size_t>(-1);

  std::vector<WantedMember> wanted_;
  std::vector<OrderIdLocation> locations_;
  std::vector<HeaderMarker> header_markers_;  // in headers
  std::vector<std::string> headers_ = {"location", "keep-alive", "content-encoding"};
  OutcomeRules rules_;
  bool ids_are_uuids_;
};

}  // namespace sagactl
