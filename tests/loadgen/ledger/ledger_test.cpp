#include "loadgen/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/random.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

std::string temporary_path(const char* name) {
  return (std::filesystem::path(::testing::TempDir()) / name).string();
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Every outcome, failure and status, with and without optional members.
Ledger ledger_of_everything() {
  Ledger ledger;
  ledger.run = "k3f9a2c1";
  ledger.scenario = "mixed";
  ledger.seed = 18'446'744'073'709'551'615u;
  ledger.items = 2;
  ledger.open_loop = true;
  ledger.started_at = {1'795'179'849'000'001};
  ledger.ended_at = {1'795'179'850'000'002};
  ledger.targets = {"http://127.0.0.1:3000", "http://127.0.0.1:3001"};
  ledger.user_ids = {"4b984cd8-c2cb-4d9b-94ca-cb114ebb0892", ""};
  ledger.phases = {{"warm-up", true}, {"mixed \"quoted\"", false}};
  FaultMark& mark = ledger.faults.emplace_back();
  mark.fault = "run \"docker kill pg\" at 1s";
  mark.kind = "run";
  mark.done = mark.by_proxy = true;
  mark.outcome = "the command ended with code 0";
  mark.began = mark.ended = ledger.started_at;
  mark.met = 7;
  mark.changed = 3;
  Random random(1);
  for (std::uint32_t i = 0; i < 90; ++i) {
    LedgerEntry entry;
    entry.operation = i;
    entry.group = i / 3;
    entry.phase = i % 2;
    entry.target = static_cast<std::uint16_t>(i % 2);
    entry.user = static_cast<std::uint16_t>(i % 2);
    entry.http_status = static_cast<std::uint16_t>(i % 5 == 0 ? 0 : 201);
    entry.kind = static_cast<OrderKind>(i % 3);
    entry.outcome = static_cast<RequestOutcome>(i % 5);
    entry.failure = static_cast<TransportFailure>(i % 5);
    entry.claimed_status = static_cast<ClaimedStatus>(i % 9);
    entry.planned = ledger.started_at + Duration{i};
    if (i % 4 != 0) entry.sent = entry.planned + Duration{random.below(50)};
    if (i % 4 > 1) entry.first_byte = entry.sent + 1ms;
    entry.done = entry.planned + 2ms;
    if (i % 2 == 0) entry.order = new_uuid();
    if (i % 3 == 0) entry.correlation = ledger.correlation_sent(entry);
    if (i % 7 == 0) entry.claimed_total = ledger.expected_total(entry);
    ledger.entries.push_back(entry);
  }
  return ledger;
}

TEST(LedgerFile, KeepsTheStepsOfJourneys) {
  Ledger ledger = ledger_of_everything();
  ledger.steps = {{"form", false}, {"create", true}, {"pay \"now\"", false}};
  for (LedgerEntry& entry : ledger.entries) {
    entry.step = 1;
    entry.step_end = static_cast<StepEnd>(entry.operation % 6);
    entry.member = static_cast<std::uint16_t>(entry.operation % 3);
    LedgerEntry paid = entry;
    paid.step = 2;
    ledger.step_entries.push_back(paid);
  }
  const std::string path = temporary_path("ledger_steps.ndjson");
  ASSERT_TRUE(save_ledger(ledger, path).ok());
  const auto loaded = load_ledger(path);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(*loaded, ledger);
}

TEST(LedgerFile, KeepsEverything) {
  const Ledger ledger = ledger_of_everything();
  const std::string path = temporary_path("ledger_whole.ndjson");
  ASSERT_TRUE(save_ledger(ledger, path).ok());
  const auto loaded = load_ledger(path);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(*loaded, ledger);
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
}

TEST(LedgerFile, SpellsOutDerivedValues) {
  Ledger ledger = ledger_of_everything();
  ledger.entries.resize(1);
  const std::string path = temporary_path("ledger_spelled.ndjson");
  ASSERT_TRUE(save_ledger(ledger, path).ok());
  const auto lines = split(text_of(path), '\n');
  const Json entry = Json::parse(lines[1]);
  EXPECT_EQ(entry["product"], "LT-k3f9a2c1-S-00000000");
  EXPECT_EQ(entry["idempotencyKey"], derived_idempotency_key({"LT-k3f9a2c1-S-00000000", "LT-k3f9a2c1-S-00000000-2"}));
  EXPECT_EQ(entry["correlationSent"], ledger.correlation_sent(ledger.entries[0]).text());
  Money total;
  for (const ProductItem& item : ledger.items_of(ledger.entries[0])) {
    total = total + *multiply(item.price, item.quantity);
  }
  EXPECT_EQ(entry["expectedTotal"], total.text());
}

TEST(LedgerFile, TruncatedOrChangedIsRefusedWithItsLine) {
  const std::string path = temporary_path("ledger_spoilt.ndjson");
  ASSERT_TRUE(save_ledger(ledger_of_everything(), path).ok());
  const std::string whole = text_of(path);
  const auto refused = [&](std::string text, const std::string& expected) {
    std::ofstream(path, std::ios::trunc) << text;
    const auto loaded = load_ledger(path);
    ASSERT_FALSE(loaded.ok()) << expected;
    EXPECT_EQ(loaded.error().code, ErrorCode::invalid);
    EXPECT_NE(loaded.error().message.find(expected), std::string::npos) << loaded.error().message;
  };
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string text = whole;
    return text.replace(text.find(from), from.size(), to);
  };
  refused(whole.substr(0, whole.rfind("{\"entries\"")), "truncated");
  refused(whole.substr(0, whole.size() / 2), "line ");
  refused("", "truncated");
  refused(changed("sagactl-ledger", "other-format"), "line 1");
  refused(changed("\"version\":1", "\"version\":2"), "line 1");
  refused(changed("\"outcome\":\"accepted\"", "\"outcome\":\"perhaps\""), "line 2: \"perhaps\"");
  refused(changed("\"target\":0", "\"target\":9"), "line 2: its target");
  refused(changed("{\"entries\":90}", "{\"entries\":91}"), "number of entries");
}

TEST(LedgerFile, MissingIsNotFoundAndUnwritableIsReported) {
  EXPECT_EQ(load_ledger("/dev/null/ledger").error().code, ErrorCode::not_found);
  const auto saved = save_ledger(Ledger{}, "/dev/null/ledger");
  ASSERT_FALSE(saved.ok());
  EXPECT_NE(saved.error().message.find("/dev/null/ledger"), std::string::npos);
}

LedgerEntry request(std::uint32_t group, std::int64_t sent, std::int64_t done, std::uint16_t target,
                    OrderKind kind = OrderKind::duplicate) {
  LedgerEntry entry;
  entry.group = group;
  entry.kind = kind;
  entry.target = target;
  entry.sent.us = sent;
  entry.done.us = done;
  return entry;
}

TEST(Overlaps, CountWhatWasInFlightAtOnce) {
  Ledger ledger;
  ledger.entries = {
      request(1, 10, 20, 0),
      request(1, 15, 30, 1),
      request(1, 19, 21, 2),  // all three at 19
      request(2, 10, 20, 0),
      request(2, 20, 30, 1),  // touching is not overlapping
      request(3, 10, 10, 0),
      request(3, 10, 10, 1),  // within one microsecond
      request(4, 0, 50, 0),
      request(4, 10, 20, 1),                     // the first was never sent
      request(5, 10, 20, 0, OrderKind::single),  // no group
  };
  EXPECT_EQ(overlaps(ledger), (std::vector<GroupOverlap>{{1, 3, 3, 3}, {2, 2, 1, 2}, {3, 2, 2, 2}, {4, 2, 1, 1}}));
}

TEST(Ledger, NamesAreReadBack) {
  for (const char* name : {"accepted", "duplicate", "rejected", "indeterminate", "unreached"}) {
    EXPECT_EQ(to_string(*parse_request_outcome(name)), name);
  }
  for (const char* name : {"none", "timed_out", "closed", "unreadable", "no_connection", "kept_closed", "agent_lost"}) {
    EXPECT_EQ(to_string(*parse_transport_failure(name)), name);
  }
  for (const char* name :
       {"none", "pending", "processing", "paid", "shipped", "delivered", "cancelled", "failed", "other"}) {
    EXPECT_EQ(to_string(*parse_claimed_status(name)), name);
  }
}

}  // namespace
}  // namespace sagactl
