#include <fmt/format.h>

#include <algorithm>

#include "analysis/readable.hpp"
#include "analysis/report/report.hpp"
#include "analysis/report/report_agents.hpp"
#include "analysis/report/report_answers.hpp"
#include "analysis/report/report_faults.hpp"
#include "analysis/report/report_verdicts.hpp"
#include "analysis/report/text_table.hpp"
#include "analysis/result/json_view.hpp"
#include "common/time.hpp"

namespace sagactl {
namespace {

constexpr std::size_t groups_shown = 5, seconds_shown = 20, traces_shown = 3, members_shown = 12;

std::string number_text(const JsonView& value) {
  return value.number() ? with_separators(value.count()) : "-";
}
std::string milliseconds(const JsonView& value) {
  const auto ms = value.number();
  return !ms ? "-" : *ms >= 1000 ? fmt::format("{:.0f}", *ms) : fmt::format("{:.2f}", *ms);
}
std::string microseconds(const JsonView& value) {
  return value.number() ? format_duration(Duration{static_cast<std::int64_t>(*value.number())}) : "-";
}

// A heading with the names of the figures, and one row of values.
std::string figures(std::string_view title, const JsonView& object,
                    const std::vector<std::pair<const char*, const char*>>& members) {
  std::vector<std::string> names = {std::string(title)}, values = {""};
  for (const auto& [member, name] : members) {
    names.emplace_back(name);
    values.push_back(number_text(object[member]));
  }
  TextTable table("l" + std::string(members.size(), 'r'));
  table.row(names);
  table.row(values);
  return table.text(0) + '\n';
}

std::string requests(const JsonView& counts) {
  std::vector<std::pair<const char*, const char*>> members = {
      {"sent", "sent"},         {"succeeded", "accepted"}, {"duplicates", "duplicates"},
      {"rejected", "rejected"}, {"failed", "failed"},      {"transportErrors", "transport errors"}};
  if (counts["repeated"].count() > 0) members.insert(members.begin() + 2, {"repeated", "repeated"});
  if (counts["refusedAsAsked"].count() > 0) members.insert(members.end() - 3, {"refusedAsAsked", "refused as asked"});
  return figures("Requests", counts, members);
}

void latency_row(TextTable& table, const std::string& name, const JsonView& latency) {
  if (latency.empty()) return;
  std::vector<std::string> cells = {name};
  for (const char* member : {"p50", "p90", "p99", "p999", "max"}) {
    const auto& few = latency["tooFewSamplesFor"].list();
    const bool too_few = std::find(few.begin(), few.end(), member) != few.end();
    cells.push_back(milliseconds(latency[member]) + (too_few ? "?" : " "));
  }
  cells.push_back(latency["samples"].number() ? number_text(latency["samples"]) : "");
  table.row(cells);
}

std::string latencies(const JsonView& result) {
  TextTable table("lrrrrrr");
  table.row({"Latency, ms", "p50 ", "p90 ", "p99 ", "p99.9 ", "max ", "samples"});
  latency_row(table, "  from the planned send", result["latency"]);
  latency_row(table, "  from the send", result["serviceLatency"]);
  if (result["sagaLatency"]["samples"].count() > 0)
    latency_row(table, "  sagas, " + result["sagaTimes"].text(), result["sagaLatency"]);
  for (const Json& step : result["stepLatency"].list())
    if (JsonView(step)["succeeded"].count() > 0)
      latency_row(table, "    " + JsonView(step)["step"].text(), JsonView(step));
  std::string text = table.text(0);
  if (text.find('?') != std::string::npos) text += "  ? too few samples for this percentile\n";
  return text + '\n';
}

std::string tls(const JsonView& tls) {
  if (tls.empty()) return {};
  const JsonView times = tls["handshake"];
  return fmt::format("TLS  {}, {} resumed, p50 {} ms, p99 {} ms, max {} ms{}\n",
                     count_of(tls["handshakes"].count(), "handshake"), number_text(tls["resumed"]),
                     milliseconds(times["p50"]), milliseconds(times["p99"]), milliseconds(times["max"]),
                     tls["insecure"].is_true() ? "; NO CERTIFICATE WAS CHECKED (--insecure)" : "");
}

std::string generator(const JsonView& result) {
  const JsonView health = result["generator"], late = health["lateness"];
  if (health.empty()) return {};
  return tls(health["tls"]) +
         fmt::format("Generator  lateness p50 {} ms, p99 {} ms, max {} ms; {} skipped; {}; {} of a core\n\n",
                     milliseconds(late["p50"]), milliseconds(late["p99"]), milliseconds(late["max"]),
                     number_text(health["skipped"]), count_of(health["connections"].count(), "connection"),
                     health["cpuShare"].number() ? percent_text(*health["cpuShare"].number()) : "-");
}

// "33.4 % (31.1 to 35.7)"
std::string share_text(const JsonView& node, const char* share, const char* interval) {
  const auto& bounds = node[interval].list();
  std::string text = percent_text(node[share].number().value_or(0));
  if (bounds.size() == 2)
    text += fmt::format(" ({:.1f} to {:.1f})", JsonView(bounds[0]).number().value_or(0) * 100,
                        JsonView(bounds[1]).number().value_or(0) * 100);
  return text;
}

std::string distribution(const JsonView& result) {
  if (result["distribution"].empty()) return {};
  const auto any = [&](const char* member) {
    const auto& nodes = result["distribution"].list();
    return std::any_of(nodes.begin(), nodes.end(),
                       [&](const Json& node) { return JsonView(node)[member].count() > 0; });
  };
  const bool steps = any("steps"), events = any("events");  // another system may have neither
  TextTable table(std::string("lrlr") + (steps ? "rl" : "") + (events ? "rl" : ""));
  std::vector<std::string> names = {"Node", "orders", "share", "sagas"};
  if (steps) names.insert(names.end(), {"steps", "share"});
  if (events) names.insert(names.end(), {"events", "share"});
  table.row(names);
  for (const Json& row : result["distribution"].list()) {
    const JsonView node(row);
    std::vector<std::string> cells = {node["node"].text(), number_text(node["orders"]),
                                      share_text(node, "share", "interval95"), number_text(node["sagas"])};
    if (steps) cells.insert(cells.end(), {number_text(node["steps"]), share_text(node, "stepShare", "stepInterval95")});
    if (events)
      cells.insert(cells.end(), {number_text(node["events"]), share_text(node, "eventShare", "eventInterval95")});
    table.row(cells);
  }
  return "Distribution over nodes, by the node that each row names (shares with 95 % intervals)\n" + table.text() +
         "  " + result["evenness"]["text"].text() + "\n\n";
}

std::string one_group(const JsonView& group) {
  std::string head = "  " + group["startedAt"].text();
  if (!group["products"].text().empty()) head += "  " + group["products"].text();
  head += fmt::format(
      "  {}", count_of(group["members"].list().size(), group["kind"].text() == "requests" ? "request" : "order"));
  if (group["depth"].count() > 0) head += fmt::format(", {} at once", group["depth"].count());
  if (!group["winner"].empty()) head += ", won by " + group["winner"]["node"].text();
  TextTable table("rrlll");
  std::size_t shown = 0;
  for (const Json& row : group["members"].list()) {
    if (++shown > members_shown) break;
    const JsonView member(row);
    table.row({"+" + number_text(member["atUs"]) + " us", "gap " + number_text(member["gapUs"]) + " us",
               member["outcome"].text(), member["node"].text(), member["product"].text()});
  }
  std::string text = head + '\n' + table.text(4);
  if (shown > members_shown) text += fmt::format("    and {} more\n", group["members"].list().size() - members_shown);
  return text;
}

std::string groups(const JsonView& result, const TextStyle& style) {
  const auto& list = result["groups"].list();
  if (list.empty()) return {};
  const JsonView summary = result["groupSummary"];
  std::string text = fmt::format("Concurrent groups: {}, with {} in total", with_separators(summary["found"].count()),
                                 count_of(summary["members"].count(), "member"));
  std::string wins;
  for (const auto& [node, count] : summary["wins"].json().items())
    wins += fmt::format("{}{} {}", wins.empty() ? "; won: " : ", ", node, JsonView(count).count());
  text += wins + '\n';
  const std::size_t shown = style.all ? list.size() : std::min(list.size(), groups_shown);
  for (std::size_t i = 0; i < shown; ++i) text += one_group(JsonView(list[i]));
  if (shown < list.size()) text += fmt::format("  and {} more\n", with_separators(summary["found"].count() - shown));
  return text + '\n';
}

std::string timeline(const JsonView& result, const TextStyle& style) {
  const auto& seconds = result["timeline"].list();
  if (seconds.empty()) return {};
  const bool any_repeated = result["requests"]["repeated"].count() > 0;
  TextTable table(any_repeated ? "rrrrrrrr" : "rrrrrrr");
  std::vector<std::string> names = {"second", "planned", "sent", "accepted", "duplicates", "errors", "max, ms"};
  if (any_repeated) names.insert(names.begin() + 4, "repeated");
  table.row(names);
  const std::size_t shown = style.all ? seconds.size() : std::min(seconds.size(), seconds_shown);
  for (std::size_t i = 0; i < shown; ++i) {
    const JsonView second(seconds[i]);
    std::vector<std::string> cells = {std::to_string(i),
                                      number_text(second["planned"]),
                                      number_text(second["sent"]),
                                      number_text(second["accepted"]),
                                      number_text(second["duplicates"]),
                                      number_text(second["errors"]),
                                      milliseconds(second["maxMs"])};
    if (any_repeated) cells.insert(cells.begin() + 4, number_text(second["repeated"]));
    table.row(cells);
  }
  std::string text = "Timeline\n" + table.text();
  if (shown < seconds.size()) text += fmt::format("  and {} more\n", count_of(seconds.size() - shown, "second"));
  return text + '\n';
}

std::string slowest(const JsonView& result) {
  std::string text;
  std::size_t shown = 0;
  for (const Json& row : result["slowest"].list()) {
    if (++shown > traces_shown) break;
    const JsonView trace(row);
    const std::string when =
        trace["tookUs"].number() == 0 ? "at once" : fmt::format("after {}", microseconds(trace["tookUs"]));
    text += fmt::format("  {}  {} {}\n", trace["sagaId"].text(), trace["status"].text(), when);
    TextTable table("rlll");
    for (const Json& event : trace["events"].list())
      table.row({"+" + microseconds(JsonView(event)["atUs"]), JsonView(event)["event"].text(),
                 JsonView(event)["step"].text(), JsonView(event)["node"].text()});
    text += table.text(4);
  }
  return text.empty() ? text : "Slowest sagas\n" + text + '\n';
}

std::string head(const JsonView& result) {
  std::string what;
  if (result["kind"].text() == "loadtest")
    what = fmt::format("Load test {}: {}, seed {}, {}", result["run"].text(), result["scenario"].text(),
                       result["seed"].count(),
                       result["openLoop"].is_true() ? "open loop" : "closed loop (requests wait for earlier answers)");
  else if (result["kind"].text() == "analysis")
    what = fmt::format("Analysis of {}, {}", result["database"].text(), count_of(result["orders"].count(), "order"));
  else if (result["kind"].text() == "rehearsal")
    what = fmt::format("Rehearsal of {}", result["saga"].text());
  else
    what = fmt::format("Verification of {}", result["database"].text());
  if (result["interrupted"].is_true()) what += ", interrupted";
  std::string when = result["startedAt"].text();
  if (when.empty()) when = result["takenAt"].text();
  std::string text = what + '\n' + "  " + when;
  if (result["measuredMs"].number()) text += fmt::format(", {:.2f} s", *result["measuredMs"].number() / 1000);
  return text + "\n  " + result["command"].text() + "\n\n";
}

std::string throughput(const JsonView& result) {
  const JsonView rates = result["throughput"];
  if (rates.empty()) return {};
  std::string text;
  if (const auto accepted = rates["acceptedPerSecond"].number()) text += fmt::format(" {:.1f} accepted/s", *accepted);
  if (const auto completed = rates["completedPerSecond"].number())
    text += fmt::format("{} {:.1f} sagas completed/s", rates["acceptedPerSecond"].number() ? "," : "", *completed);
  return text.empty() ? text : fmt::format("Throughput {}\n\n", text);
}

}  // namespace

std::string text_report(const Json& json, const TextStyle& style) {
  const JsonView result(json);
  std::string text = head(result);
  if (!result["requests"].empty())
    text += requests(result["requests"]) + answers_section(json) + agents_section(json) + journeys_section(json) +
            faults_section(json);
  if (!result["sagas"].empty())
    text += figures("Sagas", result["sagas"],
                    {{"started", "started"},
                     {"completed", "completed"},
                     {"compensated", "compensated"},
                     {"failed", "failed"},
                     {"unfinished", "unfinished"}});
  text += throughput(result);
  if (!result["latency"].empty() || !result["sagaLatency"].empty()) text += latencies(result);
  text += generator(result) + distribution(result) + groups(result, style) + timeline(result, style) + slowest(result);
  return text + verdict_section(json, style) + threshold_section(json, style);
}

}  // namespace sagactl
