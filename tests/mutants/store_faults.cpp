// The faults of a faulty store: how they alter batches.
#include <algorithm>
#include <set>

#include "common/id.hpp"
#include "tests/mutants/faulty_store.hpp"

namespace sagactl::mutants {
namespace {

void set_member(Event& event, const char* name, Json value) {
  Json data = Json::parse(event.data);
  data[name] = std::move(value);
  event.data = data.dump();
}

}  // namespace

// One order claims a key that is not that of its products: the next order of the same products is not refused.
StoreFault own_key(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    for (Order& order : batch.new_orders)
      if (aim.hits()) batch.set_key(order, "key of " + order.id.text());
  };
}

// One order is accepted with the key of the order before it, which is live.
StoreFault shared_key(Aim aim) {
  return [aim, before = std::string()](ChangesCopy& batch) mutable {
    for (Order& order : batch.new_orders) {
      if (!before.empty() && aim.hits()) batch.set_key(order, before);
      before = order.idempotency_key;
    }
  };
}

// One order, or one saga of a user's own, is acknowledged, and neither it nor anything that follows from it is written.
StoreFault lost_order(Aim aim) {
  return [aim, lost = std::set<OrderId>()](ChangesCopy& batch) mutable {
    for (const Order& order : batch.new_orders)
      if (aim.hits()) lost.insert(order.id);
    for (const Saga& saga : batch.new_sagas)
      if (saga.own_definition && aim.hits()) lost.insert(order_of(saga.id));
    for (const OrderId id : lost) batch.drop(id);
  };
}

// One order is charged a cent too much.
StoreFault wrong_amount(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    for (Payment& payment : batch.new_payments)
      if (aim.hits()) payment.amount = payment.amount + Money{1};
  };
}

// One charge is made twice, and neither is refunded.
StoreFault double_capture(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    for (const Payment& payment : batch.payments) {
      const Event* charged = batch.find_event(payment.order, EventType::payment_processed);
      if (payment.status != PaymentStatus::completed || !charged || !aim.hits()) continue;
      Payment again = payment;
      again.id = PaymentId{new_uuid()};
      again.execution = payment.execution + 1;
      again.external_transaction_id += "-again";
      Event event = *charged;
      event.aggregate = again.id.uuid;
      set_member(event, "paymentId", again.id.text());
      batch.new_payments.push_back(again);
      batch.events.push_back(event);
      batch.events.back().occurred_at = batch.events[batch.events.size() - 2].occurred_at;
    }
  };
}

// One payment is charged again while its saga compensates.
StoreFault charge_while_compensating(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    for (Payment& payment : batch.payments) {
      const Event* compensating = batch.find_event(payment.order, EventType::saga_compensating);
      if (compensating && aim.hits()) payment.charge_began_at = compensating->occurred_at + Duration{1};
    }
  };
}

// One saga ends as compensated although its order was not cancelled.
StoreFault lost_compensation(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    for (const Saga& saga : batch.sagas) {
      if (saga.status != SagaStatus::compensated || !aim.hits()) continue;
      const OrderId id = order_of(saga.id);
      std::erase_if(batch.orders, [&](const Order& it) { return it.id == id; });
      std::erase_if(batch.claims, [&](const Claim& it) { return it.order == id; });
      std::erase_if(batch.events,
                    [&](const Event& it) { return it.order == id && it.aggregate_type == AggregateType::order; });
    }
  };
}

// One order goes from pending to delivered, without having been paid or shipped.
StoreFault skipped_state(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    for (Order& order : batch.orders) {
      Event* change = batch.find_event(order.id, EventType::order_status_changed);
      if (order.status != OrderStatus::paid || !change || !aim.hits()) continue;
      order.status = OrderStatus::delivered;
      set_member(*change, "newStatus", "delivered");
    }
  };
}

// One payment is made without an event.
StoreFault lost_payment_event(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    std::erase_if(batch.events,
                  [&](const Event& event) { return event.type == EventType::payment_processed && aim.hits(); });
  };
}

// One saga's last event skips a version.
StoreFault skipped_version(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    for (Saga& saga : batch.sagas) {
      Event* end = batch.find_event(order_of(saga.id), EventType::saga_completed);
      if (end && aim.hits()) saga.version = ++end->version;
    }
  };
}

// One order names a node that does not exist.
StoreFault unknown_node(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    for (Order& order : batch.new_orders)
      if (aim.hits()) order.node = "node-9";
  };
}

// One compensated purchase keeps a unit of its item reserved, although its event says that it was released.
StoreFault lost_release(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    const bool releases = std::any_of(batch.events.begin(), batch.events.end(), [](const Event& event) {
      return event.type == EventType::stock_released && event.aggregate_type == AggregateType::item;
    });
    for (Stock& stock : batch.stocks) {
      if (!releases || stock.key.kind != StockKind::item || !aim.hits()) continue;
      stock.available -= 1;
      stock.reserved += 1;
    }
  };
}

// More units of an item are reserved than exist.
StoreFault oversold(Aim aim) {
  return [aim](ChangesCopy& batch) mutable {
    for (Stock& stock : batch.stocks) {
      if (stock.key.kind != StockKind::item || stock.reserved == 0 || !aim.hits()) continue;
      stock.reserved += stock.available + 1;
      stock.available = -1;
    }
  };
}

}  // namespace sagactl::mutants
