// Profiles with queries for MongoDB, as files: what is read, and what is wrong at which place. No server is needed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/foreign/mongo_values.hpp"
#include "cli/loadtest/profile_file.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

const std::string head = "[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n";  // four lines

class MongoProfile : public testing::Test {
 protected:
  Result<Profile> read(const std::string& mongodb) {
    sandbox_.write("shop.toml", head + mongodb);
    return read_profile(sandbox_.directory() / "shop.toml", "shop.toml", {});
  }
  CommandResult dry_run(const std::string& mongodb, const std::string& database) {
    sandbox_.write("shop.toml", head + mongodb);
    return sandbox_.run({"loadtest", "individual", "--profile", "shop.toml", "--url", "http://127.0.0.1:1",
                         "--database", database, "--dry-run"});
  }
  CliSandbox sandbox_;
};

TEST_F(MongoProfile, HasAFilterOrAPipelineAsATableOrAsJson) {
  const auto profile = read(R"(
[mongodb.orders]
collection = "orders"
filter = { key = { "$regex" = "^{prefix}" }, placed = { "$gte" = 2026-11-20T13:04:07Z }, n = 2, big = 1.5, ok = true }
columns = { order_id = "_id", created_at = "placed", amount = "total.amount" }
[mongodb.payments]
collection = "payments"
pipeline = [
  { "$unwind" = "$entries" },
  { "$sort" = { z = 1, a = -1 } },
]
columns = { order_id = "order", kind = "entries.kind", amount = "entries.amount" }
[mongodb.stock]
collection = "goods"
filter = '{"shop": {"$oid": "507f1f77bcf86cd799439011"}}'
columns = { product = "sku", initial = "began", available = "free" }
)");
  ASSERT_TRUE(profile) << profile.error().message;
  const ProfileQueries& queries = profile->queries;
  EXPECT_EQ(queries.orders.mongo.collection, "orders");
  EXPECT_EQ(queries.orders.mongo.filter,
            R"({"key":{"$regex":"^{prefix}"},"placed":{"$gte":{"$date":{"$numberLong":"1795179847000"}}},"n":2,)"
            R"("big":1.5,"ok":true})");
  EXPECT_THAT(queries.orders.mongo.columns,
              ElementsAre(Pair("order_id", "_id"), Pair("created_at", "placed"), Pair("amount", "total.amount")));
  EXPECT_EQ(queries.payments.mongo.pipeline, R"([{"$unwind":"$entries"},{"$sort":{"z":1,"a":-1}}])")
      << "members stay in their order, which $sort depends on";
  EXPECT_EQ(queries.stock.mongo.filter, R"({"shop":{"$oid":"507f1f77bcf86cd799439011"}})");
  EXPECT_TRUE(queries.steps.empty());
}

TEST_F(MongoProfile, SaysWhatIsWrongAndWhere) {
  const std::string columns = "columns = { order_id = \"_id\", created_at = \"at\" }\n";
  const std::string orders = "[mongodb.orders]\ncollection = \"orders\"\n" + columns;  // lines 5 to 7
  struct Row {
    std::string text;
    const char* said;
  };
  for (const Row& row :
       {Row{orders + "pipeline = '''\n[{\"$match\": {}},\n {\"$sort\" {}}]'''\n",
            "shop.toml:10:11: mongodb.orders.pipeline is not JSON: "},
        Row{orders + "pipeline = '[{\"$match\" {}}]'\n", "shop.toml:8:24: mongodb.orders.pipeline is not JSON: "},
        Row{orders + "filter = '''{\n  \"a\": oops}'''\n", "shop.toml:9:8: mongodb.orders.filter is not JSON: "},
        Row{orders + "pipeline = [\n  { \"$match\" = {} },\n  { match = {} },\n]\n",
            "shop.toml:10:3: mongodb.orders.pipeline[1] must be a stage with one member, such as "},
        Row{orders + "pipeline = [ { \"$match\" = {} }, { \"$out\" = \"copy\" } ]\n",
            "mongodb.orders.pipeline[1] has $out, which writes: a load test only reads the database"},
        Row{orders + "pipeline = '[{\"$facet\": {\"a\": [{\"$merge\": {\"into\": \"copy\"}}]}}]'\n",
            "mongodb.orders.pipeline[0] has $merge, which writes"},
        Row{orders + "pipeline = '{\"$match\": {}}'\n", "mongodb.orders.pipeline must be a list of stages"},
        Row{orders + "filter = '[]'\n", "mongodb.orders.filter must be a table, or the JSON of an object"},
        Row{orders + "filter = { at = 2026-11-20 }\n", "mongodb.orders.filter has a time without a zone"},
        Row{orders + "filter = {}\npipeline = [ { \"$match\" = {} } ]\n", "mongodb.orders.filter and pipeline: "},
        Row{"[mongodb.orders]\n" + columns, "mongodb.orders.collection is missing"},
        Row{"[mongodb.orders]\ncollection = \"orders\"\n", "mongodb.orders.columns is missing"},
        Row{orders + "filtre = {}\n",
            "'mongodb.orders.filtre' is not a known member; did you mean 'mongodb.orders.filter'?"},
        Row{"[mongodb.orders]\ncollection = \"orders\"\ncolumns = { order_id = \"$_id\" }\n",
            "'$_id' is no path of a member"},
        Row{"[mongodb.steps]\ncollection = \"steps\"\n" + columns, "mongodb.orders is missing"},
        Row{orders + "[sql]\norders = \"select 1\"\n", "mongodb.orders and sql.orders are the same query"}}) {
    const auto profile = read(row.text);
    ASSERT_FALSE(profile) << row.text;
    EXPECT_THAT(profile.error().message, HasSubstr(row.said)) << row.text;
  }
}

TEST_F(MongoProfile, IsForAMongodbDatabaseAndNoOther) {
  const std::string mongodb =
      "[mongodb.orders]\ncollection = \"orders\"\ncolumns = { order_id = \"_id\", created_at = \"at\" }\n";
  sandbox_.write("shop.db", "");
  const CommandResult in_a_file = dry_run(mongodb, "shop.db");
  EXPECT_EQ(in_a_file.code, 4);
  EXPECT_THAT(in_a_file.err, HasSubstr("the profile's query mongodb.orders is for MongoDB, and "));
  EXPECT_THAT(in_a_file.err, HasSubstr("--database-of orders=mongodb://"));
  const CommandResult sql = dry_run("[sql]\norders = \"select 1\"\n", "mongodb://ann:hidden@127.0.0.1:1/shop");
  EXPECT_EQ(sql.code, 4);
  EXPECT_THAT(sql.err, HasSubstr("sql.orders is SQL, and mongodb://ann:***@127.0.0.1:1/shop is a MongoDB database: "
                                 "write [mongodb.orders]"));
  EXPECT_THAT(sandbox_.run({"verify", "--database", "mongodb://127.0.0.1/shop"}).err,
              HasSubstr("--database is a MongoDB database: nodes have none"));
}

TEST(MongoValues, NumbersHaveNoBinaryNoiseAndNoExponents) {
  EXPECT_EQ(plain_number(12.5), "12.5");
  EXPECT_EQ(plain_number(19.99 * 3), "59.97");
  EXPECT_EQ(plain_number(0.1 + 0.2), "0.3");
  EXPECT_EQ(plain_number(1e6), "1000000");
  EXPECT_EQ(plain_number(-3), "-3");
  EXPECT_EQ(plain_decimal("12.50"), "12.50");
  EXPECT_EQ(plain_decimal("1.25E+3"), "1250");
  EXPECT_EQ(plain_decimal("-1E+2"), "-100");
  EXPECT_EQ(plain_decimal("125E-8"), "0.00000125");
  EXPECT_EQ(plain_decimal("1.5E+1"), "15");
  EXPECT_EQ(plain_decimal("NaN"), "NaN");
  EXPECT_EQ(plain_decimal("1E+6000"), "1E+6000");
}

TEST(MongoValues, AreSpelledAsOtherDatabasesSpellThem) {
  const auto library = mongo_library();
  SAGACTL_NEEDS_PROGRAM(library, "libmongoc");
  const std::string json = R"({"_id": {"$oid": "507f1f77bcf86cd799439011"}, "n": {"$numberLong": "-5"},
    "money": {"$numberDecimal": "12.50"}, "much": {"$numberDecimal": "1.2E+3"}, "price": 59.97, "whole": 3.0, "yes": true,
    "text": "Äpfel", "nothing": null, "at": {"$date": "2026-11-20T13:04:07.137Z"},
    "stamp": {"$timestamp": {"t": 1795179847, "i": 1}},
    "uuid": {"$binary": {"base64": "AAECAwQFBgcICQoLDA0ODw==", "subType": "04"}},
    "bytes": {"$binary": {"base64": "Af9B", "subType": "00"}}, "list": [1, {"a": "b"}]})";
  bson_error_t failure{};
  const MongoDocument document(**library,
                               (*library)->document_from_json(reinterpret_cast<const std::uint8_t*>(json.data()),
                                                              static_cast<ssize_t>(json.size()), &failure));
  ASSERT_TRUE(document) << failure.message;
  const auto text_of = [&](const char* path) {
    bson_iter_t members, value;
    const bool is_there =
        (*library)->iter_init(&members, document.get()) && (*library)->iter_find_descendant(&members, path, &value);
    return is_there ? mongo_text(**library, value).value_or("null") : "missing";
  };
  EXPECT_EQ(text_of("_id"), "507f1f77bcf86cd799439011");
  EXPECT_EQ(text_of("n"), "-5");
  EXPECT_EQ(text_of("money"), "12.50");
  EXPECT_EQ(text_of("much"), "1200");
  EXPECT_EQ(text_of("price"), "59.97");
  EXPECT_EQ(text_of("whole"), "3");
  EXPECT_EQ(text_of("yes"), "true");
  EXPECT_EQ(text_of("text"), "Äpfel");
  EXPECT_EQ(text_of("nothing"), "null");
  EXPECT_EQ(text_of("at"), "2026-11-20T13:04:07.137Z");
  EXPECT_EQ(text_of("stamp"), "2026-11-20T13:04:07.000Z");
  EXPECT_EQ(text_of("uuid"), "00010203-0405-0607-0809-0a0b0c0d0e0f");
  EXPECT_EQ(text_of("bytes"), "\\x01ff41");
  EXPECT_EQ(text_of("list"), R"([1,{"a":"b"}])");
  EXPECT_EQ(text_of("list.1.a"), "b");
}

}  // namespace
}  // namespace sagactl
