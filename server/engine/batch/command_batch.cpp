#include "server/engine/batch/command_batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json_object.hpp"
#include "server/engine/batch/placing.hpp"
#include "server/participants/payment_check.hpp"

namespace sagactl {
namespace {

std::string lock_metadata(const LockGrant* lock) {
  if (!lock) return {};
  return JsonObject()
      .add("lockKey", lock->key)
      .add("fencingToken", lock->fencing_token)
      .add("lockAcquiredAt", lock->acquired_at.us)
      .take();
}

Result<void> check_unchanged(const Flow& flow, const std::vector<Timestamp>& if_updated_at) {
  const auto is_present = [&](Timestamp seen) { return !flow.saga || seen == flow.saga->updated_at; };
  if (if_updated_at.empty() || std::any_of(if_updated_at.begin(), if_updated_at.end(), is_present)) return {};
  return Error{ErrorCode::conflict, "the saga has changed since it was read; read it again",
               Json{{"code", "SAGA_CHANGED"}}};
}

// Whether a charge may be in effect, or on its way, that did not wait for the shop. Another one beside it, under the
// shop's key, could be made as well.
bool may_be_charging(const Flow& flow, const Policy& policy) {
  const Payment& payment = flow.payments.back();
  if (payment.provider_key.empty() && payment.charge_began_at != Timestamp{}) return true;
  if (!flow.saga || waits_for_shop(flow, policy)) return false;
  const std::size_t open = open_step(*flow.saga);
  return open < flow.saga->steps.size() && flow.saga->steps[open].in_doubt;
}

Flow without_barriers(const Flow& flow) {
  return Flow{flow.order, flow.saga, flow.payments, {}, flow.reservations};
}

}  // namespace

CommandBatch::CommandBatch(Loaded loaded, const Writer& writer, std::int64_t last_sequence, const Policy& policy, Timestamp now,
             SteadyTime node_now, Random& random)
    : writer_(writer),
      began_(now),
      now_(now),
      node_now_(node_now),
      random_(random),
      sequence_(last_sequence),
      policy_(policy) {
  for (Flow& flow : loaded.flows) {
    Work& work = works_.emplace_back();
    work.payments_stored = flow.payments.size();
    work.payment_changed.resize(flow.payments.size());
    work.barriers_stored = flow.barriers.size();
    work.version_loaded = flow.saga ? flow.saga->version : 0;
    work.flow = std::move(flow);
    by_order_.emplace(work.flow.order.id, &work);
  }
  for (const Claim& claim : loaded.claims) claims_.emplace(claim.key, claim);
  for (Stock& stock : loaded.stocks) stocks_.put(std::move(stock));
  absent_stocks_.insert(loaded.absent_stocks.begin(), loaded.absent_stocks.end());
  for (User& user : loaded.users) users_.push_back(std::move(user));
  for (Replay& replay : loaded.replays) replays_.push_back(std::move(replay));
  replays_loaded_ = replays_.size();
  for (LastEvent& place : loaded.last_events) last_events_.emplace(place.flow, std::move(place));
}

// Times increase within a batch as well, so that the order of decisions can be read from them.
Moment CommandBatch::next_moment() {
  now_ = now_ + Duration{1};
  return Moment{now_, writer_.node, writer_.epoch, random_.next()};
}

Result<Receipt> CommandBatch::apply(const Command& command) {
  moment_ = next_moment();
  return std::visit([&](const auto& it) { return on(it); }, command);
}

Result<const CommandBatch::Work*> CommandBatch::find(OrderId id, const Actor& actor, std::string_view what) const {
  const auto found = by_order_.find(id);
  if (found == by_order_.end() || !actor.may_touch(found->second->flow.order.user))
    return Error{ErrorCode::not_found, fmt::format("{} not found", what)};
  return found->second;
}

Result<void> CommandBatch::check_claim(const std::string& idempotency_key, OrderId order) const {
  const auto found = claims_.find(digest_of_key(idempotency_key));
  if (found == claims_.end() || !found->second.live || found->second.order == order) return {};
  return Error{ErrorCode::conflict, "Order with this product combination already exists",
               Json{{"error", "DUPLICATE_ORDER"},
                    {"existingOrderId", found->second.order.text()},
                    {"idempotencyKey", idempotency_key},
                    {"code", "ORDER_ALREADY_EXISTS"}}};
}

Result<Receipt> CommandBatch::on(const PlaceOrder& command) {
  if (command.replay) {
    const auto known = std::find_if(replays_.begin(), replays_.end(),
                                    [&](const Replay& r) { return r.key == command.replay->key; });
    if (known != replays_.end()) {
      if (known->request_digest == command.replay->request_digest) return Receipt{{}, {}, {}, *known};
      return Error{ErrorCode::invalid, "this Idempotency-Key was used for another request; use a new one",
                   Json{{"code", "IDEMPOTENCY_KEY_REUSED"}}};
    }
  }
  auto items = items_of(command, stocks_);
  if (!items) return items.error();
  // An order that waited for longer than its lock lives is placed without: somebody else may have the lock now, and may
  // have written under it. That its key is free is what the claim says.
  const LockGrant* const lock = command.lock && node_now_ < command.lock_until ? &*command.lock : nullptr;
  CreateOrder create{command.id,      command.actor.user,               std::move(*items),   command.address,
                     key_of(command), lock ? lock->fencing_token : 0, lock_metadata(lock), command.customer};
  if (!create.idempotency_key.empty()) {
    const auto free = check_claim(create.idempotency_key, command.id);
    if (!free) return free.error();
  }
  auto created = create_order(create, moment_);
  if (!created) return created.error();

  const SagaDefinition* found = find_definition(command.saga);
  if (!found) return Error{ErrorCode::bug, fmt::format("there is no saga '{}'", command.saga)};
  const SagaDefinition& definition = *found;
  Draft draft = draft_of({});
  draft.flow.order = std::move(created->order);
  draft.flow.writer = writer_.node;
  draft.events = std::move(created->events);
  draft.flow.saga = new_saga(definition, saga_of(command.id), moment_);
  draft.flow.saga->correlation = command.correlation;
  draft.flow.saga->trace_parent = command.trace_parent;
  const auto started = command_saga(draft, StartSaga{});
  if (!started) return started.error();
  auto receipt = accept(std::move(draft));
  if (receipt && command.replay) {
    auto [status, body] = command.replay->render(*receipt);
    replays_.push_back({command.replay->key, command.replay->request_digest, status, std::move(body), moment_.now});
  }
  return receipt;
}

Result<Receipt> CommandBatch::on(const CancelOrderRequest& command) {
  const auto work = find(command.order, command.actor, "Order");
  if (!work) return work.error();
  Draft draft = draft_of((*work)->flow);
  auto cancelled = decide(draft.flow.order, CancelOrder{command.reason, command.actor.user.text()}, moment_);
  if (!cancelled) return cancelled.error();
  draft.flow.order = std::move(cancelled->order);
  draft.events = std::move(cancelled->events);
  const bool goes_back = draft.flow.saga && draft.flow.saga->status != SagaStatus::compensating &&
                         draft.flow.saga->status != SagaStatus::compensated;
  if (goes_back) {
    const auto compensating = command_saga(draft, CompensateSaga{command.reason});
    if (!compensating) return compensating.error();
  }
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const ConfirmOrderRequest& command) {
  const auto work = find(command.order, command.actor, "Order");
  if (!work) return work.error();
  Draft draft = draft_of((*work)->flow);
  auto confirmed = decide(draft.flow.order, ConfirmOrder{command.payment_id}, moment_);
  if (!confirmed) return confirmed.error();
  draft.flow.order = std::move(confirmed->order);
  draft.events = std::move(confirmed->events);
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const ConfirmPaymentRequest& command) {
  const auto work = find(command.order, command.actor, "Order");
  if (!work) return work.error();
  Draft draft = draft_of((*work)->flow);
  const Order& order = draft.flow.order;
  if (command.amount != order.total)
    return Error{ErrorCode::invalid, fmt::format("amount is {}; the order's total amount is {}",
                                                 command.amount.text(), order.total.text())};
  if (draft.flow.payments.empty())
    return Error{ErrorCode::conflict, fmt::format("order {} has no payment to confirm", order.id.text())};
  Payment& payment = draft.flow.payments.back();
  if (payment.provider_key == command.provider_key) return Receipt{without_barriers(draft.flow), {}, {}, {}};
  const bool was_used = std::any_of(draft.flow.payments.begin(), draft.flow.payments.end() - 1, [&](const Payment& it) {
    return it.provider_key == command.provider_key;
  });
  if (was_used)
    return Error{ErrorCode::conflict, fmt::format("an earlier payment of order {} was made under that key; the buyer has "
                                                  "to pay anew, under another",
                                                  order.id.text())};
  if (payment.status != PaymentStatus::processing || !payment.provider_key.empty())
    return Error{ErrorCode::conflict,
                 fmt::format("the payment of order {} is {} under another key", order.id.text(),
                             to_string(payment.status)),
                 Json{{"paymentStatus", to_string(payment.status)}}};
  if (may_be_charging(draft.flow, policy_))
    return Error{ErrorCode::conflict, fmt::format("the payment of order {} is under way and waits for no confirmation",
                                                  order.id.text())};
  payment.provider_key = command.provider_key;
  payment.updated_at = moment_.now;
  const auto proceeded = command_saga(draft, ProceedSaga{});
  if (!proceeded) return proceeded.error();
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const CompensateRequest& command) {
  const auto work = find(order_of(command.saga), command.actor, "Saga");
  if (!work) return work.error();
  if (const auto same = check_unchanged((*work)->flow, command.if_updated_at); !same) return same.error();
  Draft draft = draft_of((*work)->flow);
  const auto done = command_saga(draft, CompensateSaga{command.reason, command.actor.user.text()});
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const RetryRequest& command) {
  const auto work = find(order_of(command.saga), command.actor, "Saga");
  if (!work) return work.error();
  if (const auto same = check_unchanged((*work)->flow, command.if_updated_at); !same) return same.error();
  Draft draft = draft_of((*work)->flow);
  if (retry_refunds(draft.flow, moment_)) {
    check_payments(draft);
    return accept(std::move(draft));
  }
  const Order& order = draft.flow.order;
  if (may_claim_again(draft.flow)) {
    const auto free = check_claim(order.idempotency_key, order.id);
    if (!free) return free.error();
  }
  RetrySaga retry{command.actor.user.text(), command.recharge, false};
  for (const Payment& payment : draft.flow.payments) retry.was_refunded |= payment.status == PaymentStatus::refunded;
  const auto done = command_saga(draft, retry);
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::accept(Draft draft) {
  if (auto loaded = check_loaded(draft); !loaded) return loaded.error();
  Receipt receipt;
  receipt.flow = without_barriers(draft.flow);
  write(std::move(draft));
  return receipt;
}

void CommandBatch::write(Draft draft) {
  const OrderId id = draft.flow.order.id;
  Work*& work = by_order_[id];
  record(std::move(draft.events), &draft.flow);
  keep(draft.stocks);
  std::move(draft.gateway_calls.begin(), draft.gateway_calls.end(), std::back_inserter(gateway_calls_));
  std::move(draft.remote_calls.begin(), draft.remote_calls.end(), std::back_inserter(remote_calls_));
  std::move(draft.remote_replies.begin(), draft.remote_replies.end(), std::back_inserter(remote_replies_));
  tried_again_.insert(tried_again_.end(), draft.tried_again.begin(), draft.tried_again.end());
  if (!work) {
    work = &works_.emplace_back();
    work->new_order = work->new_saga = true;
    work->reservations_changed = !draft.flow.reservations.empty();
    update_claim(draft.flow.order);
  } else {
    const Flow& before = work->flow;
    if (before.order.version != draft.flow.order.version) {
      work->order_changed = true;
      if (is_live(before.order.status) != is_live(draft.flow.order.status)) update_claim(draft.flow.order);
    }
    work->new_saga |= !before.saga && draft.flow.saga;
    work->saga_changed |= before.saga != draft.flow.saga;
    work->reservations_changed |=
        before.reservations != draft.flow.reservations || next_check_at(before) != next_check_at(draft.flow);
    work->reservations_changed |= draft.is_looked_at;
    work->writer_changed |= before.writer != draft.flow.writer;
    for (std::size_t i = 0; i < work->payments_stored; ++i)
      if (before.payments[i] != draft.flow.payments[i]) work->payment_changed[i] = true;
  }
  work->flow = std::move(draft.flow);
}

// `flow` null: the events belong to none. The first of a flow that another node wrote last follows that one's.
void CommandBatch::record(std::vector<Event> events, Flow* flow) {
  if (flow && !events.empty() && flow->writer != writer_.node) {
    const auto last = last_events_.find(flow->order.id);
    if (last != last_events_.end() && last->second.node != writer_.node)
      events.front().after = {last->second.node, last->second.sequence};
    flow->writer = writer_.node;
  }
  for (Event& event : events) {
    event.node = writer_.node;
    event.sequence = ++sequence_;
    event.occurred_at = moment_.now;
    if (flow && flow->saga) {
      event.correlation = flow->saga->correlation;
      event.trace_parent = flow->saga->trace_parent;
      event.saga_type = flow->saga->type;
    }
    events_.push_back(std::move(event));
  }
}

void CommandBatch::update_claim(const Order& order) {
  if (!order.holds_key) return;
  const KeyDigest key = digest_of_key(order.idempotency_key);
  claims_[key] = Claim{key, order.id, is_live(order.status)};
  claims_changed_.push_back(key);
}

Changes CommandBatch::changes() const {
  Changes out;
  out.latest = now_;
  for (const Work& work : works_) {
    const Flow& flow = work.flow;
    if (work.new_order) out.new_orders.push_back(&flow.order);
    else if (work.order_changed) out.orders.push_back(&flow.order);
    if (work.new_saga) out.new_sagas.push_back(&*flow.saga);
    else if (work.saga_changed && flow.saga) out.sagas.push_back(&*flow.saga);
    for (std::size_t i = 0; i < flow.payments.size(); ++i) {
      if (i >= work.payments_stored) out.new_payments.push_back(&flow.payments[i]);
      else if (work.payment_changed[i]) out.payments.push_back(&flow.payments[i]);
    }
    for (std::size_t i = work.barriers_stored; i < flow.barriers.size(); ++i)
      out.barriers.emplace_back(flow.order.id, &flow.barriers[i]);
    if (work.reservations_changed) out.reservations.push_back({flow.order.id, &flow.reservations, next_check_at(flow)});
    if (work.writer_changed) out.taken_over.push_back(flow.order.id);
  }
  for (const StockKey& key : stocks_changed_) out.stocks.push_back(stocks_.find(key));
  for (const KeyDigest& key : claims_changed_) out.claims.push_back(&claims_.at(key));
  for (const Event& event : events_) out.events.push_back(&event);
  out.users = users_changed_;
  for (std::size_t i = replays_loaded_; i < replays_.size(); ++i) out.replays.push_back(&replays_[i]);
  return out;
}

// A timer that stands further ahead than any wait of the definition was set by a clock that has been set back since.
std::vector<Wake> CommandBatch::wakes() const {
  std::vector<Wake> out;
  for (const Work& work : works_) {
    if (!work.flow.saga || !(work.new_saga || work.saga_changed)) continue;
    const Saga& saga = *work.flow.saga;
    Wake& wake = out.emplace_back();
    wake.order = work.flow.order.id;
    if (is_terminal(saga.status) || !saga.wake_at) continue;
    const SagaDefinition* definition = find_definition(saga.type);
    wake.at = saga.wake_at;
    wake.in = std::clamp(*saga.wake_at - now_, Duration{0}, definition ? longest_wait(*definition) : Duration{0});
  }
  return out;
}

}  // namespace sagactl
