// What a test needs of the machine: without it the test is skipped on a developer's machine, and fails where CI is set.
// For tests, which include GoogleTest.
#pragma once

#include <cstdlib>

// In a test's body or SetUp: one of the services that `tools/services` runs.
#define SAGACTL_NEEDS(service, name)                                                                        \
  if (!(service)) {                                                                                         \
    if (std::getenv("CI")) FAIL() << name " is not available, and CI needs it: `tools/services start`";     \
    GTEST_SKIP() << name " is not available: `tools/services start`, and `eval \"$(tools/services env)\"`"; \
  }                                                                                                         \
  static_assert(true)

// The same for a program that the test runs itself.
#define SAGACTL_NEEDS_PROGRAM(is_installed, name)                                                      \
  if (!(is_installed)) {                                                                               \
    if (std::getenv("CI")) FAIL() << name " is not installed, and CI needs it";                        \
    GTEST_SKIP() << name " is not installed: tools/deps, tools/deps --services, tools/services start"; \
  }                                                                                                    \
  static_assert(true)
