// The requests of journeys: what is filled into paths, headers, bodies and forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "loadgen/requests/request_writer.hpp"

namespace sagactl {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// A journey of the order, and a step after it which has this path and body.
RequestWriterSetup journey_with(const std::string& path, const std::string& body, bool is_form = false) {
  RequestWriterSetup run;
  run.profile = Profile{};
  run.profile.path = "/buy";
  run.profile.answer.order = {"/id"};
  JourneyStep step;
  step.name = "pay";
  step.method = "POST";
  step.path = path;
  step.body = body;
  step.is_form = is_form;
  run.profile.journey.create_keep = {{"link", ValueSource::Kind::text, "", {"Location", "", ""}}};
  run.profile.journey.after = {step};
  run.plan.run = "k3f9";
  run.targets = {*parse_node_url("http://127.0.0.1:3000/shop")};
  run.users = {{"anna b", ""}, {"ben", ""}};
  return run;
}

const std::vector<std::string>& kept_values() {
  static const std::vector<std::string> values = {"17/a b", "http://shop.example/shop/orders/17?x=1#top\r\nX: y"};
  return values;
}

std::string request_of(const RequestWriterSetup& run, PlannedOrder order = {}) {
  EXPECT_TRUE(check(run.profile)) << check(run.profile).error().message;
  const RequestWriter writer(run);
  order.step = writer.creating_step() + 1;
  order.values = &kept_values();
  std::vector<char> bytes;
  const std::size_t size = writer.write(order, bytes);
  return {bytes.data(), size};
}

TEST(JourneyRequest, AValueInAPathStaysOneSegment) {
  EXPECT_THAT(request_of(journey_with("/orders/{order}/payment?of={user}", "")),
              StartsWith("POST /shop/orders/17%2Fa%20b/payment?of=anna%20b HTTP/1.1\r\n"));
}

TEST(JourneyRequest, AKeptAddressIsSentAsTheServerWroteItWithoutItsHost) {
  EXPECT_THAT(request_of(journey_with("{link}", "")), StartsWith("POST /shop/orders/17?x=1 HTTP/1.1\r\n"));
}

TEST(JourneyRequest, AValueInJsonStaysOneString) {
  RequestWriterSetup run = journey_with("/pay", R"({"link":"{link}"})");
  EXPECT_THAT(request_of(run), EndsWith(R"({"link":"http://shop.example/shop/orders/17?x=1#top\u000D\u000AX: y"})"));
}

TEST(JourneyRequest, AValueInAFormStaysOneValue) {
  EXPECT_THAT(request_of(journey_with("/pay", "id={order}&who={user}", true)), EndsWith("id=17%2Fa+b&who=anna+b"));
}

TEST(JourneyRequest, AValueInAHeaderCannotBeginAnotherOne) {
  RequestWriterSetup run = journey_with("/pay", "");
  run.profile.journey.after[0].headers = {{"X-Link", "{link}"}};
  EXPECT_THAT(request_of(run), HasSubstr("X-Link: http://shop.example/shop/orders/17?x=1#topX: y\r\n"));
}

TEST(JourneyRequest, ALongValueHasRoom) {
  RequestWriterSetup run = journey_with("/pay", R"({"link":"{link}"})");
  const RequestWriter writer(run);
  const std::vector<std::string> values = {"17", std::string(ValueSource::size_max, '"')};
  PlannedOrder order;
  order.step = 1;
  order.values = &values;
  std::vector<char> bytes(10);
  const std::size_t size = writer.write(order, bytes);
  EXPECT_GT(size, 2 * ValueSource::size_max);
  EXPECT_LE(size, bytes.size());
}

TEST(JourneyRequest, RandomValuesAreTheSameForAGroupAndDifferForEachJourneyAndPlace) {
  const RequestWriterSetup run = journey_with("/pay", R"(["{uuid}","{uuid}","{random:hex16}"])");
  std::set<std::string> bodies;
  for (const std::uint64_t operation : {1u, 2u})
    for (const std::uint64_t journey : {7u, 8u, 9u}) {
      PlannedOrder order;
      order.operation = operation;
      order.journey = journey;
      const std::string request = request_of(run, order);
      bodies.insert(request.substr(request.find("[")));
    }
  EXPECT_EQ(bodies.size(), 3u);
  const std::string& first = *bodies.begin();
  EXPECT_NE(first.substr(2, 36), first.substr(41, 36));
  EXPECT_TRUE(Uuid::parse(first.substr(2, 36))) << first;
}

TEST(JourneyRequest, DataComesFromTheRowOfTheJourney) {
  RequestWriterSetup run = journey_with("/pay", R"({"mail":"{data:mail}"})");
  DataTable table;
  table.columns = {"id", "mail"};
  table.cells = {"1", "a\"@x", "2", "b@x"};
  run.profile.journey.data = {table};
  PlannedOrder order;
  EXPECT_THAT(request_of(run, order), EndsWith(R"({"mail":"a\"@x"})"));
  order.journey = 3;
  EXPECT_THAT(request_of(run, order), EndsWith(R"({"mail":"b@x"})"));
}

TEST(JourneyRequest, CookiesAreThoseOfItsUserForItsPath) {
  RequestWriterSetup run = journey_with("/pay", "");
  run.profile.journey.cookies = CookieUse::user;
  const RequestWriter writer(run);
  const Timestamp now = wall_clock_now();
  writer.users().take_cookies(1, "a=1; Path=/\nb=2; Path=/shop/pay\nc=3; Path=/cart", "/shop/login", now);
  PlannedOrder order;
  order.step = 1;
  std::vector<char> bytes;
  std::size_t size = writer.write(order, bytes);
  EXPECT_EQ(std::string(bytes.data(), size).find("Cookie"), std::string::npos);
  order.user = 1;
  size = writer.write(order, bytes);
  EXPECT_THAT(std::string(bytes.data(), size), HasSubstr("\r\nCookie: a=1; b=2\r\n"));
}

TEST(JourneyRequest, ARequestWithoutABodyHasNoLength) {
  RequestWriterSetup run = journey_with("/pay", "");
  EXPECT_THAT(request_of(run), HasSubstr("Content-Length:"));
  run.profile.journey.after[0].method = "GET";
  EXPECT_THAT(request_of(run), testing::Not(HasSubstr("Content-Length:")));
}

TEST(JourneyRequest, TheAuthorizationOfALogInIsThatOfItsUser) {
  RequestWriterSetup run = journey_with("/pay", "");
  run.profile.journey.log_in.basic_user = "{user}";
  run.profile.journey.log_in.basic_password = "open";
  EXPECT_EQ(RequestWriter(run).authorization(1), "Basic YmVuOm9wZW4=");
}

}  // namespace
}  // namespace sagactl
