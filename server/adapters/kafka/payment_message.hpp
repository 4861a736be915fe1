// The messages between nodes and a remote payment participant, as JSON: docs/remote-participants.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/money.hpp"
#include "common/result.hpp"
#include "common/text/spelling.hpp"
#include "common/time.hpp"
#include "server/adapters/kafka/client/message.hpp"
#include "server/participants/payment.hpp"

namespace sagactl::kafka {

inline constexpr const char* payment_commands = "payment-commands";
inline constexpr const char* payment_replies = "payment-replies";
inline constexpr const char* message_id_header = "message-id";
inline constexpr const char* reply_to_header = "reply-to";
inline constexpr const char* in_reply_to_header = "in-reply-to";

enum class PaymentRequest : std::uint8_t { charge, query, refund };
enum class PaymentResult : std::uint8_t { charged, refused, not_charged, refunded, unavailable, unknown };

struct PaymentCommandMessage {
  PaymentRequest request = PaymentRequest::charge;
  std::string message_id;
  std::string order_id;
  std::string charge_key;
  Money amount;                          // of a charge or a refund
  std::vector<std::string> product_ids;  // of a charge
  std::string reply_to;                  // the node that waits for the answer
  std::optional<Timestamp> expires_at;   // of a charge: afterwards nobody waits, and it must not be carried out
  std::string trace_parent;              // may be empty
  std::string payment_key;               // the provider's own, may be empty
};

struct PaymentReplyMessage {
  PaymentResult result = PaymentResult::unknown;
  std::string in_reply_to;
  std::string transaction_id;  // when it is charged
  std::string reason;          // when it is refused, unavailable or unknown
  PaymentFacts facts = {};     // when it is charged
};

Outgoing to_message(const PaymentCommandMessage& command, const std::string& topic_prefix);
Outgoing to_message(const PaymentReplyMessage& reply, const PaymentCommandMessage& command,
                    const std::string& topic_prefix);

// `invalid` says which member is missing or wrong.
Result<PaymentCommandMessage> to_payment_command(const Incoming& message);
Result<PaymentReplyMessage> to_payment_reply(const Incoming& message);

}  // namespace sagactl::kafka

template <>
struct sagactl::Spelling<sagactl::kafka::PaymentRequest> {
  static constexpr std::string_view names[] = {"charge", "query", "refund"};
};
template <>
struct sagactl::Spelling<sagactl::kafka::PaymentResult> {
  static constexpr std::string_view names[] = {"charged",  "refused",     "not_charged",
                                               "refunded", "unavailable", "unknown"};
};
