// Reports, each made from a result as analysis/result/result.hpp makes or loads it.
#pragma once

#include <string>

#include "common/text/json.hpp"
#include "common/result.hpp"

namespace sagactl {

struct Comparison;

struct TextStyle {
  bool colours = false;
  bool all = false;  // every group and every second, instead of the first ones
};

// For the terminal.
std::string text_report(const Json& result, const TextStyle& style = {});

// One HTML file that needs nothing else.
std::string html_report(const Json& result);

// JUnit XML: one test case per verdict and per threshold. FAIL is a failure, a counted UNKNOWN an error, and
// what does not apply is skipped.
std::string junit_report(const Json& result);

// Load tests before and after, for the terminal.
std::string compare_text(const Comparison& comparison, const TextStyle& style = {});

}  // namespace sagactl
