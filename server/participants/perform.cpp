#include "server/participants/perform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/participants/barrier.hpp"

namespace sagactl {
namespace {

Payment* payment_of_attempt(Flow& flow, int attempt) {
  const auto found = std::find_if(flow.payments.begin(), flow.payments.end(),
                                  [&](const Payment& payment) { return payment.attempt == attempt; });
  return found == flow.payments.end() ? nullptr : &*found;
}

Performed answered(Outcome outcome) { return Performed{std::move(outcome), {}, {}}; }

// Where a command does its work.
struct Site {
  Flow& flow;
  StockBook& stocks;
  const StepCall& call;
  const Policy& policy;
  const Moment& moment;

  // Ids of one decision differ by `which`.
  Uuid fresh_id(std::uint64_t which) const {
    return make_uuid_v7(moment.now, moment.entropy + which, (moment.entropy ^ which) * 0x9E3779B97F4A7C15ull);
  }
};

// A rejection by a participant's decider is a refusal of the step.
Performed apply_order(const Site& site, const OrderCommand& command) {
  auto decision = decide(site.flow.order, command, site.moment);
  if (!decision) return answered(Refused{decision.error().message});
  site.flow.order = std::move(decision->order);
  return Performed{Succeeded{}, std::move(decision->events), {}};
}

Performed create_order(const Site& site) {
  // The first attempt is the order's own creation, in this very commit.
  if (site.call.attempt == 1) return answered(Succeeded{});
  return apply_order(site, ReopenOrder{});
}

Performed cancel_order(const Site& site) {
  const Flow& flow = site.flow;
  return apply_order(site, CancelOrder{flow.saga && !flow.saga->error.empty() ? flow.saga->error : "compensated"});
}

Performed confirm_order(const Site& site) {
  std::string payment;
  for (const Payment& p : site.flow.payments)
    if (p.status == PaymentStatus::completed) payment = p.id.text();
  return apply_order(site, ConfirmOrder{payment});
}

Performed notify_buyer(const Site& site) { return apply_order(site, NotifyBuyer{}); }

GatewayCall gateway_call(GatewayCall::Kind kind, const Site& site, const Payment& payment) {
  const Flow& flow = site.flow;
  GatewayCall out;
  out.kind = kind;
  out.saga = site.call.saga;
  out.step = site.call.step;
  out.direction = site.call.direction;
  out.attempt = site.call.attempt;
  out.amount = flow.order.total;
  out.provider_key = payment.provider_key;
  if (flow.saga) {
    out.trace_parent = flow.saga->trace_parent;
    out.saga_type = flow.saga->type;
  }
  for (const OrderItem& item : flow.order.items) out.product_ids.push_back(item.product_id);
  return out;
}

Performed waiting_for(GatewayCall call) { return Performed{std::nullopt, {}, std::move(call)}; }

Performed charge(const Site& site) {
  Flow& flow = site.flow;
  Payment* payment = payment_of_attempt(flow, site.call.attempt);
  if (!payment) {
    const PaymentId id{site.fresh_id(0)};
    flow.payments.push_back(
        begin_payment(id, flow.order.id, flow.order.user, site.call.attempt, flow.order.total, site.moment));
    payment = &flow.payments.back();
  }
  if (site.policy.shop_confirms && payment->provider_key.empty() && flow.saga && is_checkout(flow.saga->type))
    return answered(Awaited{"the shop has not confirmed the payment"});
  using Kind = GatewayCall::Kind;
  return waiting_for(gateway_call(site.call.ask_first ? Kind::query_or_charge : Kind::charge, site, *payment));
}

Performed refund(const Site& site) {
  const Payment* payment = payment_of_attempt(site.flow, site.call.attempt);
  using Kind = GatewayCall::Kind;
  if (payment && payment->status == PaymentStatus::processing)
    return waiting_for(gateway_call(Kind::query_and_refund, site, *payment));
  if (payment && payment->status == PaymentStatus::completed)
    return waiting_for(gateway_call(Kind::refund, site, *payment));
  return answered(Succeeded{});
}

Reservation* reservation_of(Flow& flow, StockKind kind, int attempt) {
  const auto found = std::find_if(flow.reservations.begin(), flow.reservations.end(), [&](const Reservation& r) {
    return r.kind == kind && r.attempt == attempt;
  });
  return found == flow.reservations.end() ? nullptr : &*found;
}

std::vector<ReservationLine> lines_of(const Order& order, StockKind kind) {
  std::vector<ReservationLine> lines;
  if (kind == StockKind::balance) {
    lines.push_back({order.customer, order.total.cents});
  } else {
    for (const OrderItem& item : order.items)
      lines.push_back({kind == StockKind::slots ? order.customer : item.product_id, item.quantity});
  }
  return lines;
}

template <StockKind kind>
Performed reserve_stock(const Site& site) {
  Flow& flow = site.flow;
  Reserve command;
  command.id = ReservationId{site.fresh_id(1 + static_cast<std::uint64_t>(kind))};
  command.order = flow.order.id;
  command.kind = kind;
  command.attempt = site.call.attempt;
  command.lines = lines_of(flow.order, kind);
  command.time_to_live = site.policy.reservation_ttl;
  auto decision = reserve(site.stocks, command, site.moment);
  const std::string reason = decision.reservation.reason;
  flow.reservations.push_back(std::move(decision.reservation));
  return Performed{reason.empty() ? Outcome{Succeeded{}} : Outcome{Refused{reason}}, std::move(decision.events), {}};
}

template <StockKind kind>
Performed release_stock(const Site& site) {
  Reservation* reservation = reservation_of(site.flow, kind, site.call.attempt);
  if (!reservation) return answered(Succeeded{});
  auto decision = release(site.stocks, *reservation, site.flow.order.id, site.moment);
  *reservation = std::move(decision.reservation);
  return Performed{Succeeded{}, std::move(decision.events), {}};
}

// Confirms what was reserved last. The step that does it has attempts of its own.
template <StockKind kind>
Performed confirm_stock(const Site& site) {
  std::vector<Reservation>& all = site.flow.reservations;
  const auto latest =
      std::find_if(all.rbegin(), all.rend(), [](const Reservation& reservation) { return reservation.kind == kind; });
  if (latest == all.rend()) return answered(Refused{"nothing was reserved"});
  auto decision = confirm(site.stocks, *latest, site.flow.order.id, site.moment);
  if (!decision) return answered(Refused{decision.error().message});
  *latest = std::move(decision->reservation);
  return Performed{Succeeded{}, std::move(decision->events), {}};
}

// The stock is sold and the order is complete, or neither.
Performed complete_order(const Site& site) {
  Performed sold = confirm_stock<StockKind::product>(site);
  if (!std::holds_alternative<Succeeded>(*sold.outcome)) return sold;
  Performed confirmed = confirm_order(site);
  std::move(confirmed.events.begin(), confirmed.events.end(), std::back_inserter(sold.events));
  return Performed{std::move(confirmed.outcome), std::move(sold.events), {}};
}

// Whether the participant knows anything of this step and attempt.
bool payment_begun(const Site& site) { return payment_of_attempt(site.flow, site.call.attempt) != nullptr; }
bool order_begun(const Site& site) { return site.flow.order.version > 0; }
template <StockKind kind>
bool reservation_begun(const Site& site) {
  return reservation_of(site.flow, kind, site.call.attempt) != nullptr;
}

struct ParticipantCommand {
  std::string_view name;
  Performed (*run)(const Site&);
  bool (*begun)(const Site&);
};

constexpr std::array commands = {
    ParticipantCommand{"order.create", create_order, order_begun},
    ParticipantCommand{"order.cancel", cancel_order, order_begun},
    ParticipantCommand{"order.confirm", confirm_order, order_begun},
    ParticipantCommand{"order.complete", complete_order, order_begun},
    ParticipantCommand{"order.notify", notify_buyer, order_begun},
    ParticipantCommand{"payment.charge", charge, payment_begun},
    ParticipantCommand{"payment.refund", refund, payment_begun},
    ParticipantCommand{"inventory.reserve", reserve_stock<StockKind::product>, reservation_begun<StockKind::product>},
    ParticipantCommand{"inventory.release", release_stock<StockKind::product>, reservation_begun<StockKind::product>},
    ParticipantCommand{"item.reserve", reserve_stock<StockKind::item>, reservation_begun<StockKind::item>},
    ParticipantCommand{"item.release", release_stock<StockKind::item>, reservation_begun<StockKind::item>},
    ParticipantCommand{"item.confirm", confirm_stock<StockKind::item>, reservation_begun<StockKind::item>},
    ParticipantCommand{"slots.reserve", reserve_stock<StockKind::slots>, reservation_begun<StockKind::slots>},
    ParticipantCommand{"slots.release", release_stock<StockKind::slots>, reservation_begun<StockKind::slots>},
    ParticipantCommand{"slots.confirm", confirm_stock<StockKind::slots>, reservation_begun<StockKind::slots>},
    ParticipantCommand{"balance.reserve", reserve_stock<StockKind::balance>, reservation_begun<StockKind::balance>},
    ParticipantCommand{"balance.release", release_stock<StockKind::balance>, reservation_begun<StockKind::balance>},
    ParticipantCommand{"balance.confirm", confirm_stock<StockKind::balance>, reservation_begun<StockKind::balance>},
};

// Applies one payment command and appends its events.
Result<void> change_payment(Payment& payment, const PaymentCommand& command, const Moment& moment,
                            std::vector<Event>& events) {
  auto decision = decide(payment, command, moment);
  if (!decision) return decision.error();
  payment = std::move(decision->payment);
  std::move(decision->events.begin(), decision->events.end(), std::back_inserter(events));
  return {};
}

Result<void> record_refund(Payment& payment, const GatewayReply& gateway, const Moment& moment,
                           std::vector<Event>& events) {
  if (payment.status == PaymentStatus::processing) {
    // It was in doubt until the gateway was asked: not charged, or charged and now given back.
    if (gateway.external_transaction_id.empty())
      return change_payment(payment, RecordRefusal{"undone before it was charged"}, moment, events);
    const auto charged = change_payment(payment, RecordCharge{gateway.external_transaction_id}, moment, events);
    if (!charged) return charged;
  }
  if (payment.status == PaymentStatus::failed) return {};
  return change_payment(payment, RecordRefund{}, moment, events);
}

}  // namespace

std::vector<StockKey> stocks_of(const Flow& flow) {
  std::vector<StockKey> keys;
  if (!flow.saga || flow.saga->type == order_processing_saga) return keys;
  const auto add = [&](StockKind kind) {
    for (ReservationLine& line : lines_of(flow.order, kind)) keys.push_back({kind, std::move(line.stock)});
  };
  if (is_checkout(flow.saga->type)) add(StockKind::product);
  if (flow.saga->type == item_purchase_saga)
    for (const StockKind kind : {StockKind::item, StockKind::balance, StockKind::slots}) add(kind);
  return keys;
}

Result<Performed> perform(std::string_view command, Flow& flow, StockBook& stocks, const StepCall& call,
                          const Policy& policy, const Moment& moment) {
  const auto found =
      std::find_if(commands.begin(), commands.end(), [&](const auto& it) { return it.name == command; });
  if (found == commands.end())
    return Error{ErrorCode::bug, fmt::format("no participant has the command '{}'", command)};
  const Site site{flow, stocks, call, policy, moment};
  if (auto known = answer_from_barriers(flow.barriers, call, found->begun(site))) return answered(std::move(*known));
  Performed performed = found->run(site);
  if (performed.outcome)
    record_barrier(flow.barriers, call.step, call.direction, call.attempt, *performed.outcome);
  return performed;
}

Result<std::vector<Event>> record_reply(std::string_view command, Flow& flow, const StepReply& reply,
                                        const GatewayReply& gateway, const Moment& moment) {
  std::vector<Event> events;
  const auto* refused = std::get_if<Refused>(&reply.outcome);
  const bool succeeded = std::holds_alternative<Succeeded>(reply.outcome);
  if (!refused && !succeeded) return events;
  Payment* payment = payment_of_attempt(flow, reply.attempt);
  if (!payment) return Error{ErrorCode::bug, fmt::format("a reply to {} names no payment", command)};
  Result<void> recorded;
  if (command == "payment.charge") {
    recorded = succeeded ? change_payment(*payment, RecordCharge{gateway.external_transaction_id}, moment, events)
                         : change_payment(*payment, RecordRefusal{refused->reason}, moment, events);
  } else if (succeeded) {
    recorded = record_refund(*payment, gateway, moment, events);
  }
  if (!recorded) return recorded.error();
  record_barrier(flow.barriers, reply.step, reply.direction, reply.attempt, reply.outcome);
  return events;
}

}  // namespace sagactl
