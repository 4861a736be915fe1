#include "cli/import/judge.hpp"

#include <fmt/format.h>

namespace sagactl {

OrderThere kind_of(OrderStatus status) {
  switch (status) {
    case OrderStatus::pending:
    case OrderStatus::processing:
      return OrderThere::open;
    case OrderStatus::paid:
    case OrderStatus::shipped:
    case OrderStatus::delivered:
      return OrderThere::done;
    case OrderStatus::cancelled:
    case OrderStatus::failed:
      return OrderThere::undone;
  }
  return OrderThere::open;
}

PaymentThere kind_of(const std::optional<SourcePayment>& payment) {
  if (!payment) return PaymentThere::none;
  switch (payment->status) {
    case PaymentStatus::pending:
    case PaymentStatus::processing:
      return PaymentThere::open;
    case PaymentStatus::completed:
      return PaymentThere::taken;
    case PaymentStatus::failed:
      return PaymentThere::refused;
    case PaymentStatus::refunded:
      return PaymentThere::returned;
  }
  return PaymentThere::none;
}

namespace {

JudgedAs left(std::string why) {
  return {Judgement::left_to_a_person, std::move(why)};
}

std::string wrong_amount(const SourceOrder& order) {
  return fmt::format("its payment is of {}, its total is {}", order.payment->amount.text(), order.total.text());
}

JudgedAs judge_open(const SourceOrder& order, Duration limit, const ReplayOptions& options) {
  if (options.is_live) return {Judgement::not_yet, "nodes are connected to its database and may be at work on it"};
  switch (kind_of(order.payment)) {
    case PaymentThere::taken:
      if (order.payment->amount != order.total) return left(wrong_amount(order));
      if (order.saga && order.saga->status != SagaStatus::started && order.saga->status != SagaStatus::completed)
        return left(fmt::format("it was paid, but its saga is {}", to_string(order.saga->status)));
      return {Judgement::ended_completed, "it was paid, and not confirmed"};
    case PaymentThere::refused:
      return {Judgement::ended_compensated, "its payment failed, and it was not cancelled"};
    case PaymentThere::returned:
      return {Judgement::ended_compensated, "its payment was refunded, and it was not cancelled"};
    case PaymentThere::open:
      return left(
          fmt::format("its payment is {}: nobody recorded whether it was charged", to_string(order.payment->status)));
    case PaymentThere::none:
      break;
  }
  const bool is_started = order.saga && order.saga->status == SagaStatus::started;
  if (is_started && options.now - order.saga->created_at < limit && order.saga->created_at <= options.now)
    return {Judgement::taken_up, "nothing was paid; the nodes here go on with the payment"};
  return {Judgement::ended_compensated, is_started ? fmt::format("nothing was paid within {}", format_duration(limit))
                                                   : std::string("nothing was paid, and no saga was at work on it")};
}

}  // namespace

JudgedAs judge(const SourceOrder& order, Duration limit, const ReplayOptions& options) {
  const std::string status(to_string(order.status));
  const PaymentThere payment = kind_of(order.payment);
  switch (kind_of(order.status)) {
    case OrderThere::open:
      return judge_open(order, limit, options);
    case OrderThere::done:
      if (payment == PaymentThere::none) return left(fmt::format("it is {} and has no payment", status));
      if (payment != PaymentThere::taken)
        return left(fmt::format("it is {}, but its payment is {}", status, to_string(order.payment->status)));
      if (order.payment->amount != order.total) return left(wrong_amount(order));
      if (order.saga && order.saga->status == SagaStatus::compensated)
        return left(fmt::format("it is {} and paid, but its saga is compensated", status));
      return {};
    case OrderThere::undone:
      if (payment == PaymentThere::taken)
        return left(
            fmt::format("it is {}, and its payment of {} was not given back", status, order.payment->amount.text()));
      if (payment == PaymentThere::open)
        return left(fmt::format("it is {}, and its payment is {}: nobody recorded whether it was charged", status,
                                to_string(order.payment->status)));
      return {};
  }
  return {};
}

}  // namespace sagactl
