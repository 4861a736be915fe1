// Every verdict finds the fault that is planted in a real node for it, and no other verdict fails except those that the
// fault implies.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "analysis/verify.hpp"
#include "tests/e2e/process.hpp"
#include "tests/mutants/aim.hpp"

namespace sagactl {
namespace {

using Words = std::vector<std::string>;

struct Planted {
  const char* mutant;
  const char* verdict;           // that has to find it
  std::set<std::string> follow;  // that fail as well, because the same fault violates them
  Words load;                    // of `sagactl loadtest`
  Words node = {};
  const char* ruling = "FAIL";
};

void PrintTo(const Planted& planted, std::ostream* out) {
  *out << planted.mutant;
}

const Words singles = {"individual", "--orders", "30", "--concurrency", "6"};
const Words groups = {"duplicate", "--orders", "90", "--duplicates", "6"};
const Words failing = {"individual", "--orders", "60", "--concurrency", "6", "--fail-share", "0.5"};
// A few products over and over, most of whose orders are cancelled.
const Words again = {"duplicate", "--orders", "120", "--duplicates", "4", "--products", "3", "--concurrency", "4"};
// Half of them release their reservations.
const Words purchases = {"individual",    "--system", "purchase",     "--orders", "90",
                         "--concurrency", "6",        "--fail-share", "0.5"};
const Words mostly_declined = {"--payment-success", "0.2"};

// Two captures exceed the value of the order.
const std::set<std::string> money = {"money-balances"};

const Planted table[] = {
    {"own-key", "one-order-per-duplicate-group", {}, groups},
    {"lost-order", "no-lost-order", {}, singles},
    {"sends-twice", "no-phantom-order", {}, singles, {"--key-only"}},
    {"sends-twice-silently", "indeterminate-resolved", {}, singles, {"--key-only"}},
    {"shared-key", "one-live-order-per-key", {}, singles},
    {"wrong-amount", "money-balances", {}, singles},
    {"double-capture", "one-capture-per-order", money, singles},
    {"charge-while-compensating", "no-charge-after-compensation", {}, failing},
    {"silent-gateway", "all-sagas-end", {}, singles},
    {"lost-compensation", "compensation-complete", {}, failing},
    {"skipped-state", "legal-transitions", {}, singles},
    {"lost-payment-event", "counts-agree", {}, singles},
    {"skipped-version", "event-stream-complete", {}, singles},
    {"falling-tokens", "fencing-increases", {}, again, mostly_declined},
    {"early-locks", "locks-do-not-overlap", {}, again, mostly_declined},
    {"deaf-bus", "published-once-or-more-applied-once", {}, singles},
    {"wrong-total", "answer-matches-database", {}, singles},
    {"unknown-node", "every-node-known", {}, singles},
    {"lost-release", "stock-balances", {}, purchases, mostly_declined},
    {"oversold", "never-negative", {"stock-balances"}, purchases},
    {"never-declines", "not-vacuous", {}, failing, {}, "UNKNOWN"},
    {"mute", "answers-were-read", {}, singles, {}, "UNKNOWN"},
};

std::uint64_t seeds() {
  return std::getenv("SAGACTL_LONG") ? 20 : 2;
}

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// Runs a load test against real nodes with that fault, and returns its result.
Json load(const std::string& mutant, std::uint64_t seed, const Words& node, const Words& load) {
  const TestDirectory site;
  const std::string number = std::to_string(seed);
  const ServeProcess nodes(site, SAGACTL_MUTANT_BINARY, with({"--mutant", mutant, "--seed", number}, node), 3);
  const ProcessResult test =
      nodes.run(with(with({"loadtest"}, load), {"--seed", number, "--drain", "2s", "-o", "json"}));
  const Json result = test.json();
  if (result.is_object() && result.contains("verdicts")) return result;
  ADD_FAILURE() << test.out << test.err;
  return Json{{"verdicts", Json::array()}, {"verdict", "none"}};
}

std::set<std::string> failed(const Json& result) {
  std::set<std::string> names;
  for (const Json& verdict : result["verdicts"])
    if (verdict["verdict"] == "FAIL") names.insert(verdict["name"]);
  return names;
}

Json named(const Json& result, const std::string& name) {
  for (const Json& verdict : result["verdicts"])
    if (verdict["name"] == name) return verdict;
  return nullptr;
}

class PlantedInANode : public testing::TestWithParam<Planted> {};

TEST_P(PlantedInANode, IsFoundByItsVerdict) {
  const Planted& planted = GetParam();
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const Json result = load(planted.mutant, seed, planted.node, planted.load);
    std::set<std::string> expected = planted.follow;
    const bool fails = planted.ruling == std::string("FAIL");
    if (fails) expected.insert(planted.verdict);
    EXPECT_EQ(failed(result), expected) << "seed " << seed << "\n" << result["verdicts"].dump(2);
    const Json found = named(result, planted.verdict);
    EXPECT_EQ(found["verdict"], planted.ruling) << "seed " << seed << ": " << found.dump(2);
    EXPECT_EQ(result["verdict"], planted.ruling);
    if (!fails || HasFailure()) continue;
    EXPECT_EQ(found["witness"]["why"].size(), 2u);
    EXPECT_GT(
        found["witness"].value("rows", Json::array()).size() + found["witness"].value("requests", Json::array()).size(),
        0u)
        << "the witness names no row or request: " << found.dump(2);
  }
}

INSTANTIATE_TEST_SUITE_P(Verdicts, PlantedInANode, testing::ValuesIn(table), [](const auto& test) {
  std::string name = test.param.mutant;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Mutants, EveryVerdictHasOne) {
  std::set<std::string> found, all;
  for (const Planted& planted : table) found.insert(planted.verdict);
  for (const std::string_view name : verdict_names()) all.emplace(name);
  all.emplace("answers-were-read");  // load-was-sent cannot fail because of a node
  EXPECT_EQ(found, all);
}

TEST(Mutants, TheSameNodesAndLoadsPassWithoutAFault) {
  const std::pair<Words, Words> runs[] = {
      {{}, singles}, {{}, groups}, {{}, failing}, {mostly_declined, again}, {{}, purchases}};
  for (const auto& [node, words] : runs) {
    const Json result = load("none", 1, node, words);
    EXPECT_EQ(failed(result), std::set<std::string>{}) << result["verdicts"].dump(2);
    EXPECT_EQ(result["verdict"], "PASS") << result["verdicts"].dump(2);
  }
}

// Its only step sleeps, so that it needs no participant.
Json load_of_a_users_saga(const std::string& mutant) {
  const TestDirectory site;
  std::ofstream(site.directory() / "nap.yaml") << "saga: nap\nsteps: [{ name: pause, sleep: 50ms }]\n";
  std::ofstream(site.directory() / "nap.json") << R"({"guest":"{user}"})";
  const ServeProcess nodes(site, SAGACTL_MUTANT_BINARY, {"--mutant", mutant, "--seed", "1"}, 3);
  EXPECT_EQ(nodes.run({"saga", "publish", "nap.yaml"}).code, 0);
  return nodes.run(with({"loadtest", "--saga", "nap", "--input", "nap.json", "--drain", "2s", "-o", "json"}, singles))
      .json();
}

TEST(Mutants, ALostSagaOfAUsersIsFound) {
  EXPECT_EQ(load_of_a_users_saga("none")["verdict"], "PASS");
  const Json result = load_of_a_users_saga("lost-order");
  EXPECT_EQ(failed(result), std::set<std::string>{"no-lost-order"}) << result["verdicts"].dump(2);
  EXPECT_EQ(result["verdict"], "FAIL");
}

TEST(Mutants, AreNotInTheReleasedProgram) {
  const TestDirectory site;
  const ProcessResult serve = site.run({"serve", "--port", "0", "--mutant", "lost-order"});
  EXPECT_EQ(serve.code, 4);
  EXPECT_THAT(serve.err, testing::HasSubstr("--mutant"));
}

}  // namespace
}  // namespace sagactl
