#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

#include "analysis/result/result.hpp"

namespace sagactl {
namespace {

TEST(CliExitCode, IsFixedForEveryError) {
  const std::pair<ErrorCode, int> rows[] = {{ErrorCode::invalid, 4},
                                            {ErrorCode::unauthenticated, 1},
                                            {ErrorCode::forbidden, 1},
                                            {ErrorCode::not_found, 1},
                                            {ErrorCode::conflict, 1},
                                            {ErrorCode::too_large, 1},
                                            {ErrorCode::busy, 1},
                                            {ErrorCode::retry, 1},
                                            {ErrorCode::unknown_outcome, 2},
                                            {ErrorCode::unavailable, 5},
                                            {ErrorCode::bug, 1}};
  for (const auto& [error, code] : rows) EXPECT_EQ(static_cast<int>(exit_code_of(error)), code);
}

TEST(CliExitCode, IsFixedForEveryResultOfARun) {
  const std::pair<RunEnd, int> rows[] = {
      {RunEnd::passed, 0}, {RunEnd::violated, 1}, {RunEnd::undecided, 2}, {RunEnd::threshold_missed, 3}};
  for (const auto& [end, code] : rows) EXPECT_EQ(static_cast<int>(exit_code_of(end)), code);
}

TEST(CliExitCode, OfACommandThatWaitsIsThatOfTheSaga) {
  const std::pair<const char*, int> rows[] = {{"completed", 0}, {"compensated", 1}, {"failed", 1}, {"started", 2}, {"", 2}};
  for (const auto& [status, code] : rows) EXPECT_EQ(static_cast<int>(exit_code_of_saga(status)), code) << status;
}

}  // namespace
}  // namespace sagactl
