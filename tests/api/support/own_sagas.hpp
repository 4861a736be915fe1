// A node, a participant, and the sagas of users that a test publishes and starts.
#pragma once

#include <gtest/gtest.h>

#include "tests/api/support/api_node.hpp"
#include "tests/api/support/fake_participant.hpp"

namespace sagactl::test {

class OwnSagas : public testing::Test {
 protected:
  // Two participants side by side, and a mail after both.
  std::string trip() const {
    return R"(saga: trip
input: { type: object, required: [guest], properties: { guest: { type: string }, nights: { type: integer, minimum: 1 } } }
search: [guest]
participants:
  shop: { url: ")" +
           participant.url() + R"(" }
steps:
  - name: hotel
    call: { post: "{shop}/bookings", body: { guest: "{input.guest}" } }
    keep: { booking: /id }
    undo: { delete: "{shop}/bookings/{hotel.booking}" }
    ask: { get: "{shop}/questions/{saga.step_key}" }
  - name: flight
    after: []
    call: { post: "{shop}/seats", body: "{input}" }
    undo: { delete: "{shop}/seats/{saga.step_key}" }
  - name: mail
    after: [hotel, flight]
    call: { post: "{shop}/mails", body: { text: "booked {hotel.booking}" } }
)";
  }
  // The same, and a person is waited for before the mail.
  std::string approved_trip() const {
    std::string text = trip();
    replace_first(text, "  - name: mail\n    after: [hotel, flight]",
                  "  - name: approval\n    after: [hotel, flight]\n    wait: {}\n  - name: mail");
    return text;
  }
  static void replace_first(std::string& text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, text.npos) << from;
    text.replace(at, from.size(), to);
  }

  HttpResponse publish(const std::string& text, const std::string& name = "trip", const std::string& query = "") {
    return admin.send({"PUT", "/sagas/definitions/" + name + query, text, {{"Content-Type", "application/yaml"}}})
        .value();
  }
  HttpResponse start(const Json& input, std::vector<std::pair<std::string, std::string>> headers = {},
                     const std::string& name = "trip") {
    HttpRequest request{"POST", "/sagas/definitions/" + name + "/sagas", input.dump(), {}};
    for (auto& [header, value] : headers) request.headers.emplace_back(header, value);
    return admin.send(request).value();
  }
  Json saga(const std::string& id) { return admin.get("/sagas/" + id)->json().value(); }
  // Waits until the saga has that member.
  Json await_saga(const std::string& id, const std::string& member, const Json& value) {
    Json now;
    const bool reached = node.await_write(OrderId::parse(id).value(), [&] {
      now = saga(id);
      return now[member] == value;
    });
    EXPECT_TRUE(reached) << "the saga has not come to " << member << " " << value << ": " << now.dump(2);
    return now;
  }
  // Waits until the bulk job has ended.
  Json await_job(const std::string& id) {
    Json job;
    const bool ended = node.await_records([&] {
      job = admin.get("/bulk/" + id)->json().value();
      return job["state"] != "running";
    });
    EXPECT_TRUE(ended) << "the job has not ended: " << job.dump(2);
    return job;
  }
  std::string start_and_await_approval() {
    EXPECT_EQ(publish(approved_trip()).status, 201);
    const std::string id = start(Json{{"guest", "Ada"}}).json().value()["id"];
    await_saga(id, "currentSteps", Json::array({"approval"}));
    return id;
  }
  // An access token of a new merchant.
  std::string merchant_token() {
    const Json account{
        {"email", "merchant@test.com"}, {"password", "password123"}, {"firstName", "M"}, {"lastName", "M"}};
    EXPECT_EQ(node.client().post("/auth/register", account)->status, 201);
    EXPECT_EQ(admin.put("/users/merchant@test.com", Json{{"role", "merchant"}})->status, 200);
    const Json login{{"email", "merchant@test.com"}, {"password", "password123"}};
    return node.client().post("/auth/login", login)->json().value()["accessToken"];
  }

  FakeParticipant participant;
  ApiNode node;
  HttpClient admin = node.admin();
};

}  // namespace sagactl::test
