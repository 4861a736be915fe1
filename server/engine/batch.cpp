#include "server/engine/batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/json_object.hpp"
#include "server/engine/placing.hpp"

namespace sagactl {
namespace {

// How many calls one command may lead to within its batch: every step of the longest saga, there and back, and
// as much again. More is a loop in a definition.
constexpr int calls_max = 64;

std::string lock_metadata(const std::optional<LockGrant>& lock) {
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

// Whether a charge may be on its way that did not wait for the shop. Another one beside it, under the shop's key, could
// be made as well.
bool may_be_charging(const Flow& flow, const Policy& policy) {
  if (!flow.saga || (policy.shop_confirms && is_checkout(flow.saga->type))) return false;
  const std::size_t open = open_step(*flow.saga);
  return open < flow.saga->steps.size() && flow.saga->steps[open].in_doubt;
}

Flow without_barriers(const Flow& flow) {
  return Flow{flow.order, flow.saga, flow.payments, {}, flow.reservations};
}

std::string_view command_of(const StepDefinition& step, Direction direction) {
  return direction == Direction::action ? step.action : step.compensation;
}

std::string name_of(const StepDefinition& step, Direction direction) {
  return std::string(direction == Direction::action ? step.name : step.compensated_as);
}

std::string call_data(const Flow& flow) {
  return JsonObject()
      .add("customerId", flow.order.customer)
      .raw("items", to_json_text(flow.order.items))
      .raw("totalAmount", flow.order.total.number_text())
      .take();
}

}  // namespace

Batch::Batch(Loaded loaded, const Writer& writer, std::int64_t last_sequence, const Policy& policy, Timestamp now,
             Random& random)
    : writer_(writer), now_(now), random_(random), sequence_(last_sequence), policy_(policy) {
  for (Flow& flow : loaded.flows) {
    Work& work = works_.emplace_back();
    work.payments_stored = flow.payments.size();
    work.payment_changed.resize(flow.payments.size());
    work.barriers_stored = flow.barriers.size();
    work.flow = std::move(flow);
    by_order_.emplace(work.flow.order.id, &work);
  }
  for (const Claim& claim : loaded.claims) claims_.emplace(claim.key, claim);
  for (Stock& stock : loaded.stocks) stocks_.put(std::move(stock));
  for (User& user : loaded.users) users_.push_back(std::move(user));
  for (Replay& replay : loaded.replays) replays_.push_back(std::move(replay));
  replays_loaded_ = replays_.size();
}

// Times increase within a batch as well, so that the order of decisions can be read from them.
Moment Batch::next_moment() {
  now_ = now_ + Duration{1};
  return Moment{now_, writer_.node, writer_.epoch, random_.next()};
}

Result<Receipt> Batch::apply(const Command& command) {
  moment_ = next_moment();
  return std::visit([&](const auto& it) { return on(it); }, command);
}

Result<const Batch::Work*> Batch::find(OrderId id, const Actor& actor, std::string_view what) const {
  const auto found = by_order_.find(id);
  if (found == by_order_.end() || !actor.may_touch(found->second->flow.order.user))
    return Error{ErrorCode::not_found, fmt::format("{} not found", what)};
  return found->second;
}

Result<void> Batch::check_claim(const std::string& idempotency_key, OrderId order) const {
  const auto found = claims_.find(digest_of_key(idempotency_key));
  if (found == claims_.end() || !found->second.live || found->second.order == order) return {};
  return Error{ErrorCode::conflict, "Order with this product combination already exists",
               Json{{"error", "DUPLICATE_ORDER"},
                    {"existingOrderId", found->second.order.text()},
                    {"idempotencyKey", idempotency_key},
                    {"code", "ORDER_ALREADY_EXISTS"}}};
}

Result<Receipt> Batch::on(const PlaceOrder& command) {
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
  CreateOrder create{command.id,      command.actor.user, std::move(*items),           command.address,
                     key_of(command), 0,                  lock_metadata(command.lock), command.customer};
  if (command.lock) create.fencing_token = command.lock->fencing_token;
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

Result<Receipt> Batch::on(const CancelOrderRequest& command) {
  const auto work = find(command.order, command.actor, "Order");
  if (!work) return work.error();
  Draft draft = draft_of((*work)->flow);
  auto cancelled = decide(draft.flow.order, CancelOrder{command.reason, command.actor.user.text()}, moment_);
  if (!cancelled) return cancelled.error();
  draft.flow.order = std::move(cancelled->order);
  draft.events = std::move(cancelled->events);
  const bool runs = draft.flow.saga && (draft.flow.saga->status == SagaStatus::started ||
                                        draft.flow.saga->status == SagaStatus::completed);
  if (runs) {
    const auto compensating = command_saga(draft, CompensateSaga{command.reason});
    if (!compensating) return compensating.error();
  }
  return accept(std::move(draft));
}

Result<Receipt> Batch::on(const ConfirmOrderRequest& command) {
  const auto work = find(command.order, command.actor, "Order");
  if (!work) return work.error();
  Draft draft = draft_of((*work)->flow);
  auto confirmed = decide(draft.flow.order, ConfirmOrder{command.payment_id}, moment_);
  if (!confirmed) return confirmed.error();
  draft.flow.order = std::move(confirmed->order);
  draft.events = std::move(confirmed->events);
  return accept(std::move(draft));
}

Result<Receipt> Batch::on(const ConfirmPaymentRequest& command) {
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
  if (may_be_charging(draft.flow, policy_))
    return Error{ErrorCode::conflict, fmt::format("the payment of order {} is under way and waits for no confirmation",
                                                  order.id.text())};
  if (payment.status != PaymentStatus::processing || !payment.provider_key.empty())
    return Error{ErrorCode::conflict,
                 fmt::format("the payment of order {} is {} under another key", order.id.text(),
                             to_string(payment.status)),
                 Json{{"paymentStatus", to_string(payment.status)}}};
  payment.provider_key = command.provider_key;
  payment.updated_at = moment_.now;
  const auto proceeded = command_saga(draft, ProceedSaga{});
  if (!proceeded) return proceeded.error();
  return accept(std::move(draft));
}

Result<Receipt> Batch::on(const CompensateRequest& command) {
  const auto work = find(order_of(command.saga), command.actor, "Saga");
  if (!work) return work.error();
  if (const auto same = check_unchanged((*work)->flow, command.if_updated_at); !same) return same.error();
  Draft draft = draft_of((*work)->flow);
  const auto done = command_saga(draft, CompensateSaga{command.reason, command.actor.user.text()});
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> Batch::on(const RetryRequest& command) {
  const auto work = find(order_of(command.saga), command.actor, "Saga");
  if (!work) return work.error();
  if (const auto same = check_unchanged((*work)->flow, command.if_updated_at); !same) return same.error();
  Draft draft = draft_of((*work)->flow);
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

Result<Receipt> Batch::on(const StepReplied& command) {
  const auto found = by_order_.find(order_of(command.saga));
  if (found == by_order_.end() || !found->second->flow.saga) return Error{ErrorCode::not_found, "Saga not found"};
  Draft draft = draft_of(found->second->flow);
  const SagaDefinition* definition = find_definition(draft.flow.saga->type);
  if (!definition || command.reply.step >= definition->steps.size())
    return Error{ErrorCode::bug, fmt::format("saga {} has no step {}", command.saga.text(), command.reply.step)};
  const StepDefinition& step = definition->steps[command.reply.step];
  if (!command.is_recorded) {
    auto recorded = record_reply(command_of(step, command.reply.direction), draft.flow, command.reply,
                                 GatewayReply{command.external_transaction_id}, moment_);
    if (!recorded) return recorded.error();
    draft.events = std::move(*recorded);
  }
  if (definition->mode == Mode::orchestration && is_checkout(definition->name) &&
      !policy_.services.has(Service::orchestrator)) {
    draft.remote_replies.push_back({name_of(step, command.reply.direction), command.saga, command.reply,
                                    draft.flow.saga->trace_parent});
    return accept(std::move(draft));
  }
  const auto done = command_saga(draft, command.reply);
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> Batch::on(const PerformRequest& command) {
  const StepCall& call = command.call;
  const auto found = by_order_.find(order_of(call.saga));
  if (found == by_order_.end() || !found->second->flow.saga) return Error{ErrorCode::not_found, "Saga not found"};
  Draft draft = draft_of(found->second->flow);
  const SagaDefinition* definition = find_definition(draft.flow.saga->type);
  if (!definition || call.step >= definition->steps.size())
    return Error{ErrorCode::invalid, fmt::format("saga {} has no step {}", call.saga.text(), call.step)};
  const StepDefinition& step = definition->steps[call.step];
  if (!is_here(*definition, call)) return Error{ErrorCode::retry, "the command is for another participant"};
  auto reply = perform_here(draft, step, call);
  if (!reply) return reply.error();
  if (*reply)
    draft.remote_replies.push_back(
        {name_of(step, call.direction), call.saga, std::move(**reply), draft.flow.saga->trace_parent});
  return accept(std::move(draft));
}

Result<Receipt> Batch::on(const PursueRequest& command) {
  const auto found = by_order_.find(command.order);
  if (found == by_order_.end() || !found->second->flow.saga) return Error{ErrorCode::not_found, "Saga not found"};
  Draft draft = draft_of(found->second->flow);
  const Saga& saga = *draft.flow.saga;
  const SagaDefinition* definition = find_definition(saga.type);
  const std::size_t i = open_step(saga);
  if (!definition || definition->mode != Mode::choreography || i >= definition->steps.size())
    return Error{ErrorCode::retry, "nothing is open"};
  const StepState& state = saga.steps[i];
  const Direction direction =
      state.status == StepStatus::compensating ? Direction::compensation : Direction::action;
  // What was begun here before is asked for first.
  const bool is_begun = std::any_of(draft.flow.payments.begin(), draft.flow.payments.end(),
                                    [&](const Payment& payment) { return payment.attempt == state.attempt; });
  const StepCall call{saga.id, i, direction, state.attempt, state.tries, is_begun, state.began_at};
  if (!is_here(*definition, call)) return Error{ErrorCode::retry, "what is open is for another participant"};
  const auto done = follow(draft, SagaDecision{saga, {}, {call}});
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> Batch::on(const WakeRequest& command) {
  const auto found = by_order_.find(order_of(command.saga));
  if (found == by_order_.end() || !found->second->flow.saga) return Error{ErrorCode::not_found, "Saga not found"};
  Draft draft = draft_of(found->second->flow);
  const auto done = command_saga(draft, WakeSaga{command.timer});
  if (!done) return done.error();
  return accept(std::move(draft));
}

Result<Receipt> Batch::on(const RegisterUser& command) {
  for (const User& user : users_)
    if (user.email == command.user.email) return Error{ErrorCode::conflict, "Email already exists"};
  User& user = users_.emplace_back(command.user);
  user.created_at = user.updated_at = moment_.now;
  users_changed_.push_back(&user);
  return Receipt{{}, user, {}, {}};
}

Result<Receipt> Batch::on(const SetRefreshToken& command) {
  for (User& user : users_) {
    if (user.id != command.user) continue;
    const bool stolen = !command.expected_hash.empty() && user.refresh_token_hash != command.expected_hash;
    user.refresh_token_hash = stolen ? "" : command.new_hash;
    user.updated_at = moment_.now;
    users_changed_.push_back(&user);
    if (stolen) return Error{ErrorCode::unauthenticated, "Invalid refresh token"};
    return Receipt{{}, user, {}, {}};
  }
  return Error{ErrorCode::not_found, "User not found"};
}

Result<void> Batch::command_saga(Draft& draft, const SagaCommand& command) {
  if (!draft.flow.saga) return Error{ErrorCode::not_found, "Saga not found"};
  const SagaDefinition* definition = find_definition(draft.flow.saga->type);
  if (!definition)
    return Error{ErrorCode::bug, fmt::format("saga {} is of the unknown type '{}'", draft.flow.saga->id.text(),
                                             draft.flow.saga->type)};
  auto decision = decide(*definition, *draft.flow.saga, command, moment_);
  if (!decision) return decision.error();
  return follow(draft, std::move(*decision));
}

// Carries a decision on: the calls that it makes are performed by the participants here, in this batch, until
// there is none left or one waits for an answer from outside.
Result<void> Batch::follow(Draft& draft, SagaDecision decision) {
  const SagaDefinition& definition = *find_definition(decision.saga.type);
  std::vector<StepCall> calls;
  for (int made = 0;;) {
    draft.flow.saga = std::move(decision.saga);
    std::move(decision.events.begin(), decision.events.end(), std::back_inserter(draft.events));
    calls.insert(calls.end(), decision.calls.begin(), decision.calls.end());
    decision.events.clear();
    std::optional<StepReply> reply;
    while (!calls.empty() && !reply) {
      if (++made > calls_max) return Error{ErrorCode::bug, "a saga went in circles"};
      const StepCall call = calls.front();
      calls.erase(calls.begin());
      const StepDefinition& step = definition.steps[call.step];
      if (!is_here(definition, call)) {
        // In a choreography the event that has led to this is what the participant hears of.
        if (definition.mode == Mode::orchestration)
          draft.remote_calls.push_back(
              {name_of(step, call.direction), call, call_data(draft.flow), draft.flow.saga->trace_parent});
        continue;
      }
      auto performed = perform_here(draft, step, call);
      if (!performed) return performed.error();
      reply = std::move(*performed);
    }
    if (!reply) return {};
    auto next = decide(definition, std::move(*draft.flow.saga), *reply, moment_);
    if (!next) return next.error();
    decision = std::move(*next);
  }
}

Result<std::optional<StepReply>> Batch::perform_here(Draft& draft, const StepDefinition& step,
                                                    const StepCall& call) {
  auto performed =
      perform(command_of(step, call.direction), draft.flow, draft.stocks, call, policy_, moment_);
  if (!performed) return performed.error();
  std::move(performed->events.begin(), performed->events.end(), std::back_inserter(draft.events));
  if (performed->gateway_call) draft.gateway_calls.push_back(std::move(*performed->gateway_call));
  std::optional<StepReply> reply;
  if (performed->outcome)
    reply = StepReply{call.step, call.direction, call.attempt, std::move(*performed->outcome), call.tries, call.since};
  return reply;
}

// The first creation is part of placing the order, wherever that is.
bool Batch::is_here(const SagaDefinition& definition, const StepCall& call) const {
  if (!is_checkout(definition.name) || policy_.services.is_all()) return true;
  if (call.step == 0 && call.direction == Direction::action && call.attempt == 1) return true;
  const auto service = service_of(command_of(definition.steps[call.step], call.direction));
  return !service || policy_.services.has(*service);
}

Result<Receipt> Batch::accept(Draft draft) {
  Receipt receipt;
  receipt.flow = without_barriers(draft.flow);
  write(std::move(draft));
  return receipt;
}

void Batch::write(Draft draft) {
  const OrderId id = draft.flow.order.id;
  Work*& work = by_order_[id];
  record(std::move(draft.events), &draft.flow);
  keep(draft.stocks);
  std::move(draft.gateway_calls.begin(), draft.gateway_calls.end(), std::back_inserter(gateway_calls_));
  std::move(draft.remote_calls.begin(), draft.remote_calls.end(), std::back_inserter(remote_calls_));
  std::move(draft.remote_replies.begin(), draft.remote_replies.end(), std::back_inserter(remote_replies_));
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
    work->reservations_changed |= before.reservations != draft.flow.reservations;
    for (std::size_t i = 0; i < work->payments_stored; ++i)
      if (before.payments[i] != draft.flow.payments[i]) work->payment_changed[i] = true;
  }
  work->flow = std::move(draft.flow);
}

// `flow` null: the events belong to none.
void Batch::record(std::vector<Event> events, const Flow* flow) {
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

void Batch::update_claim(const Order& order) {
  if (!order.holds_key) return;
  const KeyDigest key = digest_of_key(order.idempotency_key);
  claims_[key] = Claim{key, order.id, is_live(order.status)};
  claims_changed_.push_back(key);
}

Changes Batch::changes() const {
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
    if (work.reservations_changed) out.reservations.emplace_back(flow.order.id, &flow.reservations);
  }
  for (const StockKey& key : stocks_changed_) out.stocks.push_back(stocks_.find(key));
  for (const KeyDigest& key : claims_changed_) out.claims.push_back(&claims_.at(key));
  for (const Event& event : events_) out.events.push_back(&event);
  out.users = users_changed_;
  for (std::size_t i = replays_loaded_; i < replays_.size(); ++i) out.replays.push_back(&replays_[i]);
  return out;
}

std::vector<std::pair<OrderId, std::optional<Timestamp>>> Batch::wakes() const {
  std::vector<std::pair<OrderId, std::optional<Timestamp>>> out;
  for (const Work& work : works_) {
    if (!work.flow.saga || !(work.new_saga || work.saga_changed)) continue;
    if (is_terminal(work.flow.saga->status)) out.emplace_back(work.flow.order.id, std::nullopt);
    else out.emplace_back(work.flow.order.id, work.flow.saga->wake_at);
  }
  return out;
}

}  // namespace sagactl
