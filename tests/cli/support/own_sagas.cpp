#include "tests/cli/support/own_sagas.hpp"

#include "tests/services/waiting.hpp"

namespace sagactl::test {

OwnSagaCommands::OwnSagaCommands() {
  NodeOptions options;
  options.port = 0;
  options.data = sandbox.directory() / "sagactl-data";
  nodes = start_nodes(options).value();
  url = nodes->addresses().front().url;
  sandbox.write("trip.yaml", trip());
}

CommandResult OwnSagaCommands::run(std::vector<std::string> words) {
  words.insert(words.end(), {"--url", url});
  return sandbox.run(words);
}

CommandResult OwnSagaCommands::start(const std::string& input, std::vector<std::string> more) {
  std::vector<std::string> words = {"saga", "start", "trip", "--input", input};
  words.insert(words.end(), more.begin(), more.end());
  return run(std::move(words));
}

std::string OwnSagaCommands::start_and_await_approval(const std::string& key) {
  EXPECT_EQ(run({"saga", "publish", "trip.yaml"}).code, 0);
  const std::string id = start(R"({"guest":"kim","nights":2})", {"--key", key, "-o", "json"}).json()["id"];
  EXPECT_TRUE(eventually([&] { return get(id)["currentSteps"] == Json::array({"approval"}); })) << get(id).dump(2);
  return id;
}

Json OwnSagaCommands::await_status(const std::string& id, const std::string& status) {
  Json saga;
  eventually([&] { return (saga = get(id))["status"] == status; });
  EXPECT_EQ(saga["status"], status);
  return saga;
}

std::string OwnSagaCommands::trip() const {
  return R"(saga: trip
input:
  type: object
  required: [guest]
  properties: { guest: { type: string }, nights: { type: integer, minimum: 1 } }
search: [guest]
participants:
  shop: { url: ")" +
         participant.url() + R"(", retry: { first: 10ms, cap: 20ms, budget: 1m } }
steps:
  - name: hotel
    call: { post: "{shop}/bookings", body: { guest: "{input.guest}" } }
    keep: { booking: /id }
    undo: { delete: "{shop}/bookings/{saga.step_key}" }
  - name: flight
    after: []
    call: { post: "{shop}/seats", body: "{input}" }
    undo: { delete: "{shop}/seats/{saga.step_key}" }
  - name: approval
    after: [hotel, flight]
    wait: { for: 24h }
  - name: mail
    call: { post: "{shop}/mails", body: { text: "booked {hotel.booking}" } }
)";
}

std::string OwnSagaCommands::replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

}  // namespace sagactl::test
