#include "server/adapters/postgres/tables/node_table.hpp"

namespace sagactl::postgres {

const PostgresStatement sql_nodes{
    "nodes",
    "SELECT name, url, epoch, lease_until, lease_until > database_now(), last_sequence, published, secrets "
    "FROM node WHERE epoch > 0 ORDER BY name COLLATE \"C\""};
const PostgresStatement sql_unpublished{"nodes_unpublished",
                                        "SELECT coalesce(sum(last_sequence - published), 0)::bigint FROM node"};
const PostgresStatement sql_database_now{"nodes_now", "SELECT database_now()"};

}  // namespace sagactl::postgres
