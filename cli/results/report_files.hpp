// The files of a result: --report, --save and --junit of loadtest, analyze and verify, --hgrm of loadtest.
#pragma once

#include <filesystem>
#include <string>

#include "cli/invocation.hpp"
#include "loadgen/ledger/histogram.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct ReportFiles {
  std::string html;
  std::string json;
  std::string junit;
  std::string hgrm;
  std::string badge, markdown;
  std::string csv, jtl, summary, fault_csv;  // of a load test
  bool publish = false;                      // to the node
};

void add_report_flags(CLI::App& app, ReportFiles& files);
void add_load_report_flags(CLI::App& app, ReportFiles& files);  // with --hgrm and --publish

// Every request of a load test, for --csv and --jtl.
Result<void> write_requests(const Invocation& invocation, const ReportFiles& files, const Ledger& ledger);

// On GitHub: adds the result to the summary of the job, and an annotation for each verdict and threshold that is not
// met. Elsewhere nothing.
Result<void> annotate_github_job(const Invocation& invocation, const Json& result);

// Checks, before the work is done, that all requested files can be written. `invalid` with the reason.
Result<void> check_report_files(const Invocation& invocation, const ReportFiles& files);

// The file for the requests of a load test, beside that of --save; empty without --save, or when it is not a regular
// file.
std::filesystem::path ledger_beside(const Invocation& invocation, const ReportFiles& files);

// Writes the requested files and prints their names. Continues after an error; returns `unavailable` with all errors.
// `response`: the response times of a load test.
Result<void> write_reports(const Invocation& invocation, const ReportFiles& files, const Json& result,
                           const Histogram* response = nullptr);

// Gives the result to a node of --url, whose dashboard shows it, and prints where.
Result<void> publish_result(const Invocation& invocation, const Json& result);

// Prints the errors of `written`. Returns the exit code of the verdict, or, when that is 0, the code for files that
// could not be written.
ExitCode exit_code_after_reports(const Invocation& invocation, const Result<void>& written, ExitCode verdict);

// Prints the result: a report, or the JSON itself.
void show_result(const Invocation& invocation, const Json& result);

}  // namespace sagactl
