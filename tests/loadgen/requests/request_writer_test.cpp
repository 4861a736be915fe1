#include "loadgen/requests/request_writer.hpp"

#include <gtest/gtest.h>

#include <boost/beast/http.hpp>

#include "common/text/json.hpp"
#include "loadgen/profile/sample_requests.hpp"

namespace sagactl {
namespace {

namespace http = boost::beast::http;

RequestWriterSetup run_of(std::uint32_t items) {
  RequestWriterSetup run;
  run.plan.run = "k3f9a2c1";
  run.plan.seed = 77;
  run.plan.items = items;
  run.targets = {*parse_node_url("http://127.0.0.1:3000"), *parse_node_url("http://[::1]:3001/base")};
  run.users = {{"anna", "short"}, {"7", std::string(300, 't'), true}};
  return run;
}

http::request<http::string_body> parse(const std::string& bytes) {
  http::request_parser<http::string_body> parser;
  boost::beast::error_code failure;
  parser.eager(true);
  const std::size_t used = parser.put(boost::asio::buffer(bytes), failure);
  EXPECT_FALSE(failure) << failure.message();
  EXPECT_TRUE(parser.is_done());
  EXPECT_EQ(used, bytes.size()) << "nothing after the body";
  return parser.release();
}

std::string write(const RequestWriter& writer, const PlannedOrder& order) {
  std::vector<char> bytes(writer.size_max(), '?');
  const std::size_t size = writer.write(order, bytes);
  return {bytes.data(), size};
}

TEST(RequestWriter, WritesWhatTheLedgerSaysWasSent) {
  for (const std::uint32_t items : {1u, 3u, 50u}) {
    const RequestWriterSetup run = run_of(items);
    const RequestWriter writer(run);
    for (const auto kind : {OrderKind::single, OrderKind::duplicate, OrderKind::payment_fail}) {
      for (const std::uint32_t group : {0u, 9u, 12'345'678u}) {
        PlannedOrder order;
        order.operation = group + 3;
        order.group = group;
        order.kind = kind;
        order.user = 1;
        order.target = 1;
        const auto request = parse(write(writer, order));
        EXPECT_EQ(request["X-Correlation-ID"], correlation_of(correlation_key(run.plan.run), order.operation).text());
        const Json body = Json::parse(request.body());
        EXPECT_TRUE(body["shippingAddress"].is_string());
        const auto expected = run.plan.items_of(kind, group);
        ASSERT_EQ(body["items"].size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
          const Json& item = body["items"][i];
          EXPECT_EQ(item["productId"], expected[i].product_id);
          EXPECT_EQ(item["productName"], expected[i].product_name);
          EXPECT_EQ(item["quantity"], expected[i].quantity);
          EXPECT_EQ(*money_from_json(item["price"]), expected[i].price);
        }
      }
    }
  }
}

TEST(RequestWriter, AddressesTheTargetAsTheUser) {
  const RequestWriter writer(run_of(1));
  PlannedOrder order;
  auto request = parse(write(writer, order));
  EXPECT_EQ(request.method_string(), "POST");
  EXPECT_EQ(request.target(), "/orders");
  EXPECT_EQ(request[http::field::host], "127.0.0.1:3000");
  EXPECT_EQ(request[http::field::authorization], "Bearer short");
  EXPECT_EQ(request[http::field::content_type], "application/json");
  order.target = 1;
  order.user = 1;
  request = parse(write(writer, order));
  EXPECT_EQ(request.target(), "/base/orders");
  EXPECT_EQ(request[http::field::host], "[::1]:3001");
  EXPECT_EQ(request[http::field::authorization], "Bearer " + std::string(300, 't'));
}

TEST(RequestWriter, WritesEveryBuiltInSystemAccordingToItsPlan) {
  for (const std::string& name : builtin_profile_names()) {
    RequestWriterSetup run = run_of(1);
    run.profile = *find_builtin_profile(name);
    run.plan.catalogue = run.profile.catalogue;
    run.plan.failure_variants = run.profile.failure_variants;
    if (name == "purchase")
      run.plan.catalogue = {{"17", "Sword \"of\" fire", Money{4'950}, true}, {"shield", "Shield", Money{100}}};
    if (!run.plan.catalogue.empty()) run.plan.hot_share = 0.3;
    const RequestWriter writer(run);
    for (const auto kind : {OrderKind::single, OrderKind::duplicate, OrderKind::payment_fail}) {
      for (std::uint32_t group = 0; group < 20; ++group) {
        PlannedOrder order;
        order.operation = 1'000'000 + group;
        order.group = group;
        order.kind = kind;
        order.user = static_cast<std::uint16_t>(group % 2);
        const auto request = parse(write(writer, order));
        EXPECT_EQ(request.target(), run.profile.path);
        const Json body = Json::parse(request.body());
        const ProductItem expected = run.plan.items_of(kind, group)[0];
        const Json& item = name == "purchase" ? body : body["items"][0];
        const Json& id = item[name == "purchase" ? "itemId" : "productId"];
        EXPECT_EQ(id.is_string() ? id.get<std::string>() : id.dump(), expected.product_id);
        EXPECT_EQ(item["quantity"], expected.quantity);
        if (name == "purchase") {
          EXPECT_EQ(body["userId"], order.user == 0 ? Json("anna") : Json(7));
        } else {
          EXPECT_EQ(item["productName"], expected.product_name);
          EXPECT_EQ(*money_from_json(item["price"]), expected.price);
        }
        if (run.profile.duplicates_by == Profile::DuplicatesBy::key) {
          EXPECT_EQ(request["Idempotency-Key"], product_id(run.plan.run, kind, group, 0));
        }
      }
    }
  }
}

TEST(RequestWriter, FillsInCustomFieldsOfTheFailureVariant) {
  RequestWriterSetup run = run_of(2);
  run.profile.fields = {{"card", "OK"}, {"shop", "main"}};
  run.profile.body = R"({"card":"{card}","shop":"{shop}","lines":[{items}]})";
  run.profile.item = R"({"cents":{cents},"price":{price},"paid":"{card}"})";
  run.plan.failure_variants = {{.fields = {{"card", "DECLINE"}}}};
  const RequestWriter writer(run);
  for (const auto kind : {OrderKind::single, OrderKind::payment_fail}) {
    PlannedOrder order;
    order.kind = kind;
    const Json body = Json::parse(parse(write(writer, order)).body());
    EXPECT_EQ(body["card"], kind == OrderKind::single ? "OK" : "DECLINE");
    EXPECT_EQ(body["shop"], "main");
    ASSERT_EQ(body["lines"].size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(body["lines"][i]["cents"], run.plan.items_of(kind, 0)[i].price.cents);
      EXPECT_EQ(body["lines"][i]["paid"], body["card"]);
    }
  }
  run.plan.catalogue = {{"17", "Sword", Money{4'950}}};
  const std::string body = parse(write(RequestWriter(run), {})).body();
  EXPECT_EQ(Json::parse(body)["lines"][0]["cents"], 4'950);
}

TEST(SampleRequests, ShowOneOfEachKindThatTheScenarioHas) {
  LoadOptions options;
  options.targets = {"http://127.0.0.1:3000"};
  options.token = "secret";
  const auto kinds = [&] {
    std::vector<std::string> list;
    for (const SampleRequest& sample : sample_requests(options).value()) {
      const auto request = parse(sample.request);
      EXPECT_EQ(request.target(), options.profile.path);
      EXPECT_EQ(sample.request.find("secret"), std::string::npos);
      list.push_back(sample.what);
    }
    return list;
  };
  options.scenario = ScenarioKind::individual;
  EXPECT_EQ(kinds(), std::vector<std::string>{"an order"});
  options.scenario = ScenarioKind::mixed;
  options.fail_share = 0.1;
  EXPECT_EQ(kinds().size(), 3u);
  options.scenario = ScenarioKind::duplicate;
  options.profile = *find_builtin_profile("checkout");
  EXPECT_EQ(kinds(), (std::vector<std::string>{"one of a group of duplicates", "an order meant to fail, variant 1 of 2",
                                               "an order meant to fail, variant 2 of 2"}));
  options.targets = {"nowhere:"};
  EXPECT_FALSE(sample_requests(options));
}

TEST(RequestWriter, WritesNothingThatNoUriMayContain) {
  RequestWriterSetup run = run_of(1);
  run.profile.path = "/für%20[a]/%7B{key}?filter[client]=\"{run}\"&part=50%&x=a:b@c,d;(e)'!*";
  run.profile.journey.texts = {{"env:PART", "é/x"}};
  run.profile.path += "&of={env:PART}";
  const RequestWriter writer(run);
  const std::string written = write(writer, {});
  EXPECT_EQ(written.substr(0, written.find(" HTTP/")),
            "POST /f%C3%BCr%20%5Ba%5D/%7BLT-k3f9a2c1-S-00000000?filter%5Bclient%5D=%22k3f9a2c1%22&part=50%25&x=a:b@c,d;"
            "(e)'!*&of=%C3%A9/x");
}

TEST(SampleRequests, ShowWhatIsSecretByItsSpellingInEveryPlace) {
  LoadOptions options;
  options.targets = {"http://127.0.0.1:1"};
  options.profile.journey.texts = {{"env:KEY", "sesame"}};
  JourneyStep log_in;
  log_in.name = "log-in 1";
  log_in.method = "POST";
  log_in.path = "/in/{env:KEY}";
  log_in.body = "password={env:KEY}";
  log_in.is_form = true;
  options.profile.journey.log_in.requests = {log_in};
  options.profile.journey.log_in.authorization = "Bearer {env:KEY}";
  const auto samples = sample_requests(options);
  ASSERT_TRUE(samples) << samples.error().message;
  EXPECT_NE(samples->front().request.find("POST /in/{env:KEY}\r\n"), std::string::npos) << samples->front().request;
  EXPECT_NE(samples->front().request.find("\r\n\r\npassword={env:KEY}"), std::string::npos) << samples->front().request;
  EXPECT_NE(samples->back().request.find("\r\nAuthorization: Bearer {env:KEY}\r\n"), std::string::npos)
      << samples->back().request;
}

TEST(RequestWriter, AsksToCloseTheConnectionIfEachRequestHasItsOwn) {
  RequestWriterSetup run = run_of(1);
  run.close = true;
  EXPECT_EQ(parse(write(RequestWriter(run), {}))[http::field::connection], "close");
}

TEST(RequestWriter, CarriesARenewedToken) {
  RequestWriter writer(run_of(1));
  PlannedOrder order;
  for (const std::string& token : {std::string("renewed"), std::string(5000, 'x')}) {
    writer.renew(0, token);
    EXPECT_EQ(parse(write(writer, order))[http::field::authorization], "Bearer " + token);
  }
}

}  // namespace
}  // namespace sagactl
