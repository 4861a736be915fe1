// A cluster's life at random against one store, told in text: the same seed does the same things, so two
// stores that keep the contract tell the same.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/random.hpp"
#include "tests/contract/writing.hpp"

namespace sagactl {

class RandomLife {
 public:
  RandomLife(StoreSubject& subject, std::uint64_t seed) : subject_(subject), random_(seed) {}

  // Does one thing and tells what it was and what came of it.
  std::string step();
  // Everything that the store can be asked.
  std::string tell_all();

 private:
  TestNode& some_node();
  int some_number() { return static_cast<int>(random_.below(static_cast<std::uint64_t>(flows_) + 2)); }

  std::string create();
  std::string change();
  std::string write_users_and_replays();
  std::string contradict();
  std::string lives_and_leases();
  std::string adopt();
  std::string publish();
  std::string ask_orders();
  std::string ask_sagas();
  std::string ask_events();
  std::string ask_stock();

  Flow next_state(Flow flow, ChangeList& list, Timestamp now);
  std::vector<Reservation> next_reservations(std::vector<Reservation> list, Timestamp now);
  void draw(const Loaded& loaded, const std::set<StockKey>& keys, ChangeList& list, TestNode& node, Timestamp now);
  StockKey some_stock();
  std::string some_type();
  Page some_page();

  StoreSubject& subject_;
  Random random_;
  std::map<NodeName, std::unique_ptr<TestNode>> nodes_;
  int flows_ = 0;
};

}  // namespace sagactl
