// Maintenance: pending orders that no open saga will change.
#include <gtest/gtest.h>

#include "tests/api/support/api_node.hpp"
#include "tests/contract/scratch.hpp"
#include "tests/contract/sqlite/sql_session.hpp"

namespace sagactl::test {
namespace {

class Maintenance : public testing::Test {
 protected:
  NodeOptions with_file() const {
    NodeOptions options = ApiNode::options();
    options.database = path;
    return options;
  }
  std::string placed(const std::string& product) { return node.place(customer, product)["id"]; }
  Json issues() { return admin.get("/saga/maintenance/saga-health")->json().value()["issues"]; }

  const ScratchDirectory directory;
  const std::string path = directory.file("sagactl.db");
  ApiNode node{with_file()};
  HttpClient admin = node.admin(), customer = node.customer();
};

TEST_F(Maintenance, CancelsThePendingOrdersWhoseSagaIsGoneAndNoOthers) {
  node.gateway().hold();
  const std::string first = placed("A"), second = placed("B"), open = placed("C");
  EXPECT_EQ(issues()["orphanedPendingOrders"], false);
  SqlSession(path).run("DELETE FROM saga_instances WHERE id IN ('" + first + "', '" + second + "')");
  EXPECT_EQ(issues()["orphanedPendingOrders"], true);
  const Json pending = admin.get("/saga/maintenance/pending-orders")->json().value();
  EXPECT_EQ(pending["count"], 3);
  const Json done = admin.post("/saga/maintenance/cleanup-pending", Json::object())->json().value();
  ASSERT_EQ(done["processed"], 2) << done.dump(2);
  EXPECT_EQ(done["remaining"], 0);
  EXPECT_EQ(done["results"][0]["orderId"], first) << "the oldest first";
  EXPECT_EQ(done["results"][0]["action"], "cancelled") << done.dump(2);
  EXPECT_EQ(done["results"][1]["orderId"], second);
  EXPECT_EQ(admin.get("/orders/" + first)->json().value()["status"], "cancelled");
  EXPECT_EQ(admin.get("/orders/" + open)->json().value()["status"], "pending");
  EXPECT_EQ(issues()["orphanedPendingOrders"], false);
  EXPECT_EQ(admin.post("/saga/maintenance/cleanup-pending", Json::object())->json().value()["processed"], 0);
}

}  // namespace
}  // namespace sagactl::test
