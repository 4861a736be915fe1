#include "bench/store/order_life.hpp"

#include <fmt/format.h>

namespace sagactl::bench {
namespace {

constexpr std::uint64_t users = 1'000;

Event event(const Flow& flow, EventType type, AggregateType of, int version, std::string data) {
  Event event;
  event.type = type;
  event.aggregate_type = of;
  event.aggregate = of == AggregateType::payment ? flow.payments.front().id.uuid : flow.order.id.uuid;
  event.version = version;
  event.order = flow.order.id;
  event.data = std::move(data);
  event.node = flow.order.node;
  return event;
}

std::string saga_data(const Flow& flow, std::string_view more) {
  return fmt::format(R"({{"sagaId":"{0}","sagaType":"OrderProcessingSaga","orderId":"{0}"{1}}})", flow.order.id.text(),
                     more);
}

Flow place(Random& random, Timestamp now, const Owner& owner) {
  Flow flow;
  Order& order = flow.order;
  order.id = {make_uuid_v7(now, random.next(), random.next())};
  order.user = {make_uuid_v7({}, 0, random.below(users))};
  order.items = {{fmt::format("PROD-{:016x}", random.next()), "A product of the bench", 1, Money{100'000}}};
  order.total = Money{100'000};
  order.address = "Seoul, Teheran-ro 123";
  order.idempotency_key = default_idempotency_key(order.items);
  order.fencing_token = now.us;
  order.node = owner.node;
  order.version = 1;
  order.created_at = order.updated_at = now;
  Saga& saga = flow.saga.emplace();
  saga.id = saga_of(order.id);
  saga.type = std::string(order_processing_saga);
  saga.steps = {{StepStatus::succeeded, 1, 1, false, now, now, owner.node, ""},
                {StepStatus::running, 1, 1, true, now, {}, owner.node, ""},
                {}};
  saga.wake_at = now + 30s;
  saga.owner = owner;
  saga.version = 1;
  saga.created_at = saga.updated_at = now;
  Payment payment;
  payment.id = {make_uuid_v7(now, random.next(), random.next())};
  payment.order = order.id;
  payment.user = order.user;
  payment.amount = order.total;
  payment.node = owner.node;
  payment.created_at = payment.updated_at = now;
  flow.payments = {payment};
  flow.barriers = {Barrier{}};
  return flow;
}

Flow pay(Flow flow, Timestamp now) {
  Payment& payment = flow.payments.front();
  payment.status = PaymentStatus::completed;
  payment.external_transaction_id = "ext_tx_" + payment.id.text();
  payment.version = 1;
  payment.updated_at = now;
  flow.order.status = OrderStatus::paid;
  flow.order.payment_id = payment.id.text();
  flow.order.version = 3;
  flow.order.updated_at = now;
  Saga& saga = *flow.saga;
  saga.status = SagaStatus::completed;
  saga.steps[1] = {StepStatus::succeeded, 1, 1, false, saga.created_at, now, saga.owner.node, ""};
  saga.steps[2] = {StepStatus::succeeded, 1, 1, false, now, now, saga.owner.node, ""};
  saga.wake_at.reset();
  saga.version = 4;
  saga.updated_at = now;
  flow.barriers.push_back({1, Direction::action, 1, false, ""});
  flow.barriers.push_back({2, Direction::action, 1, false, ""});
  return flow;
}

}  // namespace

OrderLife make_life(Random& random, Timestamp now, const Owner& owner) {
  OrderLife life;
  life.placed = place(random, now, owner);
  const Flow& flow = life.placed;
  const std::string order = flow.order.id.text(), user = flow.order.user.text(),
                    payment = flow.payments.front().id.text();
  life.claim = {digest_of_key(flow.order.idempotency_key), flow.order.id, true};
  life.placing = {
      event(flow, EventType::order_created, AggregateType::order, 1,
            fmt::format(R"({{"orderId":"{}","userId":"{}","items":{},"totalAmount":1000,"shippingAddress":"{}"}})",
                        order, user, to_json(flow.order.items).dump(), flow.order.address)),
      event(flow, EventType::saga_started, AggregateType::saga, 1, saga_data(flow, "")),
  };
  life.paid = pay(life.placed, now + 200us);
  life.paying = {
      event(flow, EventType::payment_processed, AggregateType::payment, 1,
            fmt::format(R"({{"paymentId":"{0}","orderId":"{1}","userId":"{2}","amount":1000,)"
                        R"("externalTransactionId":"ext_tx_{0}"}})",
                        payment, order, user)),
      event(flow, EventType::saga_step_completed, AggregateType::saga, 2,
            saga_data(flow, R"(,"stepName":"payment_processing")")),
      event(flow, EventType::order_confirmed, AggregateType::order, 2,
            fmt::format(R"({{"orderId":"{}","userId":"{}","paymentId":"{}"}})", order, user, payment)),
      event(flow, EventType::order_status_changed, AggregateType::order, 3,
            fmt::format(R"({{"orderId":"{}","previousStatus":"pending","newStatus":"paid"}})", order)),
      event(flow, EventType::saga_step_completed, AggregateType::saga, 3,
            saga_data(flow, R"(,"stepName":"order_confirmation")")),
      event(flow, EventType::saga_completed, AggregateType::saga, 4, saga_data(flow, "")),
  };
  return life;
}

}  // namespace sagactl::bench
