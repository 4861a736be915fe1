// Profiles of journeys: as files, as shown by --dry-run, and against a server in this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

#include "cli/loadtest/profile_file.hpp"
#include "common/text/text.hpp"
#include "loadgen/profile/profile.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string shortest = "[create]\npath = \"/buy\"\nbody = '{\"sku\":\"{product}\"}'\n[answer]\norder = \"/id\"\n";

class JourneyProfile : public testing::Test {
 protected:
  CommandResult dry_run(const std::string& profile) {
    sandbox_.write("shop.toml", profile);
    return sandbox_.run(
        {"loadtest", "individual", "--profile", "shop.toml", "--url", "http://127.0.0.1:1/shop", "--dry-run"});
  }

  CliSandbox sandbox_;
};

// The first code of the page.
std::string example_of_docs() {
  std::ifstream page(SAGACTL_SOURCE_DIR "/docs/journeys.md");
  std::string line, code;
  while (std::getline(page, line)) {
    if (line.starts_with("    ")) code += line.substr(4) + "\n";
    if (line.empty() && !code.empty()) code += "\n";
    if (!line.empty() && !line.starts_with("    ") && !code.empty()) break;
  }
  return code;
}

// The first code below a heading.
std::string example_below(const std::string& heading) {
  std::ifstream page(SAGACTL_SOURCE_DIR "/docs/journeys.md");
  std::string line, code;
  while (std::getline(page, line) && line != "## " + heading) {
  }
  while (std::getline(page, line) && (code.empty() || line.empty() || line.starts_with("    ")))
    code += line.substr(std::min<std::size_t>(4, line.size())) + "\n";
  return code;
}

TEST_F(JourneyProfile, TheExamplesOfTheDocumentCanBeRead) {
  for (const char* heading : {"GraphQL", "Server-sent events", "WebSocket", "Kafka"}) {
    const std::string example = example_below(heading);
    ASSERT_THAT(example, HasSubstr("[[after]]")) << heading;
    const bool is_whole = example.find("[create]") != std::string::npos;
    const CommandResult shown = dry_run(is_whole ? example : shortest + example);
    EXPECT_EQ(shown.code, 0) << heading << "\n" << shown.err;
  }
}

TEST_F(JourneyProfile, TheDryRunShowsAJourneyInItsOrderAndNoSecret) {
  sandbox_.variables["SHOP_PASSWORD"] = "sesame";
  const CommandResult shown = dry_run(example_of_docs());
  ASSERT_EQ(shown.code, 0) << shown.err;
  std::size_t at = 0;
  for (const char* part :
       {"# log-in, 'log-in 1'\nPOST /shop/token", "{env:SHOP_PASSWORD}", "# an order\nPOST /shop/orders",
        "# step 'wait', again until its answer is as wanted\nGET {link} HTTP/1.1",
        "# step 'pay', of the branch 'pays'\nPOST /shop/orders/{order}/payment",
        "# step 'cancel', of the branch 'cancels'\nDELETE {link}"}) {
    at = shown.out.find(part, at);
    ASSERT_NE(at, std::string::npos) << part << " in\n" << shown.out;
  }
  EXPECT_THAT(shown.out, Not(HasSubstr("sesame")));
  EXPECT_THAT(shown.out, Not(HasSubstr("\r\n\r\n\n")));
}

TEST_F(JourneyProfile, AllMistakesAreReportedAtOnceEachWithItsPlaceAndTheNearestName) {
  const CommandResult shown = dry_run("branches = { pays = 1 }\ncookie = \"user\"\n" + shortest +
                                      "[[after]]\nname = \"pay\"\npth = \"/pay\"\n[[after]]\nname = \"wait\"\npath = "
                                      "\"/wait\"\nuntil = { every = \"soon\" }\n");
  EXPECT_EQ(shown.code, 4);
  for (const char* said :
       {"shop.toml:2:10: 'cookie' is not a known member; did you mean 'cookies'?",
        "shop.toml:10:7: 'after.pth' is not a known member; did you mean 'after.path'?", "after.until.every"})
    EXPECT_THAT(shown.err, HasSubstr(said));
  const CommandResult meant =
      dry_run("branches = { pays = 1 }\n" + shortest +
              "[[before]]\nname = \"form\"\npath = \"/form\"\nkeep = { tokn = { match = \"(\" } }\n"
              "[[after]]\nname = \"form\"\npath = \"pay/{order}\"\nbranch = \"pay\"\n"
              "body = "
              "'{\"t\":\"{token}\",\"r\":\"{random:9-1}\",\"n\":\"{now:local}\",\"e\":\"{env:NOT_SET}\",\"f\":\"{file:"
              "none}\"}'\n");
  EXPECT_EQ(meant.code, 4);
  for (const char* said : {"shop.toml:10:17: before[0].keep.tokn: ", "after[0].name: there is another step 'form'",
                           "shop.toml:13:8: after[0].path: must begin with /",
                           "after[0].branch: 'pay' is not in branches; did you mean 'pays'?",
                           "'{token}' is not a field; did you mean '{tokn}'?"})
    EXPECT_THAT(meant.err, HasSubstr(said));
}

TEST_F(JourneyProfile, AFieldThatCannotBeFilledInIsRefused) {
  struct Row {
    const char* step;
    const char* said;
  };
  sandbox_.write("people.csv", "name,mail\nann,a@x\n");
  for (const Row& row : {
           Row{"[[before]]\nname=\"a\"\npath=\"/{order}\"\n", "'{order}' is not allowed here: there is no order yet"},
           Row{"[[before]]\nname=\"a\"\npath=\"/x\"\nbody='{later}'\n[[after]]\nname=\"b\"\npath=\"/"
               "y\"\nkeep={later=\"/z\"}\n",
               "it is kept by a later step"},
           Row{"[[set_up]]\nname=\"a\"\npath=\"/{product}\"\n", "it belongs to an order"},
           Row{"[log_in]\npath=\"/login\"\nbody='{key}'\n", "it belongs to an order"},
           Row{"[[after]]\nname=\"a\"\npath=\"/x\"\nbody='{random:9-1}'\n", "write {random:1-100}"},
           Row{"[[after]]\nname=\"a\"\npath=\"/x\"\nbody='{now:local}'\n", "write {now:iso}"},
           Row{"[[after]]\nname=\"a\"\npath=\"/x\"\nbody='{env:NOT_SET}'\n", "the environment has no variable NOT_SET"},
           Row{"[[after]]\nname=\"a\"\npath=\"/x\"\nbody='{file:none.txt}'\n", "the file none.txt cannot be read"},
           Row{"[[data]]\nfile=\"people.csv\"\n[[after]]\nname=\"a\"\npath=\"/x\"\nbody='{data:mial}'\n",
               "has no column 'mial'; did you mean 'mail'?"},
           Row{"[[data]]\nfile=\"none.csv\"\n", "none.csv cannot be read"},
           Row{"[[data]]\nfile=\"people.csv\"\norder=\"sorted\"\n", "must be \"in order\""},
           Row{"[[after]]\nname=\"a\"\npath=\"/x\"\nmethod=\"HEAD\"\n", "must be one of GET"},
           Row{"[[after]]\nname=\"a\"\npath=\"/x\"\npause=[\"3s\",\"1s\"]\n", "the shorter first"},
           Row{"[[after]]\nname=\"a\"\npath=\"/x\"\nheaders={Content-Length=\"1\"}\n", "it is set for each request"},
       }) {
    const CommandResult shown = dry_run(shortest + row.step);
    EXPECT_EQ(shown.code, 4) << row.step;
    EXPECT_THAT(shown.err, HasSubstr(row.said)) << row.step;
  }
}

TEST_F(JourneyProfile, AFormIsEncodedButForItsFields) {
  const CommandResult shown = dry_run(
      "[create]\npath = \"/buy\"\nform = { \"a b\" = \"50% & {user}\", sku = \"{product}\" }\n[answer]\norder = "
      "\"/id\"\n");
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("Content-Type: application/x-www-form-urlencoded\r\n"));
  EXPECT_THAT(shown.out, HasSubstr("\r\n\r\na%20b=50%25%20%26%20sagactl-loadtest-1&sku=LT-example-S-00000000"));
}

TEST_F(JourneyProfile, AGraphqlQueryIsSentAsItStandsAndItsVariablesAreFilledIn) {
  sandbox_.write("pay.graphql", "mutation { pay { key product {order} } }\n");
  const CommandResult shown = dry_run(
      "[create]\npath = \"/graphql\"\ngraphql = \"mutation Place { place {id} }\"\noperation = \"Place\"\n"
      "variables = '{\"sku\":\"{product}\",\"n\":{quantity}}'\n[answer]\norder = \"/place/id\"\n"
      "[[after]]\nname = \"pay\"\npath = \"/graphql\"\ngraphql = \"@pay.graphql\"\n");
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("POST /shop/graphql HTTP/1.1\r\n"));
  EXPECT_THAT(shown.out, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(shown.out, HasSubstr(R"({"query":"mutation Place { place \u007bid} }","operationName":"Place",)"
                                   R"("variables":{"sku":"LT-example-S-00000000","n":)"));
  EXPECT_THAT(shown.out, HasSubstr(R"({"query":"mutation { pay { key product \u007border} } }\n"})"));
}

TEST_F(JourneyProfile, AMultipartFormHasItsPartsInTheirOrder) {
  sandbox_.write("photo.png", "PNG {order} \"\r\n");
  const CommandResult shown =
      dry_run(shortest +
              "[[after]]\nname = \"photo\"\npath = \"/photo\"\nmultipart = { order = \"{order}\", "
              "\"a \\\"b\\\"\" = { file = \"photo.png\", type = \"image/png\" } }\n");
  ASSERT_EQ(shown.code, 0) << shown.err;
  const std::size_t type = shown.out.find("Content-Type: multipart/form-data; boundary=");
  ASSERT_NE(type, std::string::npos) << shown.out;
  const std::string boundary = shown.out.substr(type + 44, shown.out.find('\r', type) - type - 44);
  EXPECT_THAT(shown.out,
              HasSubstr("\r\n\r\n--" + boundary +
                        "\r\nContent-Disposition: form-data; name=\"order\"\r\n\r\n{order}\r\n--" + boundary +
                        "\r\nContent-Disposition: form-data; name=\"a %22b%22\"; filename=\"photo.png\"\r\n"
                        "Content-Type: image/png\r\n\r\nPNG {order} \"\r\n\r\n--" +
                        boundary + "--\r\n"));
}

TEST_F(JourneyProfile, ARequestHasOneBody) {
  struct Row {
    const char* body;
    const char* said;
  };
  for (const Row& row : {
           Row{"body=\"x\"\nform={a=\"b\"}\n", "after.form and body are both given"},
           Row{"form={a=\"b\"}\ngraphql=\"{a}\"\n", "after.graphql and form are both given"},
           Row{"variables='{}'\n", "after.variables are for a request with graphql"},
           Row{"graphql=\"@none.graphql\"\n", "the file none.graphql, which cannot be read"},
           Row{"graphql=\"{ a }\"\nvariables='[]'\n", "after.variables must be a JSON object"},
           Row{"graphql=\"{ a }\"\noperaton=\"a\"\n", "did you mean 'after.operation'?"},
           Row{"multipart={}\n", "after.multipart has no parts"},
           Row{"multipart={a={type=\"b/c\"}}\n", "after.multipart.a.file is missing"},
       }) {
    const CommandResult shown = dry_run(shortest + "[[after]]\nname=\"a\"\npath=\"/x\"\n" + row.body);
    EXPECT_EQ(shown.code, 4) << row.body;
    EXPECT_THAT(shown.err, HasSubstr(row.said)) << row.body;
  }
}

TEST_F(JourneyProfile, StepsWithMessagesSayWhatTheySendAndWaitFor) {
  const CommandResult shown = dry_run(
      shortest +
      "[[before]]\nname = \"listen\"\npath = \"/events?of={user}\"\nevents = { stays_open = true }\n"
      "[[before]]\nname = \"subscribe\"\npath = \"/ws\"\nwebsocket = { send = ['{\"of\":\"{user}\"}'], where = { "
      "\"/type\" = \"ok\" }, within = \"5s\" }\n"
      "[[after]]\nname = \"shipped\"\nevents = { from = \"listen\", event = \"shipped\", where = { \"/order\" = "
      "\"{order}\" } }\n"
      "[[after]]\nname = \"pay\"\nproduce = { topic = \"payments\", key = \"{order}\", value = "
      "'{\"order\":\"{order}\"}', headers = { trace = \"{uuid}\" } }\n"
      "[[after]]\nname = \"paid\"\nconsume = { topic = \"receipts\", key = \"{order}\", headers = { type = \"paid\" }, "
      "within = \"10s\" }\n");
  ASSERT_EQ(shown.code, 0) << shown.err;
  for (const char* said :
       {"# step 'listen'\nGET /shop/events?of=sagactl-loadtest-1 HTTP/1.1\r\n", "Accept: text/event-stream\r\n",
        "\r\n\r\nstays open\n",
        "\r\n\r\nsends {\"of\":\"sagactl-loadtest-1\"}\nwaits for a message with /type = ok, for at most 5.00 s\n",
        "# step 'shipped'\non the connection of 'listen'\nwaits for an event with the name shipped and /order = "
        "{order}, for "
        "at most 30.00 s\n",
        "# step 'pay'\nsends to payments\nkey: {order}\nheader trace: ", "\n\n{\"order\":\"{order}\"}\n",
        "# step 'paid'\nwaits for a message of receipts with the key {order} and the header type = paid, for at most "
        "10.00 s\n"})
    EXPECT_THAT(shown.out, HasSubstr(said));
}

TEST_F(JourneyProfile, AStepWithMessagesThatCannotBeCarriedOutIsRefused) {
  struct Row {
    const char* step;
    const char* said;
  };
  for (const Row& row : {
           Row{"path=\"/e\"\nevents={stay_open=true}\n", "did you mean 'after.events.stays_open'?"},
           Row{"events={event=\"a\"}\n", "after.path is missing: where is the connection opened?"},
           Row{"events={from=\"lisen\",event=\"a\"}\n",
               "after[0].events.from: 'lisen' is no earlier step with events that stays_open; did you mean 'listen'?"},
           Row{"websocket={from=\"listen\",send=\"a\"}\n", "is no earlier step with websocket that stays_open"},
           Row{"path=\"/x\"\nevents={from=\"listen\"}\n", "after.path is for a step that opens a connection"},
           Row{"path=\"/e\"\nevents={}\nbody=\"x\"\n", "after.body is for requests, and this step is none"},
           Row{"path=\"/e\"\nevents={}\nproduce={topic=\"t\"}\n", "after.produce is there beside another kind"},
           Row{"path=\"/e\"\nevents={where={order=\"1\"}}\n", "'order' is not a JSON pointer: write /order/id"},
           Row{"path=\"/e\"\nevents={within=\"2h\"}\n", "events.within: must be from 1ms to 1h"},
           Row{"path=\"/e\"\nevents={}\npause=\"1s\"\n", "begins with the request before it"},
           Row{"path=\"/e\"\nevents={where={\"/a\"=\"{later}\"}}\n", "'{later}' is not a field"},
           Row{"produce={value=\"x\"}\n", "produce.topic: is missing"},
           Row{"produce={topic=\"a b\"}\n", "produce.topic: is not the name of a topic"},
           Row{"consume={topic=\"a\"}\n", "which message is this journey's?"},
           Row{"consume={topic=\"a\",key=\"paid\"}\n", "which message is this journey's?"},
       }) {
    const CommandResult shown = dry_run(
        shortest + "[[before]]\nname=\"listen\"\npath=\"/e\"\nevents={stays_open=true}\n[[after]]\nname=\"a\"\n" +
        row.step);
    EXPECT_EQ(shown.code, 4) << row.step;
    EXPECT_THAT(shown.err, HasSubstr(row.said)) << row.step;
  }
}

// A shop that gives each order a number and wants it paid once.
class JourneyRun : public testing::Test {
 protected:
  Json run(const std::string& profile, std::vector<std::string> more) {
    sandbox_.write("shop.toml", profile);
    std::vector<std::string> arguments = {"loadtest", "individual", "--profile", "shop.toml", "--url", server_.url(),
                                          "--drain",  "1s",         "--save",    "r.json",    "-o",    "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const CommandResult outcome = sandbox_.run(arguments);
    EXPECT_TRUE(outcome.json().is_object()) << outcome.out << outcome.err;
    return outcome.json();
  }
  TestAnswer take(const Received& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (request.path == "/buy") {
      const std::string id = fmt::format("{}", ++orders_);
      return answer(201, Json{{"id", id}}.dump());
    }
    if (request.path == "/log-in") return answer(200, "{}", "Set-Cookie: sid=1\r\n");
    if (request.path == "/members" && !request.headers.contains("cookie")) return answer(401, "{}");
    if (request.path.starts_with("/pay/")) paid_.insert(request.path.substr(5));
    return answer(request.path.starts_with("/refuse") ? 500 : 200, "{}");
  }
  static std::string ruling_of(const Json& result, const char* name) {
    for (const Json& verdict : result["verdicts"])
      if (verdict["name"] == name) return verdict["verdict"];
    return "";
  }

  CliSandbox sandbox_;
  std::mutex mutex_;
  std::vector<Received> requests_;
  std::set<std::string> paid_;
  int orders_ = 0;
  ScriptedServer server_{[this](const Received& request) { return take(request); }};
};

TEST_F(JourneyRun, EachOrderIsPaidByItsOwnJourney) {
  const std::string pay = "[[after]]\nname = \"pay\"\nmethod = \"POST\"\npath = \"/pay/{order}\"\n";
  const Json closed = run(shortest + pay, {"--orders", "30", "--concurrency", "4"});
  EXPECT_EQ(closed["requests"]["sent"], 30);
  EXPECT_EQ(paid_.size(), 30u);
  EXPECT_EQ(ruling_of(closed, "journeys-go-as-described"), "PASS");
  run(shortest + pay, {"--orders", "30", "--rate", "300/s"});
  EXPECT_EQ(paid_.size(), 60u);
}

TEST_F(JourneyRun, AStepThatIsRefusedEndsItsJourneyAndFailsTheRun) {
  const std::string steps =
      "[[after]]\nname = \"check\"\npath = \"/refuse\"\n[[after]]\nname = \"pay\"\npath = \"/pay/{order}\"\n";
  const Json result = run(shortest + steps, {"--orders", "10"});
  EXPECT_EQ(ruling_of(result, "journeys-go-as-described"), "FAIL");
  EXPECT_THAT(json_text(result["verdicts"]), HasSubstr("step 'check': 10 answers that it does not expect"));
  EXPECT_EQ(paid_.size(), 0u);
}

TEST_F(JourneyRun, RowsThatAreUsedOnceEndTheLoad) {
  sandbox_.write("people.jsonl", "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
  const std::string data = "[[data]]\nfile = \"people.jsonl\"\norder = \"once\"\n";
  for (const std::vector<std::string>& amount :
       {std::vector<std::string>{"--orders", "20"}, {"--rate", "100/s", "--duration", "1s"}}) {
    const Json result =
        run("[create]\npath = \"/buy\"\nbody = '{\"n\":{data:n}}'\n[answer]\norder = \"/id\"\n" + data, amount);
    EXPECT_EQ(result["requests"]["sent"], 3);
    EXPECT_EQ(ruling_of(result, "load-was-sent"), "PASS");
  }
  std::multiset<std::string> bodies;
  for (const Received& request : requests_) bodies.insert(request.body);
  EXPECT_EQ(bodies,
            (std::multiset<std::string>{"{\"n\":1}", "{\"n\":1}", "{\"n\":2}", "{\"n\":2}", "{\"n\":3}", "{\"n\":3}"}));
}

TEST_F(JourneyRun, ALogInThatIsRefusedEndsTheRunBeforeTheLoad) {
  sandbox_.write("shop.toml", shortest + "[log_in]\npath = \"/refuse\"\nbody = '{\"u\":\"{user}\"}'\n");
  const CommandResult outcome =
      sandbox_.run({"loadtest", "individual", "--profile", "shop.toml", "--orders", "5", "--url", server_.url()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("log-in of user 1: 'log-in 1': POST /refuse was answered with 500"));
  EXPECT_EQ(orders_, 0);
}

TEST_F(JourneyRun, ASetUpThatIsRefusedEndsTheRunAsALogInThatIs) {
  sandbox_.write("shop.toml", shortest + "[[set_up]]\nname = \"fill\"\npath = \"/refuse\"\n");
  const CommandResult outcome =
      sandbox_.run({"loadtest", "individual", "--profile", "shop.toml", "--orders", "5", "--url", server_.url()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("set-up: 'fill': "));
  EXPECT_EQ(orders_, 0);
}

TEST_F(JourneyRun, ALogInThatIsRefusedAfterItsCookieWasLostIsExplained) {
  sandbox_.write("shop.toml", shortest + "[[log_in]]\npath = \"/log-in\"\n[[log_in]]\npath = \"/members\"\n");
  const CommandResult outcome = sandbox_.run(
      {"loadtest", "individual", "--profile", "shop.toml", "--orders", "5", "--url", server_.url(), "-o", "json"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr(R"(the log-in sets a cookie, which is lost: write cookies = \"user\")"));
}

TEST_F(JourneyRun, RefusalsAfterALogInWhoseCookieIsLostAreExplained) {
  std::string profile = shortest + "[log_in]\npath = \"/log-in\"\nmethod = \"POST\"\n";
  replace_all(profile, "/buy", "/members");
  EXPECT_THAT(json_text(run(profile, {"--orders", "5"})["verdicts"]),
              HasSubstr(R"(the log-in sets a cookie, which is lost: write cookies = \"user\")"));
  const Json kept = run("cookies = \"user\"\n" + profile, {"--orders", "5"});
  EXPECT_EQ(kept["requests"]["rejected"], 0);
}

TEST_F(JourneyRun, TheLedgerKnowsTheStepsOfEachRequest) {
  run(shortest + "[[after]]\nname = \"pay\"\npath = \"/pay/{order}\"\n", {"--orders", "3"});
  std::multiset<std::string> ends;
  for (const std::string& line : split(sandbox_.read("r.ledger.jsonl"), '\n')) {
    const Json entry = read_json(line);
    if (entry.is_object() && entry.contains("step"))
      ends.insert(fmt::format("{} {}", entry["step"].get<int>(), entry["stepEnd"].get<std::string>()));
  }
  EXPECT_EQ(ends, (std::multiset<std::string>{"0 next", "0 next", "0 next", "1 last", "1 last", "1 last"}));
}

}  // namespace
}  // namespace sagactl
