#include "server/adapters/postgres/node_table.hpp"

namespace sagactl::postgres {

const Statement sql_nodes{"nodes",
                          "SELECT name, url, epoch, lease_until, lease_until > database_now(), last_sequence, published, secrets "
                          "FROM node WHERE epoch > 0 ORDER BY name COLLATE \"C\""};
const Statement sql_unpublished{"nodes_unpublished", "SELECT coalesce(sum(last_sequence - published), 0)::bigint FROM node"};
const Statement sql_database_now{"nodes_now", "SELECT database_now()"};

std::vector<NodeInfo> read_nodes(Rows rows) {
  std::vector<NodeInfo> list;
  while (rows.next()) {
    NodeInfo& node = list.emplace_back();
    node.name = rows.text();
    node.url = rows.text();
    node.epoch = rows.integer();
    node.lease_until = rows.time();
    node.live = rows.integer() != 0;
    node.last_sequence = rows.integer();
    node.published = rows.integer();
    node.fingerprint = rows.text();
  }
  return list;
}

}  // namespace sagactl::postgres
