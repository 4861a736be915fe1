// The scripts know every command and flag, and bash can read its own.
#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <memory>

#include "tests/cli/command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

// What bash offers after `typed`, with the script of `sagactl completion bash`.
std::string offered(Desk& desk, const std::string& typed) {
  desk.write("completion.bash", desk.run({"completion", "bash"}).out + R"(
COMP_WORDS=()" + typed + R"( '')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_sagactl
echo " ${COMPREPLY[*]} "
)");
  const std::string command = "bash '" + (desk.directory() / "completion.bash").string() + "' 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::array<char, 4096> text{};
  const std::size_t length = fread(text.data(), 1, text.size(), pipe.get());
  return std::string(text.data(), length);
}

TEST(CliCompletion, BashOffersCommandsFlagsAndChoices) {
  Desk desk;
  EXPECT_THAT(offered(desk, "sagactl"), HasSubstr(" version "));
  EXPECT_THAT(offered(desk, "sagactl context"), HasSubstr(" remove "));
  EXPECT_THAT(offered(desk, "sagactl --quiet context"), HasSubstr(" remove "));
  EXPECT_THAT(offered(desk, "sagactl version"), HasSubstr(" --output "));
  EXPECT_EQ(offered(desk, "sagactl version -o"), " table json ndjson \n");
  EXPECT_EQ(offered(desk, "sagactl order create --system"),
            " order checkout checkout-choreography purchase \n");
  EXPECT_THAT(offered(desk, "sagactl saga"), HasSubstr(" definitions "));
  EXPECT_THAT(offered(desk, "sagactl dead-letter"), HasSubstr(" discard "));
  EXPECT_THAT(offered(desk, "sagactl audit"), HasSubstr(" --by "));
  EXPECT_THAT(offered(desk, "sagactl completion"), HasSubstr(" bash zsh fish "));
}

TEST(CliCompletion, FishAndZshNameTheCommands) {
  Desk desk;
  EXPECT_THAT(desk.run({"completion", "fish"}).out, HasSubstr("-a version -d"));
  EXPECT_THAT(desk.run({"completion", "zsh"}).out, HasSubstr("#compdef sagactl"));
}

}  // namespace
}  // namespace sagactl
