#include "server/engine/batch/command_batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json_object.hpp"
#include "server/engine/batch/order_placement.hpp"
#include "server/participants/order.hpp"
#include "server/participants/payment_check.hpp"
#include "server/participants/shop_events.hpp"

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

// Whether a charge that did not wait for the shop may be in effect or on its way to the provider. A second one, under
// the shop's key, could then take effect as well.
bool may_be_charging(const Flow& flow, const Policy& policy) {
  const Payment& payment = flow.payments.back();
  if (payment.provider_key.empty() && payment.charge_began_at != Timestamp{}) return true;
  if (!flow.saga || waits_for_shop(flow, policy)) return false;
  const std::size_t open = open_step(*flow.saga);
  return open < flow.saga->steps.size() && flow.saga->steps[open].in_doubt;
}

std::shared_ptr<const Flow> without_barriers(const Flow& flow) {
  return std::make_shared<const Flow>(Flow{flow.order, flow.saga, flow.payments, {}, flow.reservations});
}

}  // namespace

Result<void> check_unchanged(const Flow& flow, const std::vector<Timestamp>& if_updated_at) {
  const auto is_current = [&](Timestamp seen) { return !flow.saga || seen == flow.saga->updated_at; };
  if (if_updated_at.empty() || std::any_of(if_updated_at.begin(), if_updated_at.end(), is_current)) return {};
  return Error{ErrorCode::conflict, "the saga has changed since it was read; read it again",
               Json{{"code", "SAGA_CHANGED"}}};
}

CommandBatch::CommandBatch(Loaded loaded, const Writer& writer, std::int64_t last_sequence, const Policy& policy,
                           Timestamp now, SteadyTime node_now, Random& random)
    : writer_(writer),
      began_(now),
      now_(now),
      node_now_(node_now),
      random_(random),
      sequence_(last_sequence),
      policy_(policy) {
  for (Flow& flow : loaded.flows) {
    TrackedFlow& tracked = flows_.emplace_back();
    tracked.payments_stored = flow.payments.size();
    tracked.payment_changed.resize(flow.payments.size());
    tracked.barriers_stored = flow.barriers.size();
    tracked.version_loaded = flow.saga ? flow.saga->version : 0;
    tracked.flow = std::move(flow);
    flow_by_order_.emplace(tracked.flow.order.id, &tracked);
  }
  for (const Claim& claim : loaded.claims) claims_.emplace(claim.key, claim);
  for (Stock& stock : loaded.stocks) stocks_.put(std::move(stock));
  absent_stocks_.insert(loaded.absent_stocks.begin(), loaded.absent_stocks.end());
  for (User& user : loaded.users) users_.push_back(std::move(user));
  for (Replay& replay : loaded.replays) replays_.push_back(std::move(replay));
  replays_loaded_ = replays_.size();
  for (LastEvent& event : loaded.last_events) last_events_.emplace(event.flow, std::move(event));
}

// Times increase within a batch as well, so that they show the order of the decisions.
Moment CommandBatch::next_moment() {
  now_ = now_ + Duration{1};
  return Moment{now_, writer_.node, writer_.epoch, random_.next()};
}

Result<Receipt> CommandBatch::apply(const Command& command, bool is_awaited) {
  moment_ = next_moment();
  is_awaited_ = is_awaited;
  return std::visit([&](const auto& it) { return on(it); }, command);
}

Result<CommandBatch::Draft> CommandBatch::draft_of_flow(OrderId id, const Actor& actor, std::string_view what) const {
  const auto found = flow_by_order_.find(id);
  if (found == flow_by_order_.end() || !actor.may_touch(found->second->flow.order.user))
    return Error{ErrorCode::not_found, fmt::format("{} not found", what)};
  return draft_of(found->second->flow);
}

Result<CommandBatch::Draft> CommandBatch::draft_of_order(OrderId id, const Actor& actor) const {
  auto draft = draft_of_flow(id, actor, "Order");
  if (draft && !has_order(draft->flow)) return Error{ErrorCode::not_found, "Order not found"};
  return draft;
}

// The claim by which another order holds the key; null: none does.
const Claim* CommandBatch::claim_of_other(const KeyDigest& key, OrderId order) const {
  const auto found = claims_.find(key);
  return found == claims_.end() || !found->second.live || found->second.order == order ? nullptr : &found->second;
}

Result<void> CommandBatch::check_claim(const std::string& idempotency_key, const KeyDigest& digest,
                                       OrderId order) const {
  const Claim* other = claim_of_other(digest, order);
  if (!other) return {};
  return Error{ErrorCode::conflict, "Order with this product combination already exists",
               Json{{"error", "DUPLICATE_ORDER"},
                    {"existingOrderId", other->order.text()},
                    {"idempotencyKey", idempotency_key},
                    {"code", "ORDER_ALREADY_EXISTS"}}};
}

Result<Receipt> CommandBatch::on(const PlaceOrder& command) {
  if (command.replay) {
    const auto replay =
        std::find_if(replays_.begin(), replays_.end(), [&](const Replay& r) { return r.key == command.replay->key; });
    if (replay != replays_.end()) {
      if (replay->request_digest == command.replay->request_digest) return Receipt{{}, {}, {}, *replay};
      return Error{ErrorCode::invalid, "this Idempotency-Key was used for another request; use a new one",
                   Json{{"code", "IDEMPOTENCY_KEY_REUSED"}}};
    }
  }
  auto items = items_of(command, stocks_);
  if (!items) return items.error();
  // An order that waited longer than its lock's time to live is placed without the lock: another node may hold it now
  // and may have written under it. Whether the key is free is decided by the claim.
  const LockGrant* const lock = command.lock && node_now_ < command.lock_until ? &*command.lock : nullptr;
  CreateOrder create{command.id,
                     command.actor.user,
                     std::move(*items),
                     command.address,
                     idempotency_key_of(command),
                     lock ? lock->fencing_token : 0,
                     lock_metadata(lock),
                     command.customer};
  std::optional<KeyDigest> key;
  if (!create.idempotency_key.empty()) {
    key = key_digest_of(command, create.idempotency_key);
    const auto free = check_claim(create.idempotency_key, *key, command.id);
    if (!free) return free.error();
  }
  auto created = create_order(std::move(create), moment_);
  if (!created) return created.error();

  const SagaDefinition* definition = find_definition(command.saga);
  if (!definition) return Error{ErrorCode::bug, fmt::format("there is no saga '{}'", command.saga)};
  Draft draft = draft_of({});
  draft.key = key;
  draft.flow.order = std::move(created->order);
  draft.flow.writer = writer_.node;
  draft.events = std::move(created->events);
  draft.flow.saga = new_saga(*definition, saga_of(command.id), moment_);
  draft.flow.saga->correlation = command.correlation;
  draft.flow.saga->trace_parent = command.trace_parent;
  const auto started = decide_saga(draft, StartSaga{});
  if (!started) return started.error();
  auto receipt = accept(std::move(draft));
  if (receipt && command.replay) {
    auto [status, body] = command.replay->render(*receipt);
    replays_.push_back({command.replay->key, command.replay->request_digest, status, std::move(body), moment_.now});
  }
  return receipt;
}

Result<Receipt> CommandBatch::on(const CancelOrderRequest& command) {
  auto found = draft_of_order(command.order, command.actor);
  if (!found) return found.error();
  Draft draft = std::move(*found);
  auto cancelled = decide(draft.flow.order, CancelOrder{command.reason, command.actor.user.text()}, moment_);
  if (!cancelled) return cancelled.error();
  draft.flow.order = std::move(cancelled->order);
  draft.events = std::move(cancelled->events);
  const bool must_compensate = draft.flow.saga && draft.flow.saga->status != SagaStatus::compensating &&
                               draft.flow.saga->status != SagaStatus::compensated;
  if (must_compensate) {
    const auto compensating = decide_saga(draft, CompensateSaga{command.reason});
    if (!compensating) return compensating.error();
  }
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const ConfirmOrderRequest& command) {
  auto found = draft_of_order(command.order, command.actor);
  if (!found) return found.error();
  Draft draft = std::move(*found);
  auto confirmed = decide(draft.flow.order, ConfirmOrder{command.payment_id}, moment_);
  if (!confirmed) return confirmed.error();
  draft.flow.order = std::move(confirmed->order);
  draft.events = std::move(confirmed->events);
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const ConfirmPaymentRequest& command) {
  auto found = draft_of_order(command.order, command.actor);
  if (!found) return found.error();
  Draft draft = std::move(*found);
  const Order& order = draft.flow.order;
  if (command.amount != order.total)
    return Error{ErrorCode::invalid, fmt::format("amount is {}; the order's total amount is {}", command.amount.text(),
                                                 order.total.text())};
  if (draft.flow.payments.empty())
    return Error{ErrorCode::conflict, fmt::format("order {} has no payment to confirm", order.id.text())};
  Payment& payment = draft.flow.payments.back();
  if (payment.provider_key == command.provider_key) return Receipt{without_barriers(draft.flow), {}, {}, {}};
  const bool was_used = std::any_of(draft.flow.payments.begin(), draft.flow.payments.end() - 1,
                                    [&](const Payment& it) { return it.provider_key == command.provider_key; });
  if (was_used)
    return Error{ErrorCode::conflict,
                 fmt::format("an earlier payment of order {} was made under that key; the buyer has "
                             "to pay again, under another key",
                             order.id.text())};
  if (payment.status != PaymentStatus::processing || !payment.provider_key.empty())
    return Error{
        ErrorCode::conflict,
        fmt::format("the payment of order {} is {} under another key", order.id.text(), to_string(payment.status)),
        Json{{"paymentStatus", to_string(payment.status)}}};
  if (may_be_charging(draft.flow, policy_))
    return Error{
        ErrorCode::conflict,
        fmt::format("the payment of order {} is in progress and does not wait for a confirmation", order.id.text())};
  const KeyDigest key = digest_of_payment_key(command.provider_key);
  if (claim_of_other(key, order.id))
    return Error{ErrorCode::conflict,
                 fmt::format("another order was paid under that key; order {} has to be paid under a key of its own",
                             order.id.text()),
                 Json{{"code", "PAYMENT_KEY_OF_ANOTHER_ORDER"}}};
  payment.provider_key = command.provider_key;
  payment.updated_at = moment_.now;
  const auto proceeded = decide_saga(draft, ProceedSaga{});
  if (!proceeded) return proceeded.error();
  auto receipt = accept(std::move(draft));
  if (receipt) update_claim(key, command.order, true);
  return receipt;
}

Result<Receipt> CommandBatch::on(const CompensateRequest& command) {
  auto found = draft_of_flow(order_of(command.saga), command.actor, "Saga");
  if (!found) return found.error();
  if (const auto same = check_unchanged(found->flow, command.if_updated_at); !same) return same.error();
  Draft draft = std::move(*found);
  if (const auto& saga = draft.flow.saga; command.before_end && saga && is_terminal(saga->status))
    return Error{
        ErrorCode::conflict,
        fmt::format("saga {} is {}; only a saga that has not ended can be cancelled", saga->id.text(),
                    to_string(saga->status)),
        Json{{"sagaId", saga->id.text()}, {"sagaStatus", to_string(saga->status)}, {"allowedStatuses", "started"}}};
  const auto done = decide_saga(draft, CompensateSaga{command.reason, command.actor.user.text()});
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::on(const RetryRequest& command) {
  auto found = draft_of_flow(order_of(command.saga), command.actor, "Saga");
  if (!found) return found.error();
  if (const auto same = check_unchanged(found->flow, command.if_updated_at); !same) return same.error();
  Draft draft = std::move(*found);
  if (retry_refunds(draft.flow, moment_)) {
    add_due_payment_checks(draft);
    return accept(std::move(draft));
  }
  const Order& order = draft.flow.order;
  if (must_reclaim_key(draft.flow)) {
    const auto free = check_claim(order.idempotency_key, digest_of_key(order.idempotency_key), order.id);
    if (!free) return free.error();
  }
  RetrySaga retry{command.actor.user.text(), command.recharge, false, command.reason};
  // Where the shop confirms, nothing is charged before the buyer pays again.
  if (!waits_for_shop(draft.flow, policy_))
    for (const Payment& payment : draft.flow.payments) retry.was_refunded |= payment.status == PaymentStatus::refunded;
  const auto done = decide_saga(draft, retry);
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> CommandBatch::accept(Draft&& draft) {
  if (auto loaded = check_stocks_loaded(draft); !loaded) return loaded.error();
  Receipt receipt;
  if (is_awaited_) receipt.flow = without_barriers(draft.flow);
  write_draft(std::move(draft));
  return receipt;
}

void CommandBatch::write_draft(Draft&& draft) {
  const OrderId id = draft.flow.order.id;
  TrackedFlow*& tracked = flow_by_order_[id];
  append_events(std::move(draft.events), &draft.flow);
  merge_stocks(draft.stocks);
  std::move(draft.gateway_calls.begin(), draft.gateway_calls.end(), std::back_inserter(gateway_calls_));
  std::move(draft.remote_calls.begin(), draft.remote_calls.end(), std::back_inserter(remote_calls_));
  std::move(draft.remote_replies.begin(), draft.remote_replies.end(), std::back_inserter(remote_replies_));
  std::move(draft.participant_calls.begin(), draft.participant_calls.end(), std::back_inserter(participant_calls_));
  if (draft.call_record) call_records_.emplace_back(id, std::move(*draft.call_record));
  retried_calls_.insert(retried_calls_.end(), draft.retried_calls.begin(), draft.retried_calls.end());
  if (!tracked) {
    tracked = &flows_.emplace_back();
    tracked->new_saga = true;
    tracked->new_order = has_order(draft.flow);
    tracked->reservations_changed = !draft.flow.reservations.empty();
    if (tracked->new_order && draft.key) update_claim(*draft.key, id, is_live(draft.flow.order.status));
  } else {
    const Flow& before = tracked->flow;
    if (before.order.version != draft.flow.order.version) {
      tracked->order_changed = true;
      const Order& order = draft.flow.order;
      if (is_live(before.order.status) != is_live(order.status) && order.holds_key)
        update_claim(digest_of_key(order.idempotency_key), id, is_live(order.status));
    }
    tracked->new_saga |= !before.saga && draft.flow.saga;
    tracked->saga_changed |= before.saga != draft.flow.saga;
    tracked->reservations_changed |=
        before.reservations != draft.flow.reservations || next_check_at(before) != next_check_at(draft.flow);
    tracked->reservations_changed |= draft.is_rescheduled;
    tracked->writer_changed |= before.writer != draft.flow.writer;
    for (std::size_t i = 0; i < tracked->payments_stored; ++i)
      if (before.payments[i] != draft.flow.payments[i]) tracked->payment_changed[i] = true;
    note_end_of_nested(before, draft.flow);
  }
  tracked->flow = std::move(draft.flow);
}

// `flow` null: the events belong to no flow. When another node wrote the flow's last event, the first of these follows
// it.
void CommandBatch::append_events(std::vector<Event> events, Flow* flow) {
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
      add_shop_members(event, *flow);
    }
    events_.push_back(std::move(event));
  }
}

void CommandBatch::update_claim(const KeyDigest& key, OrderId order, bool live) {
  claims_[key] = Claim{key, order, live};
  claims_changed_.push_back(key);
}

Changes CommandBatch::changes() const {
  Changes out;
  out.latest = now_;
  for (const TrackedFlow& tracked : flows_) {
    const Flow& flow = tracked.flow;
    if (tracked.new_order)
      out.new_orders.push_back(&flow.order);
    else if (tracked.order_changed)
      out.orders.push_back(&flow.order);
    if (tracked.new_saga)
      out.new_sagas.push_back(&*flow.saga);
    else if (tracked.saga_changed && flow.saga)
      out.sagas.push_back(&*flow.saga);
    for (std::size_t i = 0; i < flow.payments.size(); ++i) {
      if (i >= tracked.payments_stored)
        out.new_payments.push_back(&flow.payments[i]);
      else if (tracked.payment_changed[i])
        out.payments.push_back(&flow.payments[i]);
    }
    for (std::size_t i = tracked.barriers_stored; i < flow.barriers.size(); ++i)
      out.barriers.emplace_back(flow.order.id, &flow.barriers[i]);
    if (tracked.reservations_changed)
      out.reservations.push_back({flow.order.id, &flow.reservations, next_check_at(flow)});
    if (tracked.writer_changed) out.taken_over.push_back(flow.order.id);
  }
  for (const auto& [order, record] : call_records_) out.calls.emplace_back(order, &record);
  for (const StockKey& key : stocks_changed_) out.stocks.push_back(stocks_.find(key));
  for (const KeyDigest& key : claims_changed_) out.claims.push_back(&claims_.at(key));
  for (const Event& event : events_) out.events.push_back(&event);
  out.users = users_changed_;
  for (std::size_t i = replays_loaded_; i < replays_.size(); ++i) out.replays.push_back(&replays_[i]);
  return out;
}

// A timer that is further ahead than the definition's longest wait was set before the clock was set back.
std::vector<Wake> CommandBatch::wakes() const {
  std::vector<Wake> out;
  for (const TrackedFlow& tracked : flows_) {
    if (!tracked.flow.saga || !(tracked.new_saga || tracked.saga_changed)) continue;
    const Saga& saga = *tracked.flow.saga;
    Wake& wake = out.emplace_back();
    wake.order = tracked.flow.order.id;
    if (is_terminal(saga.status) || !saga.wake_at) continue;
    const SagaDefinition* definition = definition_of(saga);
    wake.at = saga.wake_at;
    wake.in = std::clamp(*saga.wake_at - now_, Duration{0}, definition ? longest_wait(*definition) : Duration{0});
  }
  return out;
}

}  // namespace sagactl
