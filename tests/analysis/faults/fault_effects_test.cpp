#include "analysis/faults/fault_effects.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/faults/fault_results.hpp"
#include "analysis/faults/faulted_sagas.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr Timestamp load_start{1'795'000'000'000'000};

// 100 requests a second for ten seconds, each answered after 5 ms; `change` may make another of one.
template <class Change>
Ledger ledger_of(Change change) {
  Ledger ledger;
  ledger.run = "faulted";
  ledger.open_loop = true;
  ledger.targets = {"http://127.0.0.1:80"};
  ledger.phases = {{"individual", false}};
  for (std::uint64_t i = 0; i < 1000; ++i) {
    LedgerEntry entry;
    entry.operation = i;
    entry.planned = entry.sent = load_start + Duration(static_cast<std::int64_t>(i) * 10'000);
    entry.done = entry.sent + 5ms;
    entry.http_status = 201;
    entry.outcome = RequestOutcome::accepted;
    change(entry);
    ledger.entries.push_back(entry);
  }
  return ledger;
}

FaultMark mark(Duration from, Duration to) {
  FaultMark mark;
  mark.fault = "pause shop at 4s for 2s";
  mark.kind = "pause";
  mark.done = true;
  mark.began = load_start + from;
  mark.ended = load_start + to;
  return mark;
}

// What is due during a pause of two seconds is answered when it is over, and for half a second more all is slow.
Ledger paused() {
  Ledger ledger = ledger_of([](LedgerEntry& entry) {
    const Duration at = entry.planned - load_start;
    if (at >= 4s && at < 6s) entry.done = load_start + 6s + 100ms;
    if (at >= 6s && at < 6500ms) entry.done = entry.sent + 300ms;
  });
  ledger.faults = {mark(4s, 6s)};
  return ledger;
}

TEST(FaultEffects, TheLoadIsAsBeforeWhenItsRateAndItsP99Are) {
  const auto effects = fault_effects(paused());
  ASSERT_EQ(effects.size(), 1u);
  const FaultEffect& effect = effects[0];
  EXPECT_EQ(effect.before.requests, 400u);
  EXPECT_EQ(effect.before.response.max(), 5ms);
  EXPECT_EQ(effect.during.requests, 200u);
  EXPECT_EQ(effect.during.response.max(), 2100ms);
  EXPECT_EQ(effect.recovery, Recovery::recovered);
  EXPECT_EQ(effect.recovered_after, 1s) << "the first part of a hundred requests in which none was slow";
  EXPECT_EQ(effect.until, load_start + 7s);
  EXPECT_EQ(effect.after.requests, 100u);
  EXPECT_EQ(effect.hit.requests, 200u + 101) << "those until it was as before, and the one that was due then";
  EXPECT_EQ(effect.hit.accepted, effect.hit.requests);
  EXPECT_EQ(recovery_text(effect), "as before after 1.00 s");
}

TEST(FaultEffects, AFaultThatHarmsNothingIsOverAtOnce) {
  Ledger ledger = ledger_of([](LedgerEntry&) {});
  ledger.faults = {mark(4s, 4s)};
  const FaultEffect effect = fault_effects(ledger)[0];
  EXPECT_EQ(effect.recovery, Recovery::recovered);
  EXPECT_EQ(effect.recovered_after, Duration{0});
  EXPECT_EQ(effect.during.requests, 0u);
  EXPECT_EQ(effect.hit.requests, 1u) << "the one that was sent at that moment";
}

TEST(FaultEffects, RequestsThatFailAreNotAsBefore) {
  Ledger ledger = ledger_of([](LedgerEntry& entry) {
    if (entry.planned - load_start < 4s) return;
    entry.outcome = RequestOutcome::indeterminate;
    entry.failure = TransportFailure::closed;
  });
  ledger.faults = {mark(4s, 4s)};
  const FaultEffect effect = fault_effects(ledger)[0];
  EXPECT_EQ(effect.recovery, Recovery::not_in_time);
  EXPECT_EQ(effect.hit.indeterminate, 600u);
  ASSERT_EQ(effect.hit.hurt.size(), 100u);
  EXPECT_EQ(effect.hit.hurt.front(), 400u);
  EXPECT_EQ(effect.until, load_start + 9990ms);
}

TEST(FaultEffects, RefusalsThatWereAskedForAreGood) {
  Ledger ledger = ledger_of([](LedgerEntry& entry) {
    if (entry.operation % 2 == 0) return;
    entry.kind = OrderKind::payment_fail;
    entry.outcome = RequestOutcome::rejected;
    entry.http_status = 402;
  });
  ledger.faults = {mark(4s, 6s)};
  const FaultEffect effect = fault_effects(ledger)[0];
  EXPECT_EQ(effect.during.good, effect.during.requests);
  EXPECT_THAT(effect.hit.hurt, testing::IsEmpty());
}

TEST(FaultEffects, TheNextFaultEndsTheAfterEffectOfTheOneBefore) {
  Ledger ledger = paused();
  ledger.faults.push_back(mark(6200ms, 6300ms));
  const auto effects = fault_effects(ledger);
  EXPECT_EQ(effects[0].recovery, Recovery::no_after);
  EXPECT_EQ(effects[0].until, load_start + 6200ms);
  EXPECT_EQ(effects[1].recovery, Recovery::recovered);
  EXPECT_EQ(effects[1].recovered_after, 1s);
}

TEST(FaultEffects, WithoutALoadBeforeOrAfterNothingIsSaidAboutRecovery) {
  Ledger ledger = ledger_of([](LedgerEntry&) {});
  ledger.faults = {mark(0s, 5s)};
  EXPECT_EQ(fault_effects(ledger)[0].recovery, Recovery::no_before);
  ledger.faults = {mark(4s, 9950ms)};
  EXPECT_EQ(fault_effects(ledger)[0].recovery, Recovery::no_after);
  ledger.faults = {FaultMark{}};
  EXPECT_EQ(fault_effects(ledger)[0].recovery, Recovery::not_begun);
  EXPECT_TRUE(fault_spans(ledger).empty());
}

TEST(FaultedSagas, AreThoseThatWereOpenMeanwhile) {
  const Ledger ledger = paused();  // from 4 s to 7 s
  FaultedSagas sagas(&ledger);
  SagaCounts completed, unfinished;
  completed.completed = 1;
  unfinished.unfinished = 1;
  sagas.add(load_start + 1s, load_start + 3s, completed);
  sagas.add(load_start + 1s, load_start + 5s, completed);
  sagas.add(load_start + 6s, load_start + 9s, completed);
  sagas.add(load_start + 8s, load_start + 9s, completed);
  sagas.add(load_start + 1s, std::nullopt, unfinished);
  const auto counts = sagas.take();
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].completed, 2u);
  EXPECT_EQ(counts[0].unfinished, 1u);
}

TEST(FaultsWereDone, OnlyWhenEachWas) {
  Ledger ledger = paused();
  EXPECT_EQ(faults_were_done(ledger)->ruling, Ruling::pass);
  FaultMark failed = mark(5s, 5s);
  failed.fault = "kill pid 7 at 5s";
  failed.done = false;
  failed.outcome = "there is no process 7";
  ledger.faults.push_back(failed);
  const auto verdict = faults_were_done(ledger);
  EXPECT_EQ(verdict->ruling, Ruling::unknown);
  EXPECT_TRUE(verdict->counted);
  EXPECT_EQ(verdict->reason, "1 of 2 faults could not be done as asked: kill pid 7 at 5s: there is no process 7");
  ledger.faults.clear();
  EXPECT_FALSE(faults_were_done(ledger));
}

TEST(NameFaults, AWitnessHasTheFaultThatItsRequestMet) {
  const Ledger ledger = paused();
  const auto faults_of = [&](std::uint64_t operation) {
    std::vector<Verdict> verdicts(1);
    verdicts[0].ruling = Ruling::fail;
    verdicts[0].witness = Json{{"requests", Json::array({Json{{"operation", operation}}})}};
    name_faults(verdicts, ledger);
    return verdicts[0].witness.value("faults", Json::array());
  };
  EXPECT_EQ(faults_of(450), Json::array({"pause shop at 4s for 2s: operation 450 was sent 500.00 ms after it began"}));
  EXPECT_EQ(faults_of(380),
            Json::array({"pause shop at 4s for 2s: operation 380 was answered 195.00 ms before it began"}));
  EXPECT_EQ(faults_of(640), Json::array({"pause shop at 4s for 2s: operation 640 was sent 400.00 ms after it ended"}));
  EXPECT_EQ(faults_of(900), Json::array()) << "long after it";
  std::vector<Verdict> passed(1);
  passed[0].ruling = Ruling::pass;
  name_faults(passed, ledger);
  EXPECT_TRUE(passed[0].witness.is_null());
}

TEST(FaultsJson, HasWhatWasDoneAndWhatBecameOfIt) {
  Ledger ledger = paused();
  FaultMark late;
  late.fault = "delay 1ms from 1h";
  late.kind = "delay";
  late.by_proxy = true;
  late.outcome = "not done";
  ledger.faults.push_back(late);
  SagaCounts counts;
  counts.started = counts.completed = 3;
  const Json faults = faults_json(ledger, {counts, {}});
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0]["fromMs"], 4000.0);
  EXPECT_EQ(faults[0]["toMs"], 6000.0);
  EXPECT_EQ(faults[0]["effectToMs"], 7000.0);
  EXPECT_EQ(faults[0]["recoveredMs"], 1000.0);
  EXPECT_EQ(faults[0]["sagas"]["completed"], 3);
  EXPECT_EQ(faults[0]["before"]["goodPerSecond"], 100.0);
  EXPECT_EQ(faults[1]["by"], "proxy");
  EXPECT_TRUE(faults[1]["fromMs"].is_null());
  const std::string csv = faults_csv(Json{{"faults", faults}});
  EXPECT_THAT(csv, testing::StartsWith("fault,kind,target,by,done,outcome,beganAt,"));
  EXPECT_THAT(csv, HasSubstr("\npause shop at 4s for 2s,pause,,sagactl,true,"));
  EXPECT_THAT(csv, HasSubstr("\ndelay 1ms from 1h,delay,,proxy,false,not done,,,"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
}

}  // namespace
}  // namespace sagactl
