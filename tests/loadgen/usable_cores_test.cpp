#include "loadgen/usable_cores.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace sagactl {
namespace {

TEST(UsableCores, AreNoMoreThanTheQuotaIsWorth) {
  const std::pair<const char*, std::uint32_t> rows[] = {
      {"50000 100000", 1}, {"100000 100000", 1}, {"150000 100000", 2}, {"max 100000", 0}, {"", 0}, {"8 0", 0}};
  for (const auto& [text, cores] : rows) EXPECT_EQ(cores_of_quota(text), cores) << text;
  EXPECT_GE(usable_cores(), 1u);
  EXPECT_LE(usable_cores(), std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace
}  // namespace sagactl
