#include "cli/results/report_files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <ostream>

#include "analysis/faults/fault_results.hpp"
#include "analysis/report/latency_charts.hpp"
#include "analysis/report/report.hpp"
#include "analysis/result/result.hpp"
#include "analysis/result/run_end.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/flag.hpp"
#include "cli/output/display_text.hpp"
#include "common/output_file.hpp"
#include "common/text/text.hpp"
#include "loadgen/ledger/request_files.hpp"

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
  add_text(app, "--markdown", files.markdown, "FILE.md", "Write the result as Markdown");
  add_text(app, "--badge", files.badge, "FILE.svg", "Write a badge that says how the command ended");
}

void add_load_report_flags(CLI::App& app, ReportFiles& files) {
  add_report_flags(app, files);
  add_text(app, "--hgrm", files.hgrm, "FILE.hgrm", "Write the response times as an HdrHistogram percentile file");
  add_text(app, "--csv", files.csv, "FILE.csv", "Write every request as CSV");
  add_text(app, "--jtl", files.jtl, "FILE.jtl", "Write every request as a result file of JMeter");
  add_text(app, "--fault-csv", files.fault_csv, "FILE.csv", "Write the faults of the run, and what they did, as CSV");
  add_text(app, "--summary", files.summary, "FILE.json", "Write a summary in the form of k6's handleSummary data");
  add_switch(app, "--publish", files.publish, "Publish the result to the dashboard of the node");
}

Result<void> check_report_files(const Invocation& invocation, const ReportFiles& files) {
  for (const std::string* name : {&files.json, &files.html, &files.junit, &files.hgrm, &files.markdown, &files.badge,
                                  &files.csv, &files.jtl, &files.summary, &files.fault_csv})
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
  write(files.markdown, "Markdown", [&] { return markdown_report(result); });
  write(files.badge, "badge", [&] { return badge_svg(result); });
  write(files.summary, "summary", [&] { return summary_report(result); });
  write(files.fault_csv, "faults", [&] { return faults_csv(result); });
  if (response) write(files.hgrm, "percentiles", [&] { return hgrm(*response); });
  if (errors.empty()) return {};
  return Error{ErrorCode::unavailable, errors};
}

Result<void> write_requests(const Invocation& invocation, const ReportFiles& files, const Ledger& ledger) {
  std::string errors;
  const auto write = [&](const std::string& name, auto save) {
    if (name.empty()) return;
    if (const auto written = save(ledger, resolved(invocation, name)); !written)
      errors += (errors.empty() ? "" : "; ") + written.error().message;
    else
      invocation.info(fmt::format("requests written to {}", name));
  };
  write(files.csv, save_requests_csv);
  write(files.jtl, save_requests_jtl);
  if (errors.empty()) return {};
  return Error{ErrorCode::unavailable, errors};
}

namespace {

// A workflow command of GitHub Actions escapes what would end its text.
std::string annotation_text(std::string text) {
  replace_all(text, "%", "%25");
  replace_all(text, "\r", "%0D");
  replace_all(text, "\n", "%0A");
  return text;
}

void annotate(std::ostream& out, const Json& items, const char* name) {
  for (const Json& item : items) {
    const std::string verdict = item.value("verdict", "");
    if (verdict == "PASS" || !item.value("counted", true)) continue;
    out << (verdict == "FAIL" ? "::error" : "::warning") << " title=sagactl::"
        << annotation_text(fmt::format("{} {}: {}", verdict, item.value(name, ""), item.value("reason", ""))) << '\n';
  }
  out << std::flush;
}

}  // namespace

Result<void> annotate_github_job(const Invocation& invocation, const Json& result) {
  if (invocation.environment.get("GITHUB_ACTIONS").value_or("") == "true") {
    annotate(invocation.terminal.err, result.value("verdicts", Json::array()), "name");
    annotate(invocation.terminal.err, result.value("thresholds", Json::array()), "threshold");
  }
  const auto summary = invocation.environment.get("GITHUB_STEP_SUMMARY");
  if (!summary || summary->empty()) return {};
  std::ofstream file(*summary, std::ios::app | std::ios::binary);
  file << markdown_report(result) << '\n' << std::flush;
  if (file) return {};
  return Error{ErrorCode::unavailable, fmt::format("cannot write GITHUB_STEP_SUMMARY, {}", *summary)};
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
