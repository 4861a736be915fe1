// What an import says of orders that had not ended.
#include "cli/import/import_report.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

SourceOrder unfinished_order() {
  SourceOrder order;
  order.id = OrderId::fresh();
  return order;
}

Replayed judged_as(Judgement judgement) {
  Replayed replayed;
  replayed.judgement = judgement;
  replayed.flow.saga.emplace();
  return replayed;
}

// As they are listed.
std::vector<std::string> listed_orders(const ImportReport& report) {
  ImportOutcome outcome;
  outcome.report = report;
  std::vector<std::string> orders;
  const Json json = import_json(outcome);
  for (const Json& order : json["unfinished"]) orders.push_back(order["orderId"]);
  return orders;
}

TEST(ImportReport, ListsTheOrdersThatWaitForAPersonFirst) {
  ImportReport report;
  std::vector<std::string> ids;
  for (const Judgement judgement : {Judgement::taken_up, Judgement::not_yet, Judgement::left_to_a_person,
                                    Judgement::taken_up, Judgement::left_to_a_person}) {
    const SourceOrder order = unfinished_order();
    ids.push_back(order.id.text());
    report.add(order, judged_as(judgement));
  }
  EXPECT_EQ(listed_orders(report), (std::vector<std::string>{ids[2], ids[4], ids[1], ids[0], ids[3]}));
}

TEST(ImportReport, ListsThemAlsoWhenTheyComeAfterMoreOrdersThanItLists) {
  ImportReport report;
  for (std::size_t i = 0; i < ImportReport::listed_max + 5; ++i)
    report.add(unfinished_order(), judged_as(Judgement::taken_up));
  const SourceOrder last = unfinished_order();
  report.add(last, judged_as(Judgement::left_to_a_person));
  const auto orders = listed_orders(report);
  EXPECT_EQ(orders.size(), ImportReport::listed_max);
  EXPECT_EQ(orders.front(), last.id.text());
}

}  // namespace
}  // namespace sagactl
