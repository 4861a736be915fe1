// A load test of a user's saga over the sample services in Python: its verdicts agree with what the services have, and
// sagas that do not end are found.
#include <gmock/gmock.h>
#include <signal.h>
#include <sqlite3.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/text/text.hpp"
#include "httpclient/http_client.hpp"
#include "tests/e2e/process.hpp"
#include "tests/services/loopback.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

const std::string samples = SAGACTL_SOURCE_DIR "/samples/";

// A sample service and its database.
class Service {
 public:
  Service(const TestDirectory& site, const std::string& name)
      : port(std::to_string(free_port())),
        file_(site.directory() / (name + ".db")),
        process_({samples + "python/" + name + ".py", port, file_}, site.directory(), {}, "/usr/bin/python3") {
    HttpClient client(*parse_node_url("http://127.0.0.1:" + port));
    eventually([&] { return client.get("/").ok(); });
  }
  int count(const std::string& rows) const {
    sqlite3* database = nullptr;
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_open(file_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_prepare_v2(database, ("SELECT count(*) FROM " + rows).c_str(), -1, &statement, nullptr),
              SQLITE_OK);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    const int count = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return count;
  }
  void stop() const { process_.send(SIGKILL); }
  const std::string port;

 private:
  const std::string file_;
  Process process_;
};

class OwnSagaLoad : public testing::Test {
 protected:
  OwnSagaLoad() {
    std::ostringstream text;
    text << std::ifstream(samples + "trip.yaml").rdbuf();
    std::string trip = text.str();
    replace_all(trip, ":8081", ":" + hotel.port);
    replace_all(trip, ":8082", ":" + payment.port);
    write("trip.yaml", trip);
    write("trip.json", R"({"guest":"{user}","nights":{quantity},"price":{price}})");
    write("declined.json", R"({"guest":"{user}","nights":1,"price":2000})");
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(site.directory() / name) << text; }
  static std::string ruling(const Json& result, const std::string& name) {
    for (const Json& verdict : result["verdicts"])
      if (verdict["name"] == name) return verdict["verdict"];
    return "none";
  }

  const TestDirectory site;
  const Service hotel{site, "hotel"}, payment{site, "payment"};
};

TEST_F(OwnSagaLoad, PassesAndTheServicesHaveWhatItSays) {
  const ServeProcess nodes(site, {"--nodes", "2"});
  const std::vector<std::string> load = {
      "loadtest", "mixed", "--saga",       "trip", "--input", "trip.json",   "--fail-input", "declined.json",
      "--orders", "60",    "--fail-share", "0.3",  "--save",  "result.json", "-o",           "json"};
  const ProcessResult unpublished = nodes.run(load);
  EXPECT_EQ(unpublished.code, 1) << unpublished.err;
  EXPECT_THAT(unpublished.out + unpublished.err, testing::HasSubstr("sagactl saga publish FILE"));
  ASSERT_EQ(nodes.run({"saga", "publish", "trip.yaml"}).code, 0);
  const ProcessResult ran = nodes.run(load);
  const Json result = ran.json();
  ASSERT_TRUE(result.is_object()) << ran.out << ran.err;
  EXPECT_EQ(ran.code, 0) << result["verdicts"].dump(2) << ran.err;
  EXPECT_EQ(result["system"], "saga trip");
  for (const char* verdict : {"one-order-per-duplicate-group", "no-lost-order", "no-phantom-order", "all-sagas-end",
                              "compensation-complete", "not-vacuous", "every-node-known"})
    EXPECT_EQ(ruling(result, verdict), "PASS") << verdict;
  const int completed = result["sagas"]["completed"], compensated = result["sagas"]["compensated"];
  EXPECT_GT(compensated, 0);
  EXPECT_EQ(hotel.count("bookings"), completed);
  EXPECT_EQ(payment.count("charges WHERE NOT refunded"), completed);
  EXPECT_EQ(payment.count("receipts"), completed);
  EXPECT_GT(result["requests"]["duplicates"], 0);
}

TEST_F(OwnSagaLoad, AnUnreachableServiceLeavesItsSagasUnended) {
  const ServeProcess nodes(site, {});
  ASSERT_EQ(nodes.run({"saga", "publish", "trip.yaml"}).code, 0);
  payment.stop();
  const ProcessResult ran = nodes.run({"loadtest", "individual", "--saga", "trip", "--input", "trip.json", "--orders",
                                       "10", "--drain", "1s", "-o", "json"});
  EXPECT_EQ(ran.code, 1) << ran.out << ran.err;
  EXPECT_EQ(ruling(ran.json(), "all-sagas-end"), "FAIL");
  EXPECT_EQ(ruling(ran.json(), "no-lost-order"), "PASS");
}

}  // namespace
}  // namespace sagactl
