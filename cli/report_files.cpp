#include "cli/report_files.hpp"
#include "cli/flag.hpp"

#include <fstream>
#include <ostream>

#include "analysis/latency_picture.hpp"
#include "analysis/report.hpp"
#include "analysis/result.hpp"

namespace sagactl {
namespace {

Result<void> write_text(const Invocation& invocation, const std::string& name, const std::string& text) {
  const auto path = invocation.environment.resolve(name);
  std::ofstream file(path, std::ios::binary);
  if (!(file << text << std::flush))
    return Error{ErrorCode::invalid, "cannot write " + path.string() + "; is there such a directory?"};
  return {};
}

}  // namespace

void add_report_flags(CLI::App& app, ReportFiles& files) {
  add_text(app, "--report", files.html, "FILE.html", "Write a report that a browser shows");
  add_text(app, "--save", files.json, "FILE.json", "Keep the result, for `sagactl analyze --compare`");
  add_text(app, "--junit", files.junit, "FILE.xml", "Write one test case per verdict and threshold");
}

void add_load_report_flags(CLI::App& app, ReportFiles& files) {
  add_report_flags(app, files);
  add_text(app, "--hgrm", files.hgrm, "FILE.hgrm", "Write the response times as a percentile file of HdrHistogram");
}

Result<void> write_reports(const Invocation& invocation, const ReportFiles& files, const Json& result,
                           const Histogram* response) {
  if (!files.json.empty()) {
    auto saved = save_result(result, invocation.environment.resolve(files.json).string());
    if (!saved) return saved;
    invocation.say("result in " + files.json);
  }
  if (!files.html.empty()) {
    if (auto written = write_text(invocation, files.html, html_report(result)); !written) return written;
    invocation.say("report in " + files.html);
  }
  if (!files.junit.empty()) {
    if (auto written = write_text(invocation, files.junit, junit_report(result)); !written) return written;
    invocation.say("test cases in " + files.junit);
  }
  if (!files.hgrm.empty() && response) {
    if (auto written = write_text(invocation, files.hgrm, hgrm(*response)); !written) return written;
    invocation.say("percentiles in " + files.hgrm);
  }
  return {};
}

void show_result(const Invocation& invocation, const Json& result) {
  if (invocation.wants_json()) return invocation.print(result);
  const TextStyle style{.colours = invocation.terminal.colour, .all = invocation.settings.verbose};
  invocation.terminal.out << text_report(result, style) << std::flush;
}

}  // namespace sagactl
