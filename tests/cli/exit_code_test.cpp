#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/cli/command.hpp"

namespace sagactl {
namespace {

TEST(CliExitCode, IsTheContractsForEveryError) {
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

std::string file(const char* name) {
  std::ifstream in(std::string(SAGACTL_SOURCE_DIR) + "/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

// The numbers that the pattern's group finds in what stands between `from` and `to`.
std::set<int> codes_in(const std::string& text, const std::string& from, const std::string& to, const std::string& pattern) {
  const std::size_t begin = text.find(from);
  EXPECT_NE(begin, text.npos) << from;
  const std::string part = begin == text.npos ? "" : text.substr(begin, text.find(to, begin + from.size()) - begin);
  std::set<int> codes;
  const std::regex number(pattern);
  for (std::sregex_iterator found(part.begin(), part.end(), number), end; found != end; ++found)
    codes.insert(std::stoi((*found)[1]));
  return codes;
}

TEST(CliExitCode, IsToldWhereverCodesAreListed) {
  const std::set<int> all = codes_in(file("cli/exit_code.hpp"), "enum class ExitCode", "};", "= (\\d+),");
  ASSERT_TRUE(all.contains(0) && all.contains(141)) << "the enumeration is written otherwise";
  const std::string listed = "(?:: |, |,\n)(\\d+) [a-zA-Z]";
  EXPECT_EQ(codes_in(file("README.md"), "Exit codes:", ". `sagactl man`", listed), all);
  EXPECT_EQ(codes_in(file("docs/ci.md"), "| code |", "The codes are", "\n\\| (\\d+) \\|"), all);
  Desk desk;
  EXPECT_EQ(codes_in(desk.run({"--help"}).out, "Exit codes:", ".\n", listed), all);
  EXPECT_EQ(codes_in(desk.run({"man"}).out, "EXIT STATUS", "\x01", "\\.TP\n(\\d+)\n"), all);
}

}  // namespace
}  // namespace sagactl
