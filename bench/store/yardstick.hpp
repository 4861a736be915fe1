// The bare yardstick: the rows of orders' lives written by plain SQLite statements into the same tables, with
// nothing looked up, checked or decided.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/store/order_life.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace sagactl::bench {

class Yardstick {
 public:
  // `path`: a file that the store has made and that nobody serves. `first` is the number of the first flow.
  Yardstick(const std::string& path, std::int64_t first);
  ~Yardstick();
  Yardstick(const Yardstick&) = delete;
  Yardstick& operator=(const Yardstick&) = delete;

  // Two commits for all of them together. Numbers their events.
  void write(std::span<OrderLife> lives);

 private:
  sqlite3_stmt* prepare(const std::string& sql);
  void run(sqlite3_stmt* statement);
  void place(OrderLife& life, std::int64_t flow);
  void pay(OrderLife& life, std::int64_t flow);
  void write_events(std::vector<Event>& events, std::int64_t flow);  // those of one flow that follow each other

  sqlite3* connection_ = nullptr;
  sqlite3_stmt *begin_, *commit_, *flow_, *payment_, *barrier_, *event_, *claim_, *pay_flow_, *pay_payment_, *counter_;
  std::int64_t next_flow_;
  std::int64_t sequence_;
  std::string earlier_;
};

}  // namespace sagactl::bench
