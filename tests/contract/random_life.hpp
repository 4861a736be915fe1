// Random operations of a cluster on one store, recorded as text: the same seed does the same operations, so two stores
// that keep the contract give the same text.
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

  // Does one operation, and returns what it was with its result.
  std::string step();
  // The results of all queries.
  std::string tell_all();

 private:
  WriterNode& some_node();
  int some_number() { return static_cast<int>(random_.below(static_cast<std::uint64_t>(flows_) + 2)); }

  std::string create();
  std::string change();
  std::string create_own();
  std::string change_own();
  std::string publish_definition();
  std::string ask_own();
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
  void draw(const Loaded& loaded, const std::set<StockKey>& keys, ChangeList& list, WriterNode& node, Timestamp now);
  StockKey some_stock();
  std::string some_type();
  Page some_page();

  StoreSubject& subject_;
  Random random_;
  std::map<NodeName, std::unique_ptr<WriterNode>> nodes_;
  int flows_ = 0;
  std::vector<int> own_;  // the numbers of users' sagas
};

}  // namespace sagactl
