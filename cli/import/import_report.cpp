#include "cli/import/import_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "analysis/readable.hpp"
#include "cli/output/fields.hpp"
#include "cli/output/table.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t problems_shown_max = 20;  // of each list, as text; JSON has more

Json counts_json(const RowCounts& counts) {
  return Json{{"found", counts.found},        {"brought", counts.brought}, {"changed", counts.changed},
              {"asBefore", counts.as_before}, {"kept", counts.kept},       {"notYet", counts.not_yet},
              {"leftOut", counts.left_out}};
}

// "ended as completed" -> "endedAsCompleted".
std::string camel_case(std::string_view words) {
  std::string name;
  for (const std::string& word : split(words, ' '))
    name += name.empty() ? word : upper(word.substr(0, 1)).append(word.substr(1));
  return name;
}

Json problems_json(const std::vector<RowProblem>& problems) {
  Json list = Json::array();
  for (const RowProblem& problem : problems)
    list.push_back(Json{{"table", problem.table}, {"id", problem.id}, {"why", problem.why}});
  return list;
}

std::string count_text(std::uint64_t n) {
  return with_separators(n);
}

void add_row(Table& table, const char* name, const RowCounts& counts) {
  table.row({name, count_text(counts.found), count_text(counts.brought), count_text(counts.changed),
             count_text(counts.as_before), count_text(counts.kept), count_text(counts.not_yet),
             count_text(counts.left_out)});
}

void print_rest(std::ostream& out, std::uint64_t count, std::size_t shown) {
  if (count > shown)
    out << fmt::format("  and {} more; -o json lists up to {}\n", count_text(count - shown), ImportReport::listed_max);
}

void print_row_problems(std::ostream& out, const char* heading, const std::vector<RowProblem>& problems,
                        std::uint64_t count) {
  if (count == 0) return;
  out << '\n' << heading << '\n';
  const std::size_t shown = std::min(problems.size(), problems_shown_max);
  for (std::size_t i = 0; i < shown; ++i)
    out << fmt::format("  {} {}: {}\n", problems[i].table, printable(problems[i].id), printable(problems[i].why));
  print_rest(out, count, shown);
}

// Those that wait for a person come first, then those that are not there yet; each kind in the order of its rows.
std::vector<JudgedOrder> by_urgency(std::vector<JudgedOrder> orders) {
  const auto rank = [](const JudgedOrder& order) {
    return order.judgement == Judgement::left_to_a_person ? 0 : order.judgement == Judgement::not_yet ? 1 : 2;
  };
  std::stable_sort(orders.begin(), orders.end(), [&](const JudgedOrder& a, const JudgedOrder& b) {
    return std::pair(rank(a), a.judgement) < std::pair(rank(b), b.judgement);
  });
  return orders;
}

void print_unfinished(std::ostream& out, const ImportReport& report) {
  std::uint64_t count = 0;
  for (const auto& [judgement, n] : report.judged)
    if (judgement != Judgement::ended) count += n;
  if (count == 0) return;
  out << "\nOrders that had not ended there\n";
  for (const auto& [judgement, n] : report.judged)
    if (judgement != Judgement::ended) out << fmt::format("  {} {}\n", count_text(n), to_string(judgement));
  const std::vector<JudgedOrder> orders = by_urgency(report.unfinished);
  const std::size_t shown = std::min(orders.size(), problems_shown_max);
  for (std::size_t i = 0; i < shown; ++i) {
    const JudgedOrder& order = orders[i];
    out << fmt::format("  {} {}: {}\n", order.order, to_string(order.judgement), order.why);
  }
  print_rest(out, count, shown);
}

std::string sagas_text(const ImportReport& report) {
  std::string text;
  for (const auto& [status, n] : report.sagas)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_text(n), to_string(status));
  return text;
}

}  // namespace

Json import_json(const ImportOutcome& outcome) {
  const ImportReport& report = outcome.report;
  Json sagas = Json::object(), judged = Json::object(), unfinished = Json::array();
  for (const auto& [status, n] : report.sagas) sagas[std::string(to_string(status))] = n;
  for (const auto& [judgement, n] : report.judged) judged[camel_case(to_string(judgement))] = n;
  for (const JudgedOrder& order : by_urgency(report.unfinished))
    unfinished.push_back(Json{{"orderId", order.order},
                              {"sagaId", order.saga.empty() ? Json(nullptr) : Json(order.saga)},
                              {"judgement", to_string(order.judgement)},
                              {"why", order.why}});
  return Json{{"from",
               {{"database", outcome.source.shown},
                {"schema", outcome.source.schema},
                {"timeZone", outcome.source.time_zone},
                {"takenAt", iso8601_us(outcome.source.taken_at)},
                {"payments", outcome.source.payments},
                {"sagas", outcome.source.sagas},
                {"events", outcome.source.events},
                {"othersConnected", outcome.source.others_connected},
                {"missing", outcome.source.missing}}},
              {"to", outcome.is_dry_run ? Json(nullptr) : Json(outcome.target)},
              {"dryRun", outcome.is_dry_run},
              {"complete", outcome.is_complete},
              {"users", counts_json(report.users)},
              {"orders", counts_json(report.orders)},
              {"payments", report.payments},
              {"events", report.events},
              {"sagas", sagas},
              {"judged", judged},
              {"unfinished", unfinished},
              {"problems", problems_json(report.problems)},
              {"problemCount", report.problem_count},
              {"remarks", problems_json(report.remarks)},
              {"remarkCount", report.remark_count}};
}

void print_import(const Invocation& invocation, const ImportOutcome& outcome) {
  const NestjsFacts& source = outcome.source;
  const ImportReport& report = outcome.report;
  std::ostream& out = invocation.terminal.out;
  print(
      out,
      {{"From", fmt::format("{}, schema {}", source.shown, source.schema)},
       {"To", outcome.is_dry_run ? "nowhere: a dry run, which does not look at what is here already" : outcome.target},
       {"As of", fmt::format("{}; its timestamps are read as {}", iso8601_ms(source.taken_at), source.time_zone)},
       {"There", fmt::format("{}, {}, {}", count_of(source.payments, "payment"), count_of(source.sagas, "saga"),
                             count_of(source.events, "event"))},
       {"Not there", join(source.missing, ", ")}});
  out << '\n';
  Table table({{"", Fit::whole, needed},
               {"FOUND", Fit::number, needed},
               {"BROUGHT", Fit::number, needed},
               {"CHANGED", Fit::number},
               {"AS BEFORE", Fit::number},
               {"KEPT", Fit::number},
               {"NOT YET", Fit::number},
               {"LEFT OUT", Fit::number, needed}});
  add_row(table, "users", report.users);
  add_row(table, "orders", report.orders);
  table.print(out, invocation.terminal.table_width());
  if (!report.sagas.empty())
    out << fmt::format("\nWith them {} as {}; sagas: {}\n", count_of(report.payments, "payment"),
                       count_of(report.events, "event"), sagas_text(report));
  print_unfinished(out, report);
  print_row_problems(out, "Could not be imported", report.problems, report.problem_count);
  print_row_problems(out, "To know", report.remarks, report.remark_count);
  if (outcome.is_live)
    out << fmt::format(
        "\n{} connected to its database: if these are its nodes, orders that are in progress stay theirs. Stop them "
        "and "
        "import again, or pass --stopped.\n",
        count_of(source.others_connected, "other session") + (source.others_connected == 1 ? " is" : " are"));
  if (!outcome.is_complete) out << "\nInterrupted: run it again to continue.\n";
}

}  // namespace sagactl
