// The requests of a run as tables for other programs, and its endpoints.
#include "loadgen/ledger/request_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "loadgen/ledger/endpoint_figures.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr std::int64_t began_us = 1'795'179'849'000'000;

// A warm-up request, an accepted one, one that timed out and one that was never sent.
Ledger four_requests() {
  Ledger ledger;
  ledger.run = "k3f9";
  ledger.keyed = true;
  ledger.method = "POST";
  ledger.path = "/buy,now";
  ledger.targets = {"http://a:1", "http://b:1"};
  ledger.phases = {{"warm-up", true}, {"individual", false}};
  for (std::uint64_t operation = 0; operation < 4; ++operation) {
    LedgerEntry entry;
    entry.operation = operation;
    entry.group = static_cast<std::uint32_t>(operation);
    entry.phase = operation == 0 ? 0 : 1;
    entry.target = operation == 3 ? 1 : 0;
    entry.planned.us = began_us;
    entry.sent.us = operation == 3 ? 0 : began_us + 1'000;
    entry.done.us = began_us + 5'500;
    ledger.entries.push_back(entry);
  }
  for (const std::size_t accepted : {0u, 1u}) {
    LedgerEntry& entry = ledger.entries[accepted];
    entry.first_byte.us = began_us + 4'000;
    entry.http_status = 201;
    entry.outcome = RequestOutcome::accepted;
    entry.order = order_ref("say \"17\"");
    entry.order_name = OrderName("say \"17\"");
  }
  ledger.entries[2].outcome = RequestOutcome::indeterminate;
  ledger.entries[2].failure = TransportFailure::timed_out;
  ledger.entries[3].failure = TransportFailure::no_connection;
  return ledger;
}

// The first two of these requests create the orders of journeys: a step before and one after. The second journey ends
// with its first step.
Ledger two_journeys() {
  Ledger ledger = four_requests();
  ledger.steps = {{"log in", false}, {"create", true}, {"pay, then wait", false}};
  ledger.entries = {ledger.entries[1]};
  ledger.entries.front().operation = 0;
  ledger.entries.front().step = 1;
  const auto add = [&](std::uint64_t journey, std::uint8_t step, int status, RequestOutcome outcome, StepEnd end) {
    LedgerEntry entry;
    entry.operation = journey;
    entry.phase = 1;
    entry.step = step;
    entry.planned.us = entry.sent.us = began_us + (step == 0 ? -2'000 : 6'000);
    entry.first_byte = entry.done = entry.sent + 1ms;
    entry.http_status = static_cast<std::uint16_t>(status);
    entry.outcome = outcome;
    entry.step_end = end;
    ledger.step_entries.push_back(entry);
  };
  add(0, 0, 200, RequestOutcome::accepted, StepEnd::next);
  add(0, 2, 200, RequestOutcome::duplicate, StepEnd::last);  // the answer that it waited for
  add(1, 0, 404, RequestOutcome::rejected, StepEnd::unexpected);
  add(2, 0, 200, RequestOutcome::accepted, StepEnd::no_value);
  return ledger;
}

template <class Save>
std::string saved_by(const Save& save, const Ledger& ledger = four_requests()) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "requests.csv";
  const auto saved = save(ledger, path);
  EXPECT_TRUE(saved) << (saved ? "" : saved.error().message);
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  return text;
}

TEST(RequestFiles, CsvHasEveryRequestWithEmptyFieldsForWhatDidNotHappen) {
  const std::string csv = saved_by(save_requests_csv);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 5);
  EXPECT_THAT(csv, HasSubstr("0,warm-up,single,0,http://a:1,accepted,201,,LT-k3f9-S-00000000,\"say \"\"17\"\"\","
                             "1795179849000000,1795179849001000,1795179849004000,1795179849005500,5.500,4.500\n"));
  EXPECT_THAT(csv, HasSubstr("\n2,individual,single,2,http://a:1,indeterminate,,timed_out,LT-k3f9-S-00000002,,"
                             "1795179849000000,1795179849001000,,1795179849005500,5.500,4.500\n"));
  EXPECT_THAT(csv, HasSubstr("\n3,individual,single,3,http://b:1,unreached,,no_connection,LT-k3f9-S-00000003,,"
                             "1795179849000000,,,1795179849005500,5.500,\n"));
}

TEST(RequestFiles, JtlHasMeasuredRequestsAsJMeterWritesThem) {
  const std::string jtl = saved_by(save_requests_jtl);
  EXPECT_EQ(std::count(jtl.begin(), jtl.end(), '\n'), 4) << "without the warm-up";
  EXPECT_THAT(jtl, HasSubstr("\n1795179849001,4,\"POST /buy,now\",201,201 Created,individual 1-1,text,true,,0,0,1,1,"
                             "http://a:1,3,0,0\n"));
  EXPECT_THAT(jtl, HasSubstr("\n1795179849001,4,\"POST /buy,now\",Non HTTP response code: timed_out,timed out,"
                             "individual 1-1,text,false,indeterminate,0,0,1,1,http://a:1,0,0,0\n"));
}

TEST(RequestFiles, HaveEveryRequestOfAJourneyByTheNameOfItsStep) {
  const std::string csv = saved_by(save_requests_csv, two_journeys());
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 6);
  EXPECT_THAT(csv, HasSubstr("service_ms,step\n"));
  const std::size_t log_in = csv.find(",log in\n"), create = csv.find(",create\n"),
                    pay = csv.find(
                        ",accepted,200,,LT-k3f9-S-00000000,,1795179849006000,1795179849006000,"
                        "1795179849007000,1795179849007000,1.000,1.000,\"pay, then wait\"\n");
  EXPECT_LT(log_in, create) << csv;
  EXPECT_LT(create, pay) << "as they were planned: " << csv;
  EXPECT_NE(pay, std::string::npos) << csv;
  const std::string jtl = saved_by(save_requests_jtl, two_journeys());
  EXPECT_EQ(std::count(jtl.begin(), jtl.end(), '\n'), 6);
  EXPECT_THAT(jtl, HasSubstr(",\"POST /buy,now\",201,201 Created,individual 1-1,text,true,,"));
  EXPECT_THAT(jtl, HasSubstr(",\"pay, then wait\",200,200 OK,individual 1-1,text,true,,"));
  EXPECT_THAT(jtl, HasSubstr(",log in,404,404 Not Found,individual 1-1,text,false,rejected,"));
  EXPECT_THAT(jtl, HasSubstr(",log in,200,200 OK,individual 1-1,text,false,no_value,"));
}

TEST(RequestFiles, ARefusalThatWasAskedForIsNoError) {
  Ledger ledger = four_requests();
  for (const std::size_t refused : {1u, 2u}) {
    ledger.entries[refused].outcome = RequestOutcome::rejected;
    ledger.entries[refused].failure = TransportFailure::none;
    ledger.entries[refused].http_status = 402;
  }
  ledger.entries[1].kind = OrderKind::payment_fail;
  const std::string jtl = saved_by(save_requests_jtl, ledger);
  EXPECT_THAT(jtl, HasSubstr(",402,402 Payment Required,individual 1-1,text,true,,"));
  EXPECT_THAT(jtl, HasSubstr(",402,402 Payment Required,individual 1-1,text,false,rejected,"));
  EXPECT_EQ(endpoints_of(ledger)[0].errors, 1u);
}

TEST(Endpoints, HaveTheirRequestsAnswersErrorsAndLatencies) {
  const Ledger ledger = four_requests();
  const Json endpoints = endpoints_json(endpoints_of(ledger), ledger);
  ASSERT_EQ(endpoints.size(), 2u);
  EXPECT_EQ(endpoints[0]["method"], "POST");
  EXPECT_EQ(endpoints[0]["path"], "/buy,now");
  EXPECT_EQ(endpoints[0]["target"], "http://a:1");
  EXPECT_EQ(endpoints[0]["requests"], 2) << "without the warm-up";
  EXPECT_EQ(endpoints[0]["errors"], 1);
  EXPECT_EQ(endpoints[0]["answers"][0]["count"], 1);
  EXPECT_EQ(endpoints[0]["latency"]["samples"], 2);
  EXPECT_NEAR(endpoints[0]["latency"]["max"].get<double>(), 5.5, 0.01);
  EXPECT_EQ(endpoints[1]["errors"], 1);
  EXPECT_EQ(endpoints[1]["latency"]["samples"], 0) << "nobody waited for it";
}

}  // namespace
}  // namespace sagactl
