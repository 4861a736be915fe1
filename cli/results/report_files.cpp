#include "cli/results/report_files.hpp"

#include <fmt/format.h>

#include <ostream>

#include "analysis/report/latency_charts.hpp"
#include "analysis/report/report.hpp"
#include "analysis/result/result.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/flag.hpp"
#include "cli/output/display_text.hpp"
#include "common/output_file.hpp"

namespace sagactl {
namespace {

std::filesystem::path resolved(const Invocation& invocation, const std::string& name) {
  return invocation.environment.resolve(name);
}

}  // namespace

void add_report_flags(CLI::App& app, ReportFiles& files) {
  add_text(app, "--report", files.html, "FILE.html", "Write an HTML report");
  add_text(app, "--save", files.json, "FILE.json", "Save the result for `sagactl analyze --compare` and --baseline");
  add_text(app, "--junit", files.junit, "FILE.xml", "Write a JUnit file with one test case per verdict and threshold");
}

void add_load_report_flags(CLI::App& app, ReportFiles& files) {
  add_report_flags(app, files);
  add_text(app, "--hgrm", files.hgrm, "FILE.hgrm", "Write the response times as an HdrHistogram percentile file");
  add_switch(app, "--publish", files.publish, "Give the result to the node, whose dashboard keeps it");
}

Result<void> check_report_files(const Invocation& invocation, const ReportFiles& files) {
  for (const std::string* name : {&files.json, &files.html, &files.junit, &files.hgrm})
    if (!name->empty())
      if (auto checked = check_output(resolved(invocation, *name)); !checked) return checked;
  const auto ledger = ledger_beside(invocation, files);
  return ledger.empty() ? Result<void>() : check_output(ledger);
}

std::filesystem::path ledger_beside(const Invocation& invocation, const ReportFiles& files) {
  if (files.json.empty()) return {};
  auto path = resolved(invocation, files.json);
  if (!is_ordinary_file(path)) return {};
  return path.replace_extension(".ledger.jsonl");
}

Result<void> write_reports(const Invocation& invocation, const ReportFiles& files, const Json& result,
                           const Histogram* response) {
  std::string errors;
  const auto write = [&](const std::string& name, const char* what, const auto& text) {
    if (name.empty()) return;
    if (const auto written = write_output(resolved(invocation, name), text()); !written)
      errors += (errors.empty() ? "" : "; ") + written.error().message;
    else
      invocation.info(fmt::format("{} written to {}", what, name));
  };
  write(files.json, "result", [&] { return result_text(result); });
  write(files.html, "report", [&] { return html_report(result); });
  write(files.junit, "test cases", [&] { return junit_report(result); });
  if (response) write(files.hgrm, "percentiles", [&] { return hgrm(*response); });
  if (errors.empty()) return {};
  return Error{ErrorCode::unavailable, errors};
}

Result<void> publish_result(const Invocation& invocation, const Json& result) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto kept = client->post("/reports", result);
  if (!kept) return Error{kept.error().code, "the result was not published: " + kept.error().message};
  invocation.info("result published as " + client->url() + text_member(*kept, "url"));
  return {};
}

ExitCode exit_code_after_reports(const Invocation& invocation, const Result<void>& written, ExitCode verdict) {
  if (written) return verdict;
  invocation.terminal.err << "sagactl: " << written.error().message << '\n' << std::flush;
  return verdict == ExitCode::done ? ExitCode::output_failed : verdict;
}

void show_result(const Invocation& invocation, const Json& result) {
  if (invocation.wants_json()) return invocation.print(result);
  const TextStyle style{.colours = invocation.terminal.colour, .all = invocation.settings.verbose};
  invocation.terminal.out << folded(text_report(result, style), invocation.terminal.table_width()) << std::flush;
}

}  // namespace sagactl
