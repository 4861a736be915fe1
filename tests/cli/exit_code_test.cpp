#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "analysis/result/result.hpp"
#include "tests/cli/support/command.hpp"

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
  const std::pair<const char*, int> rows[] = {
      {"completed", 0}, {"compensated", 1}, {"failed", 1}, {"started", 2}, {"", 2}};
  for (const auto& [status, code] : rows) EXPECT_EQ(static_cast<int>(exit_code_of_saga(status)), code) << status;
}

std::string file(const char* name) {
  std::ifstream in(std::string(SAGACTL_SOURCE_DIR) + "/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

// The numbers that the group of the pattern matches between `from` and `to`.
std::set<int> codes_in(const std::string& text, const std::string& from, const std::string& to,
                       const std::string& pattern) {
  const std::size_t begin = text.find(from);
  EXPECT_NE(begin, text.npos) << from;
  const std::string part = begin == text.npos ? "" : text.substr(begin, text.find(to, begin + from.size()) - begin);
  std::set<int> codes;
  const std::regex number(pattern);
  for (std::sregex_iterator found(part.begin(), part.end(), number), end; found != end; ++found)
    codes.insert(std::stoi((*found)[1]));
  return codes;
}

TEST(CliExitCode, IsDocumentedInEveryList) {
  const std::set<int> all = codes_in(file("cli/exit_code.hpp"), "enum class ExitCode", "};", "= (\\d+),");
  ASSERT_TRUE(all.contains(0) && all.contains(141)) << "the enumeration was not parsed";
  const std::string listed = "(?:: |, |,\n)(\\d+) [a-zA-Z]";
  EXPECT_EQ(codes_in(file("README.md"), "Exit codes:", ".\n", listed), all);
  EXPECT_EQ(codes_in(file("docs/ci.md"), "| code |", "The codes are", "\n\\| (\\d+) \\|"), all);
  CliSandbox sandbox;
  EXPECT_EQ(codes_in(sandbox.run({"--help"}).out, "Exit codes:", ".\n", listed), all);
  EXPECT_EQ(codes_in(sandbox.run({"man"}).out, "EXIT STATUS", "\x01", "\\.TP\n(\\d+)\n"), all);
}

}  // namespace
}  // namespace sagactl
