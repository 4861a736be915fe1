#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace sagactl
