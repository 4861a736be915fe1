// Reports of a result (analysis/result/result.hpp).
#pragma once

#include <string>

#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl {

struct Comparison;

struct TextStyle {
  bool colours = false;
  bool all = false;  // all groups and seconds, not only the first ones
};

// For the terminal.
std::string text_report(const Json& result, const TextStyle& style = {});

// One self-contained HTML file.
std::string html_report(const Json& result);

// JUnit XML as Surefire and Jenkins read it: one suite with a test case per verdict and per threshold. FAIL is a
// failure, a counted UNKNOWN an error; a verdict that does not apply is skipped.
std::string junit_report(const Json& result);

// Markdown for a job summary: how the run ended, verdicts, thresholds, endpoints and witnesses.
std::string markdown_report(const Json& result);

// A load test as the data of k6's handleSummary(): verdicts are its checks. Its http_req_duration is the service time.
std::string summary_report(const Json& result);

// A comparison of load tests, for the terminal.
std::string compare_text(const Comparison& comparison, const TextStyle& style = {});

}  // namespace sagactl
