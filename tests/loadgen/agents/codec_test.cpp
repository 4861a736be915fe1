// What agents and their leader send each other arrives as it was, and anything else is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>

#include "common/random.hpp"
#include "loadgen/agents/clock_comparison.hpp"
#include "loadgen/agents/entry_codec.hpp"
#include "loadgen/agents/entry_file.hpp"
#include "loadgen/agents/figures_codec.hpp"
#include "loadgen/agents/options_codec.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

std::vector<LedgerEntry> some_entries(LongNames& names) {
  std::vector<LedgerEntry> entries;
  Random random(3);
  for (std::uint64_t operation = 0; operation < 200; ++operation) {
    LedgerEntry entry;
    entry.operation = operation * 1'000'000'007;
    entry.group = static_cast<std::uint32_t>(random.next());
    entry.phase = operation % 2;
    entry.target = static_cast<std::uint16_t>(operation % 3);
    entry.user = static_cast<std::uint16_t>(operation % 4);
    entry.http_status = 201;
    entry.kind = static_cast<OrderKind>(operation % 3);
    entry.outcome = static_cast<RequestOutcome>(operation % 5);
    entry.failure = static_cast<TransportFailure>(operation % 7);
    entry.claimed_status = static_cast<ClaimedStatus>(operation % 9);
    entry.step = operation % 2;
    entry.step_end = static_cast<StepEnd>(operation % 6);
    entry.member = static_cast<std::uint16_t>(operation);
    entry.planned = Timestamp{static_cast<std::int64_t>(random.next() >> 1)};
    entry.sent = Timestamp{-5};
    entry.done = Timestamp{INT64_MAX};
    entry.order = order_ref(std::to_string(operation));
    entry.correlation = correlation_of(9, operation);
    if (operation % 2 == 0) entry.claimed_total = Money{static_cast<std::int64_t>(operation)};
    entry.order_name = OrderName(std::string(operation % 90, 'x'), names);
    entries.push_back(entry);
  }
  return entries;
}

TEST(EntryCodec, EntriesArriveAsTheyWereWhereverTheirBytesAreCut) {
  LongNames names, other_names;
  const std::vector<LedgerEntry> entries = some_entries(names);
  std::string bytes;
  for (const LedgerEntry& entry : entries) append_entry(bytes, entry);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{97}, std::size_t{4096}, bytes.size()}) {
    EntryReader reader({2, 3, 2, 4}, other_names);
    std::vector<LedgerEntry> read;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      ASSERT_TRUE(reader.read(std::string_view(bytes).substr(at, piece),
                              [&](const LedgerEntry& entry) { read.push_back(entry); }));
    EXPECT_EQ(read, entries) << "pieces of " << piece;
    EXPECT_TRUE(reader.is_at_end());
  }
}

TEST(EntryCodec, BytesThatAreNoEntriesOfThisRunAreRefused) {
  LongNames names;
  const auto ignore = [](const LedgerEntry&) {};
  EXPECT_FALSE(EntryReader({1, 1, 1, 1}, names).read(std::string(500, '\xFF'), ignore));
  for (const EntryLimits& limits :
       {EntryLimits{1, 3, 2, 4}, EntryLimits{2, 2, 2, 4}, EntryLimits{2, 3, 1, 4}, EntryLimits{2, 3, 2, 3}}) {
    std::string bytes;
    for (const LedgerEntry& entry : some_entries(names)) append_entry(bytes, entry);
    const auto read = EntryReader(limits, names).read(bytes, ignore);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("does not fit this run"));
  }
}

TEST(EntryFile, GivesWhatWasWrittenWhileItGrows) {
  LongNames names;
  const std::vector<LedgerEntry> entries = some_entries(names);
  EntryFile file(Scratch{});
  std::string expected;
  for (std::size_t at = 0; at < entries.size(); at += 50) {
    file.take(std::span(entries).subspan(at, 50));
    for (std::size_t i = at; i < at + 50; ++i) append_entry(expected, entries[i]);
    EXPECT_EQ(file.size(), expected.size());
    EXPECT_EQ(file.read(0, 1u << 20).value(), expected);
  }
  EXPECT_EQ(file.read(5, 10).value(), expected.substr(5, 10));
  EXPECT_EQ(file.read(expected.size(), 10).value(), "");
  EXPECT_FALSE(file.read(expected.size() + 1, 10));
  EXPECT_TRUE(file.is_whole());
}

TEST(EntryFile, SaysWhenThereIsNoPlaceForIt) {
  EntryFile file(Scratch{.directory = "/nowhere/at/all"});
  file.take(std::vector<LedgerEntry>(1));
  EXPECT_FALSE(file.is_whole());
}

TEST(HistogramContents, PartsThatWereSentAndMergedAreExactlyTheWhole) {
  Random random(11);
  Histogram whole;
  std::vector<Histogram> parts(3);
  for (int i = 0; i < 30'000; ++i) {
    const auto us = static_cast<std::int64_t>(random.below(1ull << random.below(33)));
    whole.record_us(us);
    parts[static_cast<std::size_t>(i % 3)].record_us(us);
  }
  Histogram merged;
  for (const Histogram& part : parts) {
    const auto arrived = Histogram::of(part.contents());
    ASSERT_TRUE(arrived);
    EXPECT_EQ(*arrived, part);
    merged.merge(*arrived);
  }
  EXPECT_EQ(merged.buckets(), whole.buckets());
  EXPECT_EQ(merged.count(), whole.count());
  EXPECT_EQ(merged.min(), whole.min());
  EXPECT_EQ(merged.max(), whole.max());
  EXPECT_EQ(merged.mean(), whole.mean());
  EXPECT_EQ(*Histogram::of({}), Histogram());
}

TEST(HistogramContents, CountsThatNoHistogramHasAreRefused) {
  Histogram histogram;
  histogram.record_us(5);
  histogram.record_us(9);
  const Histogram::Contents good = histogram.contents();
  for (const auto& change : std::vector<std::function<void(Histogram::Contents&)>>{
           [](auto& it) { it.counts[0].first = 1'000'000; }, [](auto& it) { it.counts[0].second = 0; },
           [](auto& it) { it.counts[1].first = 5; }, [](auto& it) { it.min = 6; }, [](auto& it) { it.max = 10; },
           [](auto& it) { it.min = -1; }, [](auto& it) { it.sum = HUGE_VAL; }}) {
    Histogram::Contents contents = good;
    change(contents);
    EXPECT_FALSE(Histogram::of(contents));
  }
}

TEST(ClockComparison, TheShortestRoundTripCounts) {
  ClockComparison clock;
  EXPECT_FALSE(clock.any());
  clock.add({1000, 9000, 500'000, 700'000});  // a slow one
  clock.add({10'000, 10'400, 510'100, 0});    // 500,000 ahead, but 100 off the middle
  clock.add({20'000, 19'000, 0, 0});          // impossible
  clock.add({30'000, 33'000, 530'000, 0});
  ASSERT_TRUE(clock.any());
  EXPECT_EQ(clock.difference_ns(), 510'100 - 10'200);
  EXPECT_EQ(clock.uncertainty_ns(), 200);
  EXPECT_LE(std::abs(clock.difference_ns() - 500'000), clock.uncertainty_ns()) << "the true difference is within it";
}

TEST(ClockComparison, TheTimeOfDayIsComparedAtTheSameMoment) {
  ClockComparison clock;
  clock.add({100, 300, 0, 5'000'200});
  EXPECT_EQ(clock.wall_difference_ns(4'000'000), 1'000'000);
}

// Every member has a value of its own.
Profile rich_profile() {
  Profile profile = *find_builtin_profile("checkout");
  profile.name = "shop \xFF";
  profile.headers = {{"X-One", "1"}, {"X-Two", "{env:SECRET}"}};
  profile.fields = {{"card", "OK"}};
  profile.outcome.duplicate_markers = {{"/code", {"DUP"}, ""}, {"", {"yes"}, "X-Dup"}};
  profile.outcome.rejected_markers = {{"/error", {}, ""}};
  profile.answer.order_texts = {{"Location", "/", ""}};
  profile.status = {"/o/{order}", "/state", {"done"}, "/created", "/ended"};
  profile.list = {"/list", "/items", "/next", {{"order_id", "/id"}}};
  profile.test_data = {{"PUT", "/data", "{}", "/users", "id", "/products", "sku", "title", "price"}};
  profile.queries.orders.sql = "select 1";
  profile.queries.stock.mongo = {"goods", "{}", "", {{"product", "_id"}}};
  profile.failure_variants = {{"bad", 3, "NONE", {{"card", "NO"}}}, {}};
  profile.users = {"ann", "bob"};
  JourneyStep step;
  step.name = "cart";
  step.method = "POST";
  step.path = "/cart";
  step.keep = {{"token", ValueSource::Kind::text, "", {"X-Token", "a", "b"}}};
  step.pause = {1s, 2s};
  step.until = StepUntil{{"/state", {"ready"}, ""}, 100ms, 5s};
  step.branch = "some";
  profile.journey.before = {step};
  JourneyStep messages;
  messages.name = "paid";
  messages.is_form = messages.is_graphql = true;
  messages.message = MessageStep{
      .kind = MessageStep::Kind::consume,
      .from = "listen",
      .stays_open = true,
      .send = {"a", "b"},
      .waits = false,
      .conditions = {{MessageCondition::Place::header, "type", "paid"}, {MessageCondition::Place::key, "", "{order}"}},
      .within = 7s,
      .topic = "payments",
      .key = "k",
      .value = "v",
      .headers = {{"trace", "{uuid}"}}};
  profile.journey.after = {messages};
  profile.answer.is_graphql = true;
  profile.journey.branches = {{"some", 3}, {"others", 7}};
  profile.journey.log_in.requests = {step};
  profile.journey.log_in.authorization = "Bearer {token}";
  profile.journey.cookies = CookieUse::journey;
  DataTable table;
  table.name = "people";
  table.order = RowOrder::once;
  table.columns = {"name", "card"};
  table.cells = {"ann", "1", "b\xC3\x28", "2"};
  profile.journey.data = {table};
  profile.journey.texts = {{"env:SECRET", "hush"}};
  return profile;
}

RunDescription rich_description() {
  RunDescription description;
  description.led_by = "ann@build";
  description.options.profile = rich_profile();
  description.options.targets = {"http://a:1", "https://b:2"};
  description.options.run = "run7";
  description.options.stages = {{0, 500, 30s}, {500, 500, 120s}};
  description.options.orders = 17;
  description.options.hot_share = 0.25;
  description.options.pacing = Pacing::spin;
  description.options.kafka = {"broker-1:9092", "load"};
  description.options.faults.proxy = {
      {ProxyAction::delay, 5ms, 9ms, 0, 0, 0.25, 1s, 2s, "http://a:1"},
      {ProxyAction::throttle, Duration{0}, Duration{0}, 4096, 0, 1, Duration{0}, std::nullopt, ""},
      {ProxyAction::answer, Duration{0}, Duration{0}, 0, 503, 1, Duration{0}, std::nullopt, ""}};
  description.share = {2, 5};
  description.epoch_offset_ns = -12;
  PreparedUser user;
  user.id = "7";
  user.token = "secret";
  user.id_is_number = true;
  user.state = {"Authorization: Bearer t\r\n", {"v"}};
  user.cookies = {{"sid", "abc", "/", Timestamp{INT64_MAX}}};
  user.log_in_in_ns = 99;
  description.prepared.users = {user};
  description.prepared.catalogue = {{"sku", "Thing", Money{1250}, true}};
  description.prepared.run_values = {"campaign"};
  return description;
}

TEST(RunDescription, ArrivesAsItWas) {
  const std::string message = encoded(rich_description());
  const auto arrived = decoded_description(message);
  ASSERT_TRUE(arrived) << arrived.error().message;
  EXPECT_EQ(encoded(*arrived), message);
  EXPECT_EQ(arrived->options.profile.name, "shop \xFF") << "any bytes";
  EXPECT_EQ(arrived->options.profile.journey.data[0].cell(1, 0), "b\xC3\x28");
  EXPECT_EQ(arrived->prepared.users[0].cookies[0].expires.us, INT64_MAX);
  EXPECT_EQ(arrived->options.stages, rich_description().options.stages);
  EXPECT_EQ(arrived->options.kafka, rich_description().options.kafka);
  EXPECT_EQ(arrived->options.faults, rich_description().options.faults);
  for (const std::string& name : builtin_profile_names()) {
    RunDescription builtin;
    builtin.options.profile = *find_builtin_profile(name);
    const auto again = decoded_description(encoded(builtin));
    ASSERT_TRUE(again) << name;
    EXPECT_EQ(encoded(*again), encoded(builtin)) << name;
  }
}

TEST(RunDescription, AnythingElseIsRefused) {
  const std::string message = encoded(rich_description());
  for (std::size_t size = 0; size < message.size(); size += 7)
    EXPECT_FALSE(decoded_description(std::string_view(message).substr(0, size))) << size << " bytes of it";
  EXPECT_FALSE(decoded_description("GET / HTTP/1.1\r\n\r\n"));
  RunDescription outside = rich_description();
  outside.share = {5, 5};
  EXPECT_FALSE(decoded_description(encoded(outside)));
  RunDescription unknown = rich_description();
  unknown.options.pacing = static_cast<Pacing>(77);
  EXPECT_FALSE(decoded_description(encoded(unknown)));
  RunDescription ragged = rich_description();
  ragged.options.profile.journey.data[0].cells.pop_back();
  EXPECT_FALSE(decoded_description(encoded(ragged)));
}

TEST(PartStatus, ArrivesAsItWas) {
  PartStatus status;
  status.state = PartState::finished;
  status.targets = {"http://a:1"};
  status.next = {17, 4, 9};
  status.counts.sent = 5;
  status.counts.by_target = {3};
  status.counts.statuses = std::vector<std::uint64_t>(600);
  status.counts.statuses[201] = 4;
  status.counts.response[7] = 5;
  status.generator.own_lateness.record(3ms);
  status.generator.tls.handshakes.record(4ms);
  status.generator.pacing = Pacing::spin;
  status.first_answers = {{{201, "{}"}, {0, "not HTTP"}}};
  status.faults = {{"delay 5ms", "delay", "", true, true, "3 of 4 requests", Timestamp{5}, Timestamp{9}, 4, 3}};
  const PartStatus arrived = decoded_status(encoded(status));
  EXPECT_EQ(encoded(arrived), encoded(status));
  EXPECT_EQ(arrived.counts.statuses[201], 4u);
  EXPECT_EQ(arrived.first_answers, status.first_answers);
  EXPECT_EQ(arrived.faults, status.faults);
  EXPECT_THROW(decoded_status(Json::object()), std::exception);
  Json wrong = encoded(status);
  wrong["counts"]["statuses"] = Json::array({Json::array({6000, 1})});
  EXPECT_THROW(decoded_status(wrong), std::exception);
}

}  // namespace
}  // namespace sagactl
