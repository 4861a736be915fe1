// Where a result goes beside the terminal: --report, --save, --junit; for loadtest, analyze and verify. --hgrm for
// loadtest alone.
#pragma once

#include <string>

#include "cli/invocation.hpp"
#include "loadgen/histogram.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct ReportFiles {
  std::string html;
  std::string json;
  std::string junit;
  std::string hgrm;
};

void add_report_flags(CLI::App& app, ReportFiles& files);
void add_load_report_flags(CLI::App& app, ReportFiles& files);  // those, and what only a load test has

// Writes those that were asked for and says where they are.
// `response`: the response times of a load test.
Result<void> write_reports(const Invocation& invocation, const ReportFiles& files, const Json& result,
                           const Histogram* response = nullptr);

// The result on the output stream: a report for people, or itself as JSON.
void show_result(const Invocation& invocation, const Json& result);

}  // namespace sagactl
