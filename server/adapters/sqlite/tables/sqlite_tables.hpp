// All tables of a database file, over one connection.
#pragma once

#include <string>

#include "server/adapters/sqlite/file/sqlite_connection.hpp"
#include "server/adapters/sqlite/tables/account_table.hpp"
#include "server/adapters/sqlite/tables/barrier_table.hpp"
#include "server/adapters/sqlite/tables/claim_table.hpp"
#include "server/adapters/sqlite/tables/counter_table.hpp"
#include "server/adapters/sqlite/tables/event_table.hpp"
#include "server/adapters/sqlite/tables/flow_table.hpp"
#include "server/adapters/sqlite/tables/node_table.hpp"
#include "server/adapters/sqlite/tables/own_saga_tables.hpp"
#include "server/adapters/sqlite/tables/payment_table.hpp"
#include "server/adapters/sqlite/tables/replay_table.hpp"
#include "server/adapters/sqlite/tables/sqlite_names.hpp"
#include "server/adapters/sqlite/tables/stock_table.hpp"

namespace sagactl::sqlite {

struct SqliteTables {
  SqliteTables(const std::string& path, const SqliteConnection::Settings& settings) : connection(path, settings) {}

  SqliteConnection connection;
  SqliteNames names{connection};
  FlowTable flows{connection, names};
  PaymentTable payments{connection, names};
  BarrierTable barriers{connection};
  EventTable events{connection, names};
  DefinitionTable definitions{connection, names};
  CallTable calls{connection, names};
  SearchTable searches{connection};
  ClaimTable claims{connection};
  StockTable stocks{connection, names};
  AccountTable accounts{connection};
  ReplayTable replays{connection};
  NodeTable nodes{connection};
  ProgressTable progress{connection};
  CounterTable counters{connection, names};
};

}  // namespace sagactl::sqlite
