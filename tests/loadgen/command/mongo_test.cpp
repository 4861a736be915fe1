// Profiles whose queries are read from MongoDB, by its client library and from a server that speaks its protocol.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <mutex>

#include "cli/foreign/mongo_library.hpp"
#include "cli/foreign/mongo_rows.hpp"
#include "cli/foreign/owned.hpp"
#include "common/text/json.hpp"
#include "common/time.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/services/certificates.hpp"
#include "tests/services/mongo_server.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Sends commands, as JSON.
class MongoWriter {
 public:
  explicit MongoWriter(const std::string& url) : library_(**mongo_library()) {
    bson_error_t failure{};
    const Owned uri(library_.uri_new_with_error(url.c_str(), &failure), library_.uri_destroy);
    client_ = library_.client_new_from_uri_with_error(uri.get(), &failure);
  }
  ~MongoWriter() { library_.client_destroy(client_); }
  MongoWriter(const MongoWriter&) = delete;
  MongoWriter& operator=(const MongoWriter&) = delete;

  void run(const std::string& command) {
    bson_error_t failure{};
    const MongoDocument sent(library_,
                             library_.document_from_json(reinterpret_cast<const std::uint8_t*>(command.data()),
                                                         static_cast<ssize_t>(command.size()), &failure));
    ASSERT_TRUE(sent) << failure.message << " in " << command;
    const bool is_done = library_.client_command_simple(client_, "shop", sent.get(), nullptr, nullptr, &failure);
    EXPECT_TRUE(is_done) << failure.message << " at " << command;
  }
  void insert(const std::string& collection, const std::string& documents) {
    run(fmt::format(R"({{"insert": "{}", "documents": [{}]}})", collection, documents));
  }
  void empty(const std::string& collection) {
    run(fmt::format(R"({{"delete": "{}", "deletes": [{{"q": {{}}, "limit": 0}}]}})", collection));
  }

 private:
  const MongoLibrary& library_;
  mongoc_client_t* client_ = nullptr;
};

// One server for all tests of a program.
class Mongo : public testing::Test {
 protected:
  static void SetUpTestSuite() { server = MongoServer::start(why).release(); }
  static void TearDownTestSuite() { delete server; }
  void SetUp() override {
    const auto library = mongo_library();
    const std::string missing = library ? server ? "" : why : library.error().message;
    if (missing.empty()) return;
    const bool has_go = why.find("needs Go") == std::string::npos;
    if (std::getenv("CI") && has_go) FAIL() << missing;
    GTEST_SKIP() << missing;
  }
  static MongoServer* server;
  static std::string why;
};
MongoServer* Mongo::server = nullptr;
std::string Mongo::why;

ForeignQuery query_for(MongoQuery query) {
  return {"mongodb.orders", "", std::move(query)};
}

std::vector<Json> rows_of(ForeignRows& rows, const MongoQuery& query) {
  std::vector<Json> list;
  const auto read = rows.each_row(query_for(query), [&](const ForeignRow& row) -> Result<void> {
    list.push_back(row.json());
    return {};
  });
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return list;
}

std::string failure_of(ForeignRows& rows, const MongoQuery& query) {
  const auto columns = rows.columns(query_for(query));
  return columns ? "none" : columns.error().message;
}

TEST_F(Mongo, ColumnsAreTakenFromNestedDocuments) {
  MongoWriter writer(server->url());
  writer.insert("kinds", R"({"_id": {"$oid": "507f1f77bcf86cd799439011"}, "price": 59.97, "t": "Äpfel",
    "total": {"parts": [{"sum": 1}, {"sum": 2}], "tax": {"rate": "0.20"}}, "nothing": null})");
  const auto rows = open_mongo_rows(server->url());
  ASSERT_TRUE(rows) << rows.error().message;
  const MongoQuery query{"kinds",
                         "",
                         "",
                         {{"id", "_id"},
                          {"price", "price"},
                          {"text", "t"},
                          {"second", "total.parts.1.sum"},
                          {"rate", "total.tax.rate"},
                          {"total", "total"},
                          {"nothing", "nothing"},
                          {"missing", "total.none.at"}}};
  const auto found = rows_of(**rows, query);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0], Json({{"id", "507f1f77bcf86cd799439011"},
                            {"price", "59.97"},
                            {"text", "Äpfel"},
                            {"second", "2"},
                            {"rate", "0.20"},
                            {"total", R"({"parts":[{"sum":1},{"sum":2}],"tax":{"rate":"0.20"}})"}}));
}

TEST_F(Mongo, MoreDocumentsThanABatchAreReadAndALoopMayEndEarly) {
  MongoWriter writer(server->url());
  std::string documents;
  for (int i = 0; i < 2'500; ++i) documents += fmt::format("{}{{\"_id\": {}}}", i == 0 ? "" : ",", i);
  writer.insert("many", documents);
  const auto rows = open_mongo_rows(server->url());
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows_of(**rows, {"many", "", "", {{"id", "_id"}}}).size(), 2'500u);
  EXPECT_EQ(rows_of(**rows, {"many", R"({"_id": {"$lt": 10}})", "", {{"id", "_id"}}}).size(), 10u);
  const Error enough{ErrorCode::invalid, "enough"};
  EXPECT_FALSE((*rows)->each_row(query_for({"many", "", "", {{"id", "_id"}}}),
                                 [&](const ForeignRow&) -> Result<void> { return enough; }));
  EXPECT_EQ(rows_of(**rows, {"many", "", R"([{"$match": {"_id": {"$lt": 3}}}])", {{"id", "_id"}}}).size(), 3u);
  EXPECT_THAT(*(*rows)->columns(query_for({"many", "", "", {{"id", "_id"}, {"x", "y"}}})), ElementsAre("id", "x"));
}

TEST_F(Mongo, AWrongQueryNamesItselfAndWhatWouldBeRight) {
  MongoWriter writer(server->url());
  writer.insert("orders_of_shop", "{\"_id\": 1}");
  const auto rows = open_mongo_rows(server->url());
  ASSERT_TRUE(rows) << rows.error().message;
  const std::vector<std::pair<std::string, std::string>> columns = {{"order_id", "_id"}};
  const std::string misspelled = failure_of(**rows, {"order_of_shop", "", "", columns});
  EXPECT_THAT(misspelled, HasSubstr("the profile's query mongodb.orders: the database shop has no collection "
                                    "'order_of_shop', did you mean 'orders_of_shop'?"));
  EXPECT_FALSE((*rows)->each_row(query_for({"order_of_shop", "", "", columns}), [](const ForeignRow&) {
    return Result<void>();
  })) << "nor is it empty after the load";
  EXPECT_THAT(failure_of(**rows, {"orders_of_shop", "", R"([{"$match": {}}, {"$mtach": {}}])", columns}),
              HasSubstr("(pipeline[1])"));
  const auto unknown = (*rows)->each_row(query_for({"orders_of_shop", R"({"_id": {"$nearly": 1}})", "", columns}),
                                         [](const ForeignRow&) { return Result<void>(); });
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("$nearly"));
  EXPECT_THAT(failure_of(**rows, {"orders_of_shop", R"({"_id": {"$oid": "short"}})", "", columns}),
              HasSubstr("the profile's query mongodb.orders: "));
  EXPECT_EQ(rows_of(**rows, {"orders_of_shop", "", "", columns}).size(), 1u) << "the next one works";
}

TEST_F(Mongo, WhatCannotBeOpenedIsExplainedWithoutItsPassword) {
  const auto nobody = open_mongo_rows(fmt::format("mongodb://ann:hidden@127.0.0.1:{}/shop", closed_port()));
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::unavailable);
  EXPECT_THAT(nobody.error().message, HasSubstr("cannot open mongodb://ann:***@127.0.0.1:"));
  EXPECT_THAT(nobody.error().message, HasSubstr("refused"));
  for (const char* url : {"mongodb://ann:hidden@127.0.0.1", "mongodb://ann:hidden@127.0.0.1:x/shop"}) {
    const auto wrong = open_mongo_rows(url);
    ASSERT_FALSE(wrong) << url;
    EXPECT_EQ(wrong.error().code, ErrorCode::invalid);
    EXPECT_THAT(wrong.error().message, HasSubstr("mongodb://USER:PASSWORD@HOST:PORT/DATABASE"));
    EXPECT_THAT(wrong.error().message, Not(HasSubstr("hidden")));
  }
}

// What the document shows, as the shop of these tests is.
std::string profile_of_the_document() {
  std::ifstream page(SAGACTL_SOURCE_DIR "/docs/loadtest.md");
  std::string line, code;
  while (std::getline(page, line) && line != "## Orders in MongoDB") {
  }
  while (std::getline(page, line) && (code.empty() || line.empty() || line.starts_with("    "))) {
    if (line.starts_with("    ")) code += line.substr(4) + "\n";
    if (line.empty() && !code.empty()) code += "\n";
  }
  return code;
}

// Takes orders, and stores them as the document says; with one planted fault: in the third order, or in the first key
// that comes again.
class MongoShop {
 public:
  MongoShop(const MongoServer& database, std::string fault)
      : fault_(std::move(fault)), writer_(database.url()), server_([this](const Received& request) {
          const std::lock_guard lock(mutex_);
          return take(request);
        }) {
    for (const char* collection : {"orders", "payments"}) {
      writer_.insert(collection, R"({"_id": "none"})");  // creates it
      writer_.empty(collection);
    }
    sandbox.write("shop.toml", profile_of_the_document());
  }

  CommandResult loadtest(const std::vector<std::string>& further) {
    std::vector<std::string> all = {"loadtest",    "duplicate",    "--profile", "shop.toml", "--orders", "12", "--url",
                                    server_.url(), "--duplicates", "2",         "--drain",   "1s",       "-o", "json"};
    all.insert(all.end(), further.begin(), further.end());
    return sandbox.run(all);
  }
  CliSandbox sandbox;

 private:
  TestAnswer take(const Received& request) {
    const std::string& key = request.headers.at("idempotency-key");
    const auto seen = answers_.find(key);
    const bool is_seen = seen != answers_.end();
    const bool is_taken_again = is_seen && fault_ == "duplicate" && !is_done_;
    if (is_seen && !is_taken_again) return answer(200, seen->second);
    is_done_ = is_done_ || is_taken_again;
    const Json order = Json::parse(request.body);
    const std::int64_t cents = order["cents"].get<std::int64_t>() * order["quantity"].get<std::int64_t>();
    const std::string id = fmt::format("{:024x}", ++numbers_);
    const std::string text = fmt::format(R"({{"id":"{}","total":{}.{:02}}})", id, cents / 100, cents % 100);
    answers_[key] = text;
    const bool is_third = numbers_ == 3;
    if (is_third && fault_ == "lost") return answer(201, text);
    store(key, id, cents, is_third ? fault_ : "");
    return answer(201, text);
  }

  void store(const std::string& key, const std::string& id, std::int64_t cents, const std::string& fault) {
    const std::int64_t captured = fault == "amount" ? cents + 1 : cents;
    writer_.insert("orders",
                   fmt::format(R"({{"_id": {{"$oid": "{}"}}, "key": "{}", "state": "{}", "placedAt": {{"$date": "{}"}},
                                   "total": {{"amount": {}.{:02}}}}})",
                               id, key, fault == "stuck" ? "placed" : "paid", iso8601_ms(wall_clock_now()), cents / 100,
                               cents % 100));
    if (fault == "stuck") return;
    writer_.insert("payments", fmt::format(R"({{"_id": "P-{0}", "order": {{"$oid": "{0}"}}, "method": "card",
                                               "entry": {{"kind": "capture", "amount": {1}.{2:02}}}}})",
                                           id, captured / 100, captured % 100));
  }

  const std::string fault_;
  std::mutex mutex_;
  MongoWriter writer_;
  std::map<std::string, std::string> answers_;  // by the key
  int numbers_ = 0;
  bool is_done_ = false;
  ScriptedServer server_;
};

// Empty: there is none.
Json verdict_of(const Json& result, const std::string& name) {
  for (const Json& verdict : result.value("verdicts", Json::array()))
    if (verdict["name"] == name) return verdict;
  return {{"verdict", ""}, {"reason", ""}};
}

TEST_F(Mongo, AShopThatIsCorrectPasses) {
  MongoShop shop(*server, "");
  const CommandResult passed = shop.loadtest({"--database", server->url()});
  EXPECT_EQ(passed.code, 0) << passed.out << passed.err;
  for (const char* name :
       {"money-balances", "one-order-per-duplicate-group", "no-lost-order", "answer-matches-database"})
    EXPECT_EQ(verdict_of(passed.json(), name)["verdict"], "PASS") << name;
  EXPECT_EQ(passed.json()["sagas"]["completed"], 6);
  EXPECT_THAT(verdict_of(passed.json(), "compensation-complete")["reason"].get<std::string>(),
              HasSubstr("the profile has no query mongodb.steps"));
  EXPECT_EQ(shop.loadtest({"--database", server->url(), "--dry-run"}).code, 0);
}

TEST_F(Mongo, EveryPlantedFaultIsFoundWithItsDocument) {
  struct Row {
    const char* fault;
    const char* verdict;
    const char* shown;
  };
  for (const Row& row : {Row{"duplicate", "one-order-per-duplicate-group", "mongodb.orders"},
                         Row{"lost", "no-lost-order", "000000000000000000000003"},
                         Row{"stuck", "all-sagas-end", "000000000000000000000003"},
                         Row{"amount", "money-balances", "mongodb.payments"}}) {
    MongoShop shop(*server, row.fault);
    const CommandResult outcome = shop.loadtest({"--database", server->url()});
    EXPECT_EQ(outcome.code, 1) << row.fault << outcome.out << outcome.err;
    const Json verdict = verdict_of(outcome.json(), row.verdict);
    EXPECT_EQ(verdict["verdict"], "FAIL") << row.fault;
    EXPECT_THAT(verdict.dump(), HasSubstr(row.shown)) << row.fault;
  }
}

TEST_F(Mongo, MayBeOneOfSeveralDatabases) {
  MongoShop shop(*server, "");
  const CommandResult both =
      shop.loadtest({"--database-of", "orders=" + server->url(), "--database-of", "payments=" + server->url()});
  EXPECT_EQ(both.code, 0) << both.out << both.err;
  EXPECT_EQ(verdict_of(both.json(), "money-balances")["verdict"], "PASS");
  shop.sandbox.write("empty.db", "");
  const CommandResult elsewhere =
      shop.loadtest({"--database", server->url(), "--database-of", "payments=empty.db", "--dry-run"});
  EXPECT_EQ(elsewhere.code, 4);
  EXPECT_THAT(elsewhere.out + elsewhere.err, HasSubstr("--database-of payments=mongodb://"));
}

TEST_F(Mongo, SpeaksTlsAndSaysWhatIsMissingForIt) {
  SAGACTL_NEEDS_PROGRAM(Certificates::can_be_made(), "openssl");
  const Certificates certificates;
  std::string missing;
  const auto secured = MongoServer::start(missing, {certificates.file("server.pem"), certificates.file("server.key")});
  ASSERT_TRUE(secured) << missing;
  const auto rows = open_mongo_rows(secured->url("?tls=true&tlsCAFile=" + certificates.file("ca.pem")));
  EXPECT_TRUE(rows) << rows.error().message;
  const auto hint_of = [](const std::string& url) {
    const auto opened = open_mongo_rows(url);
    return opened ? std::string("it was opened") : opened.error().message + opened.error().members.dump();
  };
  EXPECT_THAT(hint_of(secured->url("?tls=true&tlsCAFile=" + certificates.file("other.pem"))),
              HasSubstr("?tls=true&tlsCAFile=FILE"));
  EXPECT_THAT(hint_of(secured->url()), HasSubstr("add ?tls=true"));
  EXPECT_THAT(hint_of(server->url("?tls=true&connectTimeoutMS=1000")), HasSubstr("leave out tls=true"));
}

// The server knows no users, and so refuses all.
TEST_F(Mongo, ARefusedLogInSaysWhereToLook) {
  const auto refused = open_mongo_rows(server->url("?authSource=admin", "ann:hidden@"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_THAT(refused.error().members.dump(), HasSubstr("?authSource="));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("hidden")));
}

}  // namespace
}  // namespace sagactl
