#include "common/processors.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

#include "common/descriptors.hpp"

namespace sagactl {
namespace {

TEST(Processors, OfAQuotaAreItsShareOfThePeriod) {
  EXPECT_EQ(processors_of_quota("50000 100000\n"), 0.5);
  EXPECT_EQ(processors_of_quota("400000 100000"), 4.0);
  EXPECT_EQ(processors_of_quota("150000 100000"), 1.5);
  for (const char* none : {"max 100000\n", "", "max", "0 100000", "100000", "x y", "-1 100000", "8 0"})
    EXPECT_FALSE(processors_of_quota(none)) << none;
}

TEST(Processors, AreThoseOfTheGroupOfCgroupV2) {
  EXPECT_EQ(cgroup_v2_path("0::/system.slice/x.service\n"), "/system.slice/x.service");
  EXPECT_EQ(cgroup_v2_path("12:cpu:/a\n0::/\n"), "/");
  EXPECT_FALSE(cgroup_v2_path("12:cpu,cpuacct:/a\n"));
  EXPECT_FALSE(cgroup_v2_path(""));
}

TEST(Processors, AreLimitedByTheAffinityMask) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  CPU_ZERO(&one);
  for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i)
    if (CPU_ISSET(i, &before)) CPU_SET(i, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(available_processors(), 1u);
  sched_setaffinity(0, sizeof before, &before);
  EXPECT_GE(available_processors(), 1u);
  EXPECT_LE(available_processors(), std::max(1u, std::thread::hardware_concurrency()));
}

TEST(Descriptors, MayBeRaisedToTheHardLimit) {
  EXPECT_EQ(raise_descriptor_limit(), descriptor_limit_max());
  EXPECT_EQ(descriptor_limit(), descriptor_limit_max());
  EXPECT_GT(descriptors_open(), 2u);
}

}  // namespace
}  // namespace sagactl
