// What an operator looks at beside sagas: nodes, participants, stock, Kafka, dead letters, and reports of load tests.
#include "server/api/routes.hpp"
#include "server/api/cluster/handlers.hpp"

namespace sagactl::api {

void add_cluster_routes(http::Router& router, Context& context) {
  using http::Method;
  constexpr std::size_t report_bytes_max = std::size_t{1} << 20;
  const RouteGroup cluster{router, context, "cluster", http::RouteAccess::admin};
  cluster.add(Method::get, "/nodes", list_nodes, "The nodes of the cluster, with their leases");
  cluster.add(Method::get, "/participants", list_participants,
              "The participants of users' sagas that this node has called, and which it leaves alone");
  const RouteGroup stock{router, context, "cluster", http::RouteAccess::merchant};
  stock.add(Method::get, "/stock", list_all_stock, "Stock of one kind, by id");

  const RouteGroup kafka{router, context, "kafka", http::RouteAccess::admin};
  kafka.add(Method::get, "/kafka/topics", list_topics, "Topics with their offsets");
  kafka.add(Method::get, "/kafka/groups", list_groups, "Consumer groups, and how far they are behind");
  kafka.add(Method::get, "/kafka/topics/{topic}/messages", list_messages, "The newest messages of a topic");
  kafka.add(Method::get, "/dead-letters", list_dead_letters, "Messages of a topic that a consumer could not process");
  kafka.add(Method::post, "/dead-letters/redeliver", redeliver_dead_letters, "Sends dead letters to their topic again");
  kafka.add(Method::post, "/dead-letters/discard", discard_dead_letters, "Discards dead letters");

  RouteGroup reports{router, context, "reports", http::RouteAccess::admin};
  reports.add(Method::get, "/reports", list_reports, "Results of load tests, newest first");
  reports.add(Method::get, "/reports/{id}", get_report, "One result");
  reports.add(Method::del, "/reports/{id}", delete_report, "Deletes a result");
  reports.body_bytes_max = report_bytes_max;
  reports.add(Method::post, "/reports", publish_report, "Keeps the result of a load test");
}

}  // namespace sagactl::api
