// What every store does with stock, with what orders have reserved of it, and with events that belong to no order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const StockKey product_a{StockKind::product, "A"}, product_b{StockKind::product, "B"}, item_a{StockKind::item, "A"};

class StockContract : public StoreKindTest {
 protected:
  Store& store() { return subject->store(); }
  Queries& queries() { return subject->queries(); }
  std::unique_ptr<History> snapshot() { return std::move(subject->history().snapshot()).value(); }
};

TEST_P(StockContract, IsLoadedByItsKeyAsItWasWritten) {
  WriterNode node(*subject, "node-1");
  Stock a, b, item;
  node.write([&](ChangeList& list, Timestamp now) {
    a = new_stock(StockKind::product, "A", 5, "node-1", now);
    b = new_stock(StockKind::product, "B", 0, "node-1", now);
    item = new_stock(StockKind::item, "A", 99'999'999'999'999, "node-1", now);
    list.add(a).add(b).add(item);
  });
  const Loaded loaded = load(*subject, node, {.stocks = {item_a, product_a, {StockKind::slots, "A"}, product_a}});
  ASSERT_THAT(loaded.stocks, SizeIs(2)) << "each once, and those that are there";
  for (const Stock& stock : loaded.stocks) EXPECT_EQ(describe(stock), describe(stock.key == item_a ? item : a));
  EXPECT_EQ(describe(*queries().stock(product_b).value()), describe(b));
  EXPECT_FALSE(queries().stock({StockKind::balance, "B"}).value());
}

TEST_P(StockContract, AChangeIsWrittenOverIt) {
  WriterNode node(*subject, "node-1"), other(*subject, "node-2");
  node.write([&](ChangeList& list, Timestamp now) { list.add(new_stock(StockKind::product, "A", 5, "node-1", now)); });
  Loaded loaded;
  Stock changed;
  const auto commit = other.try_write({.stocks = {product_a}}, loaded, [&](ChangeList& list, Timestamp now) {
    changed = loaded.stocks.at(0);
    changed.available -= 2;
    changed.reserved += 2;
    changed.name = "another";
    changed.price = Money{7};
    changed.node = "node-2";
    ++changed.version;
    changed.updated_at = now;
    list.add(changed);
  });
  ASSERT_EQ(commit.value(), Commit::committed);
  EXPECT_EQ(describe(*queries().stock(product_a).value()), describe(changed));
}

TEST_P(StockContract, WhatIsFurtherNeededIsLoadedToo) {
  WriterNode node(*subject, "node-1");
  node.create({1});
  node.write([&](ChangeList& list, Timestamp now) {
    for (const char* id : {"A", "B", "C"}) list.add(new_stock(StockKind::product, id, 5, "node-1", now));
    list.add(Claim{digest_of_key("further"), order_id(1), true});
  });
  std::vector<OrderId> seen;
  BatchKeys keys{.flows = {order_id(1)}, .claims = {digest_of_key("key-1")}, .stocks = {product_a}};
  keys.add_dependent = [&](const Loaded& found, BatchKeys& more) {
    seen.clear();
    for (const Flow& flow : found.flows) seen.push_back(flow.order.id);
    more.stocks = {product_b, product_a, {StockKind::product, "nothing"}};
    more.claims = {digest_of_key("further"), digest_of_key("nothing")};
  };
  const Loaded loaded = load(*subject, node, keys);
  EXPECT_THAT(seen, ElementsAre(order_id(1))) << "it gets what was found";
  std::set<std::string> stocks;
  for (const Stock& stock : loaded.stocks) stocks.insert(stock.key.id);
  EXPECT_THAT(stocks, ElementsAre("A", "B"));
  EXPECT_THAT(loaded.claims, SizeIs(2));
}

TEST_P(StockContract, FurtherKeysAloneAreEnough) {
  WriterNode node(*subject, "node-1");
  node.write([&](ChangeList& list, Timestamp now) { list.add(new_stock(StockKind::product, "A", 5, "node-1", now)); });
  BatchKeys keys;
  keys.add_dependent = [](const Loaded&, BatchKeys& more) { more.stocks = {product_a}; };
  EXPECT_THAT(load(*subject, node, keys).stocks, SizeIs(1));
  keys.add_dependent = [](const Loaded&, BatchKeys&) {};
  EXPECT_THAT(load(*subject, node, keys).stocks, IsEmpty());
}

// Each write adds one to what it found, or makes it: when one is lost, or two make it at once, the sum is too small.
TEST_P(StockContract, NodesThatDrawFromTheSameStockLoseNoChange) {
  constexpr int nodes = 3, writes = 25;
  std::vector<std::unique_ptr<WriterNode>> all;
  for (int i = 0; i < nodes; ++i)
    all.push_back(std::make_unique<WriterNode>(*subject, "node-" + std::to_string(i), 1h));
  std::vector<std::thread> threads;
  for (int i = 0; i < nodes; ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < writes; ++n) {
        // In different orders, which must not make them wait for each other in a circle.
        BatchKeys keys{.stocks = {product_a}};
        if (i % 2) keys.stocks = {product_b};
        keys.add_dependent = [i](const Loaded&, BatchKeys& more) {
          more.stocks = {i % 2 ? product_a : product_b, item_a};
        };
        Loaded loaded;
        const auto commit = all[i]->try_write(keys, loaded, [&](ChangeList& list, Timestamp now) {
          for (const StockKey& key : {product_a, product_b, item_a}) {
            const auto found = std::find_if(loaded.stocks.begin(), loaded.stocks.end(),
                                            [&](const Stock& stock) { return stock.key == key; });
            Stock stock = found == loaded.stocks.end() ? new_stock(key.kind, key.id, 0, "node-0", now) : *found;
            ++stock.available;
            ++stock.total;
            list.add(stock);
          }
        });
        ASSERT_TRUE(commit) << commit.error().message;
        ASSERT_EQ(*commit, Commit::committed);
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const StockKey& key : {product_a, product_b, item_a})
    EXPECT_EQ(queries().stock(key).value()->available, nodes * writes) << key.id;
}

TEST_P(StockContract, IsListedByIdWithinItsKind) {
  WriterNode node(*subject, "node-1");
  node.write([&](ChangeList& list, Timestamp now) {
    for (const char* id : {"b", "a", "B", "é", "a:1", "a1"})
      list.add(new_stock(StockKind::product, id, 1, "node-1", now));
    list.add(new_stock(StockKind::item, "a", 1, "node-1", now));
  });
  const auto listed = [&](const std::string& after, std::size_t limit) {
    std::vector<std::string> ids;
    for (const Stock& stock : queries().stocks(StockKind::product, after, limit).value()) ids.push_back(stock.key.id);
    return ids;
  };
  EXPECT_THAT(listed("", 10), ElementsAre("B", "a", "a1", "a:1", "b", "é")) << "by bytes, in every database";
  EXPECT_THAT(listed("", 2), ElementsAre("B", "a"));
  EXPECT_THAT(listed("a", 2), ElementsAre("a1", "a:1"));
  EXPECT_THAT(listed("aa", 1), ElementsAre("b")) << "after something that is not there";
  EXPECT_THAT(listed("é", 10), IsEmpty());
  EXPECT_THAT(listed("", 0), IsEmpty());
  EXPECT_THAT(queries().stocks(StockKind::balance, "", 10).value(), IsEmpty());
}

TEST_P(StockContract, ReservationsAndCustomerBelongToTheFlow) {
  WriterNode node(*subject, "node-1");
  Flow checkout;
  Timestamp then;
  node.write([&](ChangeList& list, Timestamp now) {
    then = now;
    checkout = new_flow_of(checkout_saga, 1, node.owner(), now);
    list.create(checkout).create(new_flow(2, node.owner(), now));
  });
  EXPECT_EQ(describe(load(*subject, node, {.flows = {order_id(1)}}).flows.at(0)), describe(checkout));
  EXPECT_EQ(describe(*queries().flow(order_id(1)).value()), describe(checkout));
  EXPECT_EQ(queries().orders({.customer = "buyer-1"}, {}).value().flows.at(0).reservations, checkout.reservations);
  EXPECT_THAT(queries().flow(order_id(2)).value()->reservations, IsEmpty());
  EXPECT_EQ(queries().flow(order_id(2)).value()->order.customer, "");

  // With the order, and alone; and all of them may go.
  node.write([&](ChangeList& list, Timestamp now) {
    checkout = completed(checkout, now);
    checkout.reservations[0].status = ReservationStatus::released;
    checkout.reservations.push_back(checkout.reservations[1]);
    checkout.reservations[2].execution = 3;
    list.update(checkout).set(order_id(1), checkout.reservations);
  });
  EXPECT_EQ(describe(*queries().flow(order_id(1)).value()), describe(checkout));
  node.write([&](ChangeList& list, Timestamp) {
    checkout.reservations[2].status = ReservationStatus::expired;
    list.set(order_id(1), checkout.reservations);
  });
  EXPECT_EQ(describe(load(*subject, node, {.flows = {order_id(1)}}).flows.at(0)), describe(checkout));
  node.write([&](ChangeList& list, Timestamp) {
    checkout.reservations.clear();
    list.set(order_id(1), {});
  });
  EXPECT_EQ(describe(*queries().flow(order_id(1)).value()), describe(checkout));
  EXPECT_EQ(describe(*queries().flow(order_id(2)).value()), describe(new_flow(2, node.owner(), then)));
}

TEST_P(StockContract, AnOrderThatHadNoneMayReserveLater) {
  WriterNode node(*subject, "node-1");
  node.create({1});
  const std::vector<Reservation> held = new_flow_of(checkout_saga, 1, node.owner(), subject->clock.now()).reservations;
  node.write([&](ChangeList& list, Timestamp) { list.set(order_id(1), held); });
  EXPECT_EQ(queries().flow(order_id(1)).value()->reservations, held);
}

TEST_P(StockContract, APaymentKeepsTheProvidersKeyAndMayGetOneLater) {
  WriterNode node(*subject, "node-1");
  Flow flow;
  node.write([&](ChangeList& list, Timestamp now) {
    flow = new_flow_of(checkout_saga, 1, node.owner(), now);
    flow.payments[0].provider_key.clear();
    list.create(flow);
  });
  EXPECT_EQ(queries().flow(order_id(1)).value()->payments.at(0).provider_key, "");
  node.write([&](ChangeList& list, Timestamp now) {
    flow.payments[0].provider_key = "toss-\"7\"";
    flow.payments[0].updated_at = now;
    list.update(flow);
  });
  EXPECT_EQ(describe(*queries().flow(order_id(1)).value()), describe(flow));
}

// Flow n holds until 6 - n minutes from `start`.
TEST_P(StockContract, FlowsWithExpiredReservationsAreFoundTheLongestExpiredFirst) {
  WriterNode node(*subject, "node-1", 1h);
  const Timestamp start = subject->clock.now();
  const auto reservations = [&](int minutes) {
    std::vector<Reservation> list = new_flow_of(checkout_saga, minutes, node.owner(), start).reservations;
    list[0].expires_at = start + minutes * 1min;
    return list;
  };
  node.write([&](ChangeList& list, Timestamp now) {
    for (const int number : {1, 2, 3, 4, 5}) {
      Flow flow = new_flow_of(checkout_saga, number, node.owner(), now);
      flow.reservations = reservations(6 - number);
      list.create(flow);
    }
    list.create(new_flow(6, node.owner(), now));
  });
  const auto expired = [&](std::size_t limit) { return store().due_flows(limit).value(); };
  EXPECT_THAT(expired(10), IsEmpty());
  subject->clock.advance(3min);
  EXPECT_THAT(expired(10), ElementsAre(order_id(5), order_id(4), order_id(3))) << "at the very time as well";
  EXPECT_THAT(expired(2), ElementsAre(order_id(5), order_id(4)));
  EXPECT_THAT(expired(0), IsEmpty());

  // Settled ones are not found, nor those that hold for longer than before; whether the saga has ended is all one.
  node.write([&](ChangeList& list, Timestamp now) {
    std::vector<Reservation> settled = reservations(1);
    for (Reservation& each : settled) each.status = ReservationStatus::expired;
    list.set(order_id(5), settled).set(order_id(4), reservations(30));
    list.update(compensated(new_flow_of(checkout_saga, 3, node.owner(), now), "x", now));
  });
  EXPECT_THAT(expired(10), ElementsAre(order_id(3)));
  subject->clock.advance(1h);
  EXPECT_THAT(expired(10), ElementsAre(order_id(3), order_id(2), order_id(1), order_id(4)));
}

TEST_P(StockContract, EventsOfNoFlowAreToldApart) {
  WriterNode two(*subject, "two"), one(*subject, "one");
  two.create({1});
  std::vector<Event> written;
  for (WriterNode* node : {&two, &one})
    node->write([&](ChangeList& list, Timestamp now) {
      const Stock stock = new_stock(StockKind::product, "A", 5, node->writer().node, now);
      written.push_back(node->event(stock, now));
      list.add(stock).add(written.back());
    });
  const auto history = snapshot();
  const auto told = history->stock_events().value();
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(describe(told[0]), describe(written[1])) << "by node";
  EXPECT_EQ(describe(told[1]), describe(written[0]));
  int flows = 0;
  EXPECT_TRUE(history->each_flow({}, [&](const FlowHistory& flow) {
    ++flows;
    EXPECT_EQ(flow.flow.order.id, order_id(1));
    EXPECT_THAT(flow.events, SizeIs(1));
    return true;
  }));
  EXPECT_EQ(flows, 1) << "they make no flow";
  int events = 0;
  EXPECT_TRUE(history->each_event([&](const NodeName&, std::int64_t, Timestamp) { return ++events > 0; }));
  EXPECT_EQ(events, 3);
  EXPECT_EQ(describe(store().events_after("two", 1, 10).value().at(0)), describe(written[0])) << "they are published";
  EXPECT_EQ(describe(queries().events({}).value().at(0)), describe(written[1]));
  EXPECT_THAT(queries().events({.type = EventType::stock_set}).value(), SizeIs(2));
  EXPECT_FALSE(queries().flow(OrderId{}).value());
  EXPECT_EQ(queries().counts().value().events.at(EventType::stock_set), 2);
}

TEST_P(StockContract, HistoryTellsAllStockByKey) {
  WriterNode node(*subject, "node-1");
  std::vector<std::string> expected;
  node.write([&](ChangeList& list, Timestamp now) {
    std::vector<Stock> stocks;
    for (const StockKey& key : {item_a, product_b, product_a})
      stocks.push_back(new_stock(key.kind, key.id, 1, "node-1", now));
    for (const Stock& stock : stocks) list.add(stock);
    expected = {describe(stocks[2]), describe(stocks[1]), describe(stocks[0])};
  });
  const auto before = snapshot();
  node.write([&](ChangeList& list, Timestamp now) { list.add(new_stock(StockKind::slots, "A", 1, "node-1", now)); });
  std::vector<std::string> told;
  for (const Stock& stock : before->stocks().value()) told.push_back(describe(stock));
  EXPECT_EQ(told, expected) << "as it was when the snapshot was taken";
  EXPECT_THAT(snapshot()->stocks().value(), SizeIs(4));
}

TEST_P(StockContract, AnEventComesWithTheTypeOfItsSaga) {
  WriterNode node(*subject, "node-1");
  node.write([&](ChangeList& list, Timestamp now) {
    const Flow purchase = new_flow_of(item_purchase_saga, 5, node.owner(), now);
    list.create(purchase).add(node.event(purchase, EventType::stock_reserved, now));
    const Flow order = new_flow(6, node.owner(), now);
    list.create(order).add(node.event(order, EventType::order_created, now));
  });
  const auto type_and_trace = [](const std::vector<Event>& events) {
    std::vector<std::string> told;
    for (const Event& event : events) told.push_back(event.saga_type + (event.trace_parent.empty() ? "" : " traced"));
    return told;
  };
  EXPECT_THAT(type_and_trace(store().events_after("node-1", 0, 10).value()),
              ElementsAre("ItemPurchaseSaga traced", "OrderProcessingSaga"));
  EXPECT_THAT(type_and_trace(queries().flow_events(order_id(5)).value()), ElementsAre("ItemPurchaseSaga traced"));
  EXPECT_THAT(type_and_trace(queries().events({}).value()),
              ElementsAre("OrderProcessingSaga", "ItemPurchaseSaga traced"));
}

class DurableStockContract : public StockContract {};

TEST_P(DurableStockContract, IsThereAfterAReopen) {
  WriterNode node(*subject, "node-1");
  Stock stock;
  Flow flow;
  node.write([&](ChangeList& list, Timestamp now) {
    stock = new_stock(StockKind::balance, "u", 5, "node-1", now);
    flow = new_flow_of(item_purchase_saga, 1, node.owner(), now);
    list.add(stock).create(flow);
  });
  subject->reopen();
  EXPECT_EQ(describe(*queries().stock(stock.key).value()), describe(stock));
  EXPECT_EQ(describe(*queries().flow(order_id(1)).value()), describe(flow));
  subject->clock.advance(10min);
  EXPECT_THAT(store().due_flows(10).value(), ElementsAre(order_id(1)));
}

INSTANTIATE_TEST_SUITE_P(Stores, StockContract, testing::ValuesIn(store_kinds()), name_of_kind);
INSTANTIATE_TEST_SUITE_P(Stores, DurableStockContract, testing::ValuesIn(durable_store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
