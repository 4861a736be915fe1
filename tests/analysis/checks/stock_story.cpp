#include "tests/analysis/checks/stock_story.hpp"

namespace sagactl {

FlowHistory& StockStory::check_out(std::vector<std::pair<std::string, std::int64_t>> products, std::string_view saga,
                                   const NodeName& node) {
  World::Placing placing{.node = node, .locked = false, .saga = saga, .customer = "customer-1"};
  for (const auto& [id, quantity] : products) placing.items.push_back({id, "Product " + id, quantity, Money{10'00}});
  return world.place(placing);
}

FlowHistory& StockStory::purchase(const std::string& user, const std::string& item, std::int64_t quantity) {
  World::Placing placing{.node = "node-3", .locked = false, .saga = item_purchase_saga, .customer = user};
  placing.items = {{item, item, quantity, world.stock(StockKind::item, item).price}};
  return world.place(placing);
}

void StockStory::settle() {
  world.settle_claims();
  world.number_events();
}

StockStory::StockStory() {
  for (const char* product : {"LAPTOP", "MOUSE", "VASE", "LAMP", "IDLE"})
    world.set_stock(StockKind::product, product, 50, Money{10'00});
  world.set_stock(StockKind::product, "RARE", 0, Money{10'00});
  for (const char* item : {"SWORD", "SHIELD", "RING"}) world.set_stock(StockKind::item, item, 10, Money{100'00});
  world.set_stock(StockKind::item, "CROWN", 1, Money{100'00});
  for (const char* user : {"alice", "bob", "carol"}) {
    world.set_stock(StockKind::balance, user, user == std::string("bob") ? 50'00 : 10'000'00);
    world.set_stock(StockKind::slots, user, user == std::string("carol") ? 0 : 20);
  }

  placed = &world.add({.product = "BOOK"});
  checked_out = &check_out({{"LAPTOP", 2}, {"MOUSE", 1}});
  world.complete(*checked_out);
  choreographed = &check_out({{"LAPTOP", 1}}, checkout_choreography_saga, "node-2");
  declined = &check_out({{"LAPTOP", 1}}, checkout_choreography_saga);
  world.decline(*declined);
  world.complete(*choreographed);
  sold_out = &check_out({{"MOUSE", 1}, {"RARE", 1}});
  world.complete(*sold_out);
  world.answer(*sold_out, Succeeded{});
  undone = &check_out({{"VASE", 1}}, checkout_choreography_saga, "node-3");
  world.complete(*undone);
  world.command(*undone, CompensateSaga{"asked for"});
  world.answer(*undone, Succeeded{});
  recharged = &check_out({{"LAMP", 2}});
  world.complete(*recharged);
  world.cancel(*recharged, "changed my mind");
  world.answer(*recharged, Succeeded{});
  world.command(*recharged, RetrySaga{.by = "admin", .recharge = true, .was_refunded = true});
  world.answer(*recharged, Succeeded{}, "tx-second");

  purchased = &purchase("alice", "SWORD", 2);
  world.complete(*purchased);
  too_poor = &purchase("bob", "SWORD", 1);
  no_slots = &purchase("carol", "SWORD", 1);
  no_item = &purchase("alice", "CROWN", 2);
  not_charged = &purchase("alice", "SWORD", 1);
  world.decline(*not_charged);
  expired = &purchase("alice", "SHIELD", 1);
  expired_undone = &purchase("alice", "SHIELD", 1);
  world.pass(6min);
  world.expire(*expired);
  world.expire(*expired_undone);
  world.complete(*expired);
  world.decline(*expired_undone);
  given_back = &purchase("alice", "RING", 1);
  world.complete(*given_back);
  world.command(*given_back, CompensateSaga{"asked for"});
  world.answer(*given_back, Succeeded{});
  world.set_stock(StockKind::product, "LAPTOP", 100);
  settle();
}

}  // namespace sagactl
