#include "tests/contract/writing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/saga/compile_definition.hpp"
#include "server/saga/definition.hpp"
#include "server/saga/dtm_definition.hpp"
#include "server/saga/lra_definition.hpp"

namespace sagactl {
namespace {

Uuid uuid_of(int kind, int number) {
  return make_uuid_v7(SimulatedClock::epoch + number * 1ms, static_cast<std::uint64_t>(kind),
                      static_cast<std::uint64_t>(number));
}

AggregateType aggregate_of(EventType type) {
  if (type <= EventType::order_status_changed || type == EventType::notification_sent) return AggregateType::order;
  if (type <= EventType::payment_refunded || type >= EventType::payment_charged_late) return AggregateType::payment;
  return type < EventType::stock_reserved ? AggregateType::saga : AggregateType::inventory;
}

template <class T>
T& keep(std::deque<T>& list, const T& value) {
  return list.emplace_back(value);
}

}  // namespace

OrderId order_id(int number) {
  return {uuid_of(1, number)};
}
UserId user_id(int number) {
  return {uuid_of(2, number)};
}

Flow new_flow(int number, const Owner& owner, Timestamp now) {
  Flow flow;
  Order& order = flow.order;
  order.id = order_id(number);
  order.user = user_id(number % 3);
  order.items = {{fmt::format("P{}", number), "A \"quoted\" näme", 2, Money{1070}}, {"Q", "", 1, Money{5}}};
  order.total = Money{2145};
  order.address = "Seoul, Teheran-ro 123";
  order.idempotency_key = fmt::format("key-{}", number);
  order.fencing_token = 1'700'000'000'000'000 + number;
  order.node = owner.node;
  order.version = 1;
  order.created_at = order.updated_at = now;

  Saga& saga = flow.saga.emplace();
  saga.id = saga_of(order.id);
  saga.type = std::string(order_processing_saga);
  if (number % 4 == 0) saga.correlation = fmt::format("request-{}", number);
  if (number % 5 == 0) saga.trace_parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  saga.steps.resize(3);
  saga.steps[0] = {StepStatus::succeeded, 1, 1, false, now, now, owner.node, ""};
  saga.steps[1] = {StepStatus::running, 1, 1, true, now, {}, owner.node, "the gateway did not \"answer\""};
  saga.steps[1].wake_at = saga.wake_at = now + 30s;
  saga.owner = owner;
  saga.version = 1;
  saga.created_at = saga.updated_at = now;

  Payment payment;
  payment.id = {uuid_of(3, number)};
  payment.order = order.id;
  payment.user = order.user;
  payment.amount = order.total;
  payment.node = owner.node;
  payment.created_at = payment.updated_at = now;
  flow.payments = {payment};
  flow.barriers = {Barrier{}};
  return flow;
}

Flow new_flow_of(std::string_view saga, int number, const Owner& owner, Timestamp now) {
  Flow flow = new_flow(number, owner, now);
  flow.order.customer = fmt::format("buyer-{}", number % 2);
  flow.saga->type = saga;
  flow.saga->steps.resize(find_definition(saga)->steps.size());
  flow.payments[0].provider_key = fmt::format("toss \"{}\"", number);
  Reservation held;
  held.id = {uuid_of(4, number)};
  held.kind = StockKind::item;
  held.lines = {{"A \"näme\"", 2}, {"B", 1'000'000'000'000}};
  held.expires_at = now + 5min;
  held.node = owner.node;
  held.version = 1;
  held.created_at = held.updated_at = now;
  Reservation sold = held;
  sold.id = {uuid_of(5, number)};
  sold.kind = StockKind::product;
  sold.execution = 2;
  sold.lines = {{"C", 1}};
  sold.status = ReservationStatus::confirmed;
  sold.reason = "no \"reason\"";
  sold.version = 2;
  flow.reservations = {held, sold};
  return flow;
}

Flow completed(Flow flow, Timestamp now) {
  Payment& payment = flow.payments.front();
  payment.status = PaymentStatus::completed;
  payment.external_transaction_id = "ext_tx_" + payment.id.text();
  payment.facts = {"카드", "https://receipt.example/" + payment.id.text(), now};
  payment.version = 1;
  payment.updated_at = now;
  flow.order.status = OrderStatus::paid;
  flow.order.payment_id = payment.id.text();
  flow.order.version = 3;
  flow.order.updated_at = now;
  Saga& saga = *flow.saga;
  saga.status = SagaStatus::completed;
  saga.steps[1] = {StepStatus::succeeded, 1, 2, false, saga.created_at, now, saga.owner.node, ""};
  saga.steps[2] = {StepStatus::succeeded, 1, 1, false, now, now, saga.owner.node, ""};
  saga.wake_at.reset();
  saga.version = 4;
  saga.updated_at = now;
  return flow;
}

Flow compensated(Flow flow, const std::string& why, Timestamp now) {
  Payment& payment = flow.payments.front();
  payment.status = PaymentStatus::failed;
  payment.failure_reason = why;
  payment.version = 1;
  payment.updated_at = now;
  flow.order.status = OrderStatus::cancelled;
  flow.order.cancel_reason = why;
  flow.order.version = 3;
  flow.order.updated_at = now;
  Saga& saga = *flow.saga;
  saga.status = SagaStatus::compensated;
  saga.steps[0].status = StepStatus::compensated;
  saga.steps[1] = {StepStatus::failed, 1, 1, false, saga.created_at, now, saga.owner.node, why};
  saga.error = why;
  saga.requires_manual_intervention = true;
  saga.wake_at.reset();
  saga.retries = {{now, "payment_processing", user_id(1).text()}};
  saga.version = 5;
  saga.updated_at = now;
  return flow;
}

User new_user(int number, Timestamp now) {
  return {user_id(number),
          fmt::format("user{}@test.com", number),
          "$argon2id$...",
          "Gold",
          "Én",
          Role::merchant,
          UserStatus::suspended,
          true,
          {{"session 1", "older hash", "", now - 5s, never_expires}, {"session 2", "hash", "previous", now, now + 60s}},
          {},
          now,
          now};
}

Stock new_stock(StockKind kind, const std::string& id, std::int64_t available, const NodeName& node, Timestamp now) {
  Stock stock;
  stock.key = {kind, id};
  stock.name = "The \"" + id + "\" näme";
  stock.price = Money{1070};
  stock.available = available;
  stock.reserved = 30;
  stock.sold = 70;
  stock.total = available + 100;
  stock.node = node;
  stock.version = 3;
  stock.created_at = now - 1s;
  stock.updated_at = now;
  return stock;
}

std::string trip_text(int version) {
  return fmt::format(
      R"({{"saga":"trip","search":["guest.name","nights","vip","guest","nothing"],"participants":)"
      R"({{"hotel":{{"url":"http://hotel:8080","timeout":"{}s"}}}},"steps":[)"
      R"({{"name":"hotel","call":{{"post":"{{hotel}}/bookings"}},"undo":{{"delete":"{{hotel}}/bookings"}}}},)"
      R"({{"name":"flight","after":[],"call":{{"post":"{{hotel}}/seats"}}}},)"
      R"({{"name":"approval","after":["hotel","flight"],"wait":{{"for":"24h"}}}}]}})",
      version);
}

DefinitionPointer dtm_definition(std::string_view type, std::size_t branches, bool is_prepared, Duration delay) {
  DtmTransaction transaction;
  transaction.type = type;
  for (std::size_t i = 0; i < branches; ++i)
    transaction.branches.push_back({fmt::format("http://bank/in/{}", i), fmt::format("http://bank/out/{}", i), true});
  transaction.is_prepared = is_prepared;
  transaction.delay = delay;
  return compile_definition(canonical_text(dtm_definition_json(transaction)), 1).value();
}

DefinitionPointer lra_definition(std::size_t participants, bool is_nested) {
  LraDefinition lra;
  lra.coordinator = "http://node/lra-coordinator";
  if (is_nested) lra.parent = lra.coordinator + "/01a22843-12b9-7001-8494-012165d7c736";
  for (std::size_t i = 0; i < participants; ++i) {
    LraParticipant& each = lra.participants.emplace_back();
    each.links.compensate = fmt::format("http://hotel-{}/compensate", i);
    if (is_nested) each.links.forget = fmt::format("http://hotel-{}/forget", i);
    each.joined_at = Timestamp{static_cast<std::int64_t>(i) + 1};
  }
  return compile_definition(canonical_text(lra_definition_json(lra)), 1).value();
}

Flow new_own_flow(const DefinitionPointer& definition, int number, const Owner& owner, Timestamp now) {
  Flow flow;
  flow.order.id = order_id(number);
  flow.writer = owner.node;
  Saga& saga = flow.saga.emplace();
  saga.id = saga_of(flow.order.id);
  saga.type = definition->name;
  saga.definition_version = definition->version;
  saga.own_definition = {definition};
  saga.input = fmt::format(R"({{"guest":{{"name":"Änne \"{}\""}},"nights":{},"vip":{}}})", number % 3, number % 4,
                           number % 2 == 0);
  if (number % 3 != 0) saga.key = fmt::format("trip-{}", number);
  saga.correlation = saga.key;
  saga.steps.resize(definition->steps.size());
  StepState& first = saga.steps[0];
  first = {StepStatus::running, 1, 2, true, now, {}, owner.node, "no \"answer\""};
  first.calling = true;
  first.wake_at = now + 30s;
  first.location = "/bookings/\"1\"";
  if (saga.steps.size() > 1) {
    StepState& second = saga.steps[1];
    second = {StepStatus::compensating, 2, 1, false, now, {}, owner.node, ""};
    second.calling = number % 2 == 0;
    if (number % 5 != 0) second.wake_at = now + (number % 5 == 1 ? 30s : 90s);
    second.kept = R"({"booking":"[\"7\"]"})";
    second.undo_round = number % 3;
  }
  if (saga.steps.size() > 2 && number % 4 == 3) {
    saga.steps[2] = {StepStatus::succeeded, 1, 1, false, now, now, owner.node, ""};
    saga.steps[2].undo_round = 1;
  }
  saga.wake_at = now + 30s;
  saga.owner = owner;
  saga.version = 1;
  saga.created_at = saga.updated_at = now;
  return flow;
}

CallRecord call_record(const Flow& flow, int tries, Timestamp now) {
  CallRecord record;
  record.step = static_cast<std::size_t>(tries) % flow.saga->steps.size();
  record.direction = tries % 2 == 0 ? Direction::action : Direction::compensation;
  record.execution = 2;
  record.tries = tries;
  record.is_question = tries % 3 == 0;
  record.outcome = static_cast<CallOutcome>(tries % 5);
  record.status = 200 + tries;
  record.answer = fmt::format("{{\"näme\":{}}}", tries);
  record.at = now;
  record.took = 1500us;
  record.node = flow.saga->owner.node;
  return record;
}

ChangeList& ChangeList::create(const Flow& flow) {
  Flow& kept = keep(flows_, flow);
  if (has_order(kept)) changes.new_orders.push_back(&kept.order);
  if (kept.saga) changes.new_sagas.push_back(&*kept.saga);
  for (const Payment& payment : kept.payments) changes.new_payments.push_back(&payment);
  for (const Barrier& barrier : kept.barriers) changes.barriers.emplace_back(kept.order.id, &barrier);
  if (!kept.reservations.empty() || next_check_at(kept))
    changes.reservations.push_back({kept.order.id, &kept.reservations, next_check_at(kept)});
  return *this;
}

ChangeList& ChangeList::update(const Flow& flow) {
  Flow& kept = keep(flows_, flow);
  if (has_order(kept)) changes.orders.push_back(&kept.order);
  if (kept.saga) changes.sagas.push_back(&*kept.saga);
  for (const Payment& payment : kept.payments) changes.payments.push_back(&payment);
  return *this;
}

ChangeList& ChangeList::add(const Payment& payment) {
  changes.new_payments.push_back(&keep(payments_, payment));
  return *this;
}
ChangeList& ChangeList::add(OrderId order, const Barrier& barrier) {
  changes.barriers.emplace_back(order, &keep(barriers_, barrier));
  return *this;
}
ChangeList& ChangeList::set(OrderId order, const std::vector<Reservation>& reservations) {
  changes.reservations.push_back({order, &keep(reservations_, reservations), next_check_at(reservations, {})});
  return *this;
}
ChangeList& ChangeList::add(const Stock& stock) {
  changes.stocks.push_back(&keep(stocks_, stock));
  return *this;
}
ChangeList& ChangeList::add(const Claim& claim) {
  changes.claims.push_back(&keep(claims_, claim));
  return *this;
}
ChangeList& ChangeList::add(const User& user) {
  changes.users.push_back(&keep(users_, user));
  return *this;
}
ChangeList& ChangeList::add(const Replay& replay) {
  changes.replays.push_back(&keep(replays_, replay));
  return *this;
}
ChangeList& ChangeList::add(const Event& event) {
  changes.events.push_back(&keep(events_, event));
  return *this;
}
ChangeList& ChangeList::add(OrderId flow, const CallRecord& record) {
  changes.calls.emplace_back(flow, &keep(calls_, record));
  return *this;
}

WriterNode::WriterNode(StoreSubject& subject, const NodeName& name, Duration lease) : subject_(subject) {
  auto registration = subject.store().register_node(name, "http://127.0.0.1:3000", lease);
  EXPECT_TRUE(registration) << registration.error().message;
  if (registration) registration_ = *registration;
}

Result<Commit> WriterNode::try_write(const std::function<void(ChangeList&, Timestamp)>& fill) {
  Loaded loaded;
  return try_write({}, loaded, fill);
}

Result<Commit> WriterNode::try_write(const BatchKeys& keys, Loaded& loaded,
                                     const std::function<void(ChangeList&, Timestamp)>& fill) {
  ChangeList list;
  const std::int64_t before = registration_.last_sequence;
  auto commit = subject_.store().transact(writer(), keys, loaded, [&](Timestamp now) {
    list = {};  // what an earlier try filled in is void
    registration_.last_sequence = before;
    fill(list, now);
    return list.changes;
  });
  if (!commit || *commit != Commit::committed) registration_.last_sequence = before;
  return commit;
}

void WriterNode::write(const std::function<void(ChangeList&, Timestamp)>& fill) {
  const auto commit = try_write(fill);
  ASSERT_TRUE(commit) << commit.error().message;
  ASSERT_EQ(*commit, Commit::committed);
}

Timestamp WriterNode::create(const std::vector<int>& numbers) {
  Timestamp time;
  write([&](ChangeList& list, Timestamp now) {
    time = now;
    for (const int number : numbers) {
      const Flow flow = new_flow(number, owner(), now);
      list.create(flow);
      list.add(Claim{digest_of_key(flow.order.idempotency_key), flow.order.id, true});
      list.add(event(flow, EventType::order_created, now));
    }
  });
  return time;
}

Event WriterNode::event(const Flow& flow, EventType type, Timestamp now) {
  Event event;
  event.type = type;
  event.aggregate_type = aggregate_of(type);
  event.aggregate = event.aggregate_type == AggregateType::payment ? flow.payments.front().id.uuid : flow.order.id.uuid;
  event.version = 1;
  event.order = flow.order.id;
  event.data = R"({"orderId":")" + flow.order.id.text() + R"(","näme":"\"x\""})";
  if (type == EventType::order_created) event.metadata = R"({"lock":"P"})";
  if (flow.saga) {
    event.correlation = flow.saga->correlation;
    event.trace_parent = flow.saga->trace_parent;
    event.saga_type = flow.saga->type;
  }
  event.node = writer().node;
  event.sequence = ++registration_.last_sequence;
  event.occurred_at = now;
  return event;
}

Event WriterNode::event(const Stock& stock, Timestamp now) {
  Event event;
  event.type = EventType::stock_set;
  event.aggregate_type = AggregateType::stock;
  event.aggregate = aggregate_of(stock.key);
  event.version = stock.version;
  event.data = R"({"id":")" + stock.key.id + R"("})";
  event.metadata = R"({"by":"somebody"})";
  event.node = writer().node;
  event.sequence = ++registration_.last_sequence;
  event.occurred_at = now;
  return event;
}

Loaded load(StoreSubject& subject, const WriterNode& node, const BatchKeys& keys) {
  Loaded loaded;
  const auto commit = subject.store().transact(node.writer(), keys, loaded, [](Timestamp) { return Changes{}; });
  EXPECT_TRUE(commit) << commit.error().message;
  return loaded;
}

std::string describe(const Order& order) {
  return fmt::format(
      "order {} of {}: {} {} to {} for {} is {}, key {} {}, payment {}, reason {}, token {}, node {}, v{}, "
      "{} {}",
      order.id.text(), order.user.text(), to_json(order.items).dump(), order.total.text(), order.address,
      order.customer, to_string(order.status), order.idempotency_key, order.holds_key, order.payment_id,
      order.cancel_reason, order.fencing_token, order.node, order.version, order.created_at.us, order.updated_at.us);
}

std::string describe(const Saga& saga) {
  std::string text = fmt::format(
      "saga {} {} {} corr {} trace {} is {}, error {}, manual {}, wake {}, owner {} {}, v{}, {} {}", saga.id.text(),
      saga.type, saga.definition_version, saga.correlation, saga.trace_parent, to_string(saga.status), saga.error,
      saga.requires_manual_intervention, saga.wake_at ? saga.wake_at->us : -1, saga.owner.node, saga.owner.epoch,
      saga.version, saga.created_at.us, saga.updated_at.us);
  for (const StepState& step : saga.steps)
    text += fmt::format("; step {} {} {} {} {} {} {} {} wake {} kept {} at {} calling {} round {}",
                        to_string(step.status), step.execution, step.tries, step.in_doubt, step.began_at.us,
                        step.ended_at.us, step.node, step.error, step.wake_at ? step.wake_at->us : -1, step.kept,
                        step.location, step.calling, step.undo_round);
  if (saga.own_definition)
    text += fmt::format("; of {} version {}", saga.own_definition->text, saga.own_definition->version);
  if (!saga.input.empty()) text += fmt::format("; input {} key {}", saga.input, saga.key);
  for (const OperatorRetry& retry : saga.retries)
    text += fmt::format("; retry {} {} {}", retry.at.us, retry.from_step, retry.by);
  return text;
}

std::string describe(const Payment& payment) {
  return fmt::format(
      "payment {} of {} {} execution {}: {} {} {} ext {} failure {} under {} node {} v{} {} {} charge {} {} check {} "
      "by {} receipt {} approved {}",
      payment.id.text(), payment.order.text(), payment.user.text(), payment.execution, payment.amount.text(),
      to_string(payment.method), to_string(payment.status), payment.external_transaction_id, payment.failure_reason,
      payment.provider_key, payment.node, payment.version, payment.created_at.us, payment.updated_at.us,
      payment.charge_began_at.us, payment.charge_pending,
      payment.check ? fmt::format("{} {}", payment.check->at.us, payment.check->tries) : "never", payment.facts.method,
      payment.facts.receipt_url, payment.facts.approved_at.us);
}

std::string describe(const Event& event) {
  return fmt::format("event {} {} {} v{} of {}: {} {} {} {} {} node {} {} at {}", to_string(event.type),
                     to_string(event.aggregate_type), event.aggregate.text(), event.version, event.order.text(),
                     event.data, event.metadata, event.correlation, event.trace_parent, event.saga_type, event.node,
                     event.sequence, event.occurred_at.us);
}

std::string describe(const Flow& flow) {
  std::string text = describe(flow.order) + "\n" + (flow.saga ? describe(*flow.saga) : "no saga");
  for (const Payment& payment : flow.payments) text += "\n" + describe(payment);
  for (const Barrier& barrier : flow.barriers)
    text += fmt::format("\nbarrier {} {} {} {} {}", barrier.step, to_string(barrier.direction), barrier.execution,
                        barrier.blocked, barrier.refusal);
  for (const Reservation& reservation : flow.reservations) text += "\n" + describe(reservation);
  return text;
}

std::string describe(const Reservation& r) {
  std::string text = fmt::format("reservation {} {} execution {} {} {} until {} node {} v{} {} {}", r.id.text(),
                                 to_string(r.kind), r.execution, to_string(r.status), r.reason, r.expires_at.us, r.node,
                                 r.version, r.created_at.us, r.updated_at.us);
  for (const ReservationLine& line : r.lines) text += fmt::format(", {} of {}", line.quantity, line.stock);
  return text;
}

std::string describe(const CallRecord& r) {
  return fmt::format("call of {} {} execution {} try {} question {}: {} {} {} at {} took {} by {}", r.step,
                     to_string(r.direction), r.execution, r.tries, r.is_question, to_string(r.outcome), r.status,
                     r.answer, r.at.us, r.took.count(), r.node);
}

std::string describe(const StoredDefinition& stored) {
  return fmt::format("definition {} {} at {} retired {}: {}", stored.definition->name, stored.definition->version,
                     stored.published_at.us, stored.is_retired, stored.definition->text);
}

std::string describe(const Stock& stock) {
  return fmt::format("stock {} {} {} {}: {} = {} + {} + {} node {} v{} {} {}", to_string(stock.key.kind), stock.key.id,
                     stock.name, stock.price.text(), stock.total, stock.available, stock.reserved, stock.sold,
                     stock.node, stock.version, stock.created_at.us, stock.updated_at.us);
}

std::string describe(const User& user) {
  std::string sessions;
  for (const LoginSession& s : user.sessions)
    sessions += fmt::format(" session {} {} {} {} {}", s.id, s.hash, s.previous, s.renewed_at.us, s.expires_at.us);
  return fmt::format("user {} {} {} {} {} {} {} {} {} {} {}{}", user.id.text(), user.email, user.password_hash,
                     user.first_name, user.last_name, to_string(user.role), to_string(user.status), user.email_verified,
                     user.rights_changed_at.us, user.created_at.us, user.updated_at.us, sessions);
}

}  // namespace sagactl
