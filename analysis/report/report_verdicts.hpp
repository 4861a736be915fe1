// The last part of every terminal report: the verdicts, with their evidence unless they are PASS.
#pragma once

#include "analysis/report/report.hpp"

namespace sagactl {

std::string verdict_section(const Json& result, const TextStyle& style);
std::string threshold_section(const Json& result, const TextStyle& style);  // empty when there are none

// A ruling's word, in its colour where colours are wanted.
std::string ruling_word(const std::string& ruling, const TextStyle& style);

}  // namespace sagactl
