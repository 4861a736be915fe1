// Where a result goes beside the terminal: --report, --save, --junit; for loadtest, analyze and verify. --hgrm for
// loadtest alone.
#pragma once

#include <filesystem>
#include <string>

#include "cli/invocation.hpp"
#include "loadgen/ledger/histogram.hpp"

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

// Whether all that was asked for can be written, before there is anything to write. `invalid` with the reason.
Result<void> check_report_files(const Invocation& invocation, const ReportFiles& files);

// The file beside --save that keeps the requests of a load test; empty where nothing is saved, or not into a file.
std::filesystem::path ledger_beside(const Invocation& invocation, const ReportFiles& files);

// Writes those that were asked for and says where they are. One that cannot be written keeps no other from it.
// `unavailable`, with all that went wrong.
// `response`: the response times of a load test.
Result<void> write_reports(const Invocation& invocation, const ReportFiles& files, const Json& result,
                           const Histogram* response = nullptr);

// Tells of what could not be written, which is no reason to end: the exit code is that of the verdict, or, where that is
// 0, the one of output that could not be written.
ExitCode exit_code_after_reports(const Invocation& invocation, const Result<void>& written, ExitCode verdict);

// The result on the output stream: a report for people, or itself as JSON.
void show_result(const Invocation& invocation, const Json& result);

}  // namespace sagactl
