// A command's snapshot that print into strings.
#pragma once

#include <gtest/gtest.h>

#include <sstream>

#include "cli/invocation.hpp"

namespace sagactl {

class QuietInvocation : public testing::Test {
 protected:
  std::ostringstream out_, err_;
  std::istringstream in_;
  Terminal terminal_{out_, err_, in_};
  Environment environment_;
  Interrupt interrupt_;
  Invocation invocation_{terminal_, environment_, interrupt_, {}, Paint(false)};
};

}  // namespace sagactl
