// All tables of a database file, over one connection.
#pragma once

#include <string>

#include "server/adapters/sqlite/account_table.hpp"
#include "server/adapters/sqlite/barrier_table.hpp"
#include "server/adapters/sqlite/claim_table.hpp"
#include "server/adapters/sqlite/connection.hpp"
#include "server/adapters/sqlite/counter_table.hpp"
#include "server/adapters/sqlite/event_table.hpp"
#include "server/adapters/sqlite/flow_table.hpp"
#include "server/adapters/sqlite/names.hpp"
#include "server/adapters/sqlite/node_table.hpp"
#include "server/adapters/sqlite/payment_table.hpp"
#include "server/adapters/sqlite/replay_table.hpp"
#include "server/adapters/sqlite/stock_table.hpp"

namespace sagactl::sqlite {

struct Tables {
  Tables(const std::string& path, const Connection::Settings& settings) : connection(path, settings) {}

  Connection connection;
  Names names{connection};
  FlowTable flows{connection, names};
  PaymentTable payments{connection, names};
  BarrierTable barriers{connection};
  EventTable events{connection, names};
  ClaimTable claims{connection};
  StockTable stocks{connection, names};
  AccountTable accounts{connection};
  ReplayTable replays{connection};
  NodeTable nodes{connection};
  ProgressTable progress{connection};
  CounterTable counters{connection, names};
};

}  // namespace sagactl::sqlite
