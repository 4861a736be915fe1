// Every store does what the store in memory does, whatever is asked of it.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "tests/contract/random_life.hpp"

namespace sagactl {
namespace {

constexpr int steps = 150;

// The first lines in which two texts differ; empty when they do not.
std::string difference(const std::string& expected, const std::string& told) {
  const auto a = split(expected, '\n'), b = split(told, '\n');
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::string left = i < a.size() ? a[i] : "(nothing)", right = i < b.size() ? b[i] : "(nothing)";
    if (left != right) return "\nmodel: " + left + "\nstore: " + right + "\nin:    " + a.front();
  }
  return {};
}

class DifferentialContract : public StoreTest, public testing::WithParamInterface<std::tuple<StoreKind, int>> {
 protected:
  void SetUp() override { make(std::get<0>(GetParam())); }
};

TEST_P(DifferentialContract, TellsWhatTheModelTells) {
  const int seed = std::get<1>(GetParam());
  const auto model_subject = store_kinds().front().make();
  RandomLife model(*model_subject, static_cast<std::uint64_t>(seed)), life(*subject, static_cast<std::uint64_t>(seed));
  for (int i = 0; i < steps; ++i) {
    ASSERT_EQ(difference(model.step(), life.step()), "") << "seed " << seed << ", step " << i;
    if (i % 50 < 49) continue;
    ASSERT_EQ(difference(model.tell_all(), life.tell_all()), "") << "seed " << seed << ", step " << i;
  }
}

std::vector<StoreKind> all_but_the_model() {
  return {store_kinds().begin() + 1, store_kinds().end()};
}

INSTANTIATE_TEST_SUITE_P(Stores, DifferentialContract,
                         testing::Combine(testing::ValuesIn(all_but_the_model()), testing::Range(1, 13)),
                         [](const auto& test) {
                           return std::get<0>(test.param).name + "Seed" + std::to_string(std::get<1>(test.param));
                         });

}  // namespace
}  // namespace sagactl
