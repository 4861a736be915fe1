// Where a result goes beside the terminal: --report, --save, --junit; for loadtest, analyze and verify.
#pragma once

#include <string>

#include "cli/invocation.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct ReportFiles {
  std::string html;
  std::string json;
  std::string junit;
};

void add_report_flags(CLI::App& app, ReportFiles& files);

// Writes those that were asked for and says where they are.
Result<void> write_reports(const Invocation& invocation, const ReportFiles& files, const Json& result);

// The result on the output stream: a report for people, or itself as JSON.
void show_result(const Invocation& invocation, const Json& result);

}  // namespace sagactl
