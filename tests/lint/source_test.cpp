// Rules about the source that the compiler does not check.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <sstream>

#include "tests/lint/source_tree.hpp"

namespace sagactl::lint {
namespace {

bool is_one_of(const std::string& path, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](const auto& b) { return path.starts_with(b); });
}

void forbid(const std::string& pattern, const std::vector<std::string>& allowed_in, const std::string& why) {
  const std::regex regex(pattern);
  for (const SourceFile& file : files_ending_in({".hpp", ".cpp"})) {
    if (is_one_of(file.path, allowed_in)) continue;
    const std::string code = code_only(file.text);
    for (std::sregex_iterator it(code.begin(), code.end(), regex), end; it != end; ++it)
      ADD_FAILURE() << file.path << ":" << line_of(code, static_cast<std::size_t>(it->position())) << ": " << it->str()
                    << ": " << why;
  }
}

TEST(Source, ReadsTheWallClockOnlyWhereTimeComesIn) {
  forbid(R"(wall_clock_now\s*\(|system_clock::now\s*\()",
         {"common/time.", "common/id.cpp", "common/log.cpp", "server/adapters/system/", "loadgen/", "cli/", "tests/",
          "bench/", "server/adapters/kafka/client/driver.cpp"},  // tokens of Kafka say until when they are good
         "take the time from the Clock port or an argument");
}

// Somebody may set the time of day at any moment: nothing waits for it. These write it down, show it, or compare it
// with one that came from outside.
TEST(Source, AsksTheClockForTheTimeOfDayOnlyToWriteIt) {
  forbid(
      R"(\bclock(_|\(\))?(\.|->)now\s*\()",
      {"server/adapters/kafka/client/consumer.cpp",                // when a message was put aside
       "server/adapters/kafka/kafka_payment_gateway.cpp",          // until when another machine may charge
       "server/adapters/message_participants/message_caller.cpp",  // until when one may do what a message asks
       "server/adapters/kafka/payment_participant.cpp",            // the same, there
       "server/adapters/participants/",  // deadlines, signatures and Retry-After, as participants read and write them
       "server/api/operations/health.cpp", "server/api/operations/locks.cpp",
       "server/api/cluster/cluster.cpp",                                       // shown
       "server/api/accounts/login_sessions.cpp",                               // tokens say until when they are good
       "server/api/pages/page_sessions.cpp",                                   // so do cookies and codes
       "server/api/statistics/routes.cpp", "server/node/logical_node.cpp",     // minutes of the day are shown
       "server/adapters/simulated/simulated_gateway.cpp",                      // when the provider approved a payment
       "server/api/request_span.cpp", "server/node/tracing/traced_calls.cpp",  // a span says when it began
       "server/ports/database_clock.",                                         // the time that is stored
       "tests/", "bench/"},
      "what waits, or takes how long, is measured by Clock::steady(); what is stored, by the database's time");
}

TEST(Source, WaitsOnTheSteadyClockOnly) {
  forbid(R"(\b(wait|sleep)_until\s*\([^;]*system_clock|\bsystem_timer\b|\bgettimeofday\b)", {"tests/"},
         "wait on the steady clock");
}

// The linker takes two types of one name in one namespace for the same one, and says nothing (one definition rule).
TEST(Source, DefinesEachTypeOnce) {
  const std::regex opened(R"(^namespace ([\w:]+) \{$)"),
      defined(R"(^(?:class|struct|union|enum class) (\w+)(?: final)?(?: : [^{;]*)?(?: \{.*)?$)");
  const std::vector<std::string> beginnings = {"namespace ", "}  // namespace", "class ",
                                               "struct ",    "union ",          "enum class "};
  std::map<std::string, std::string> files;  // by namespace and name
  for (const SourceFile& file : files_ending_in({".hpp", ".cpp"})) {
    if (is_one_of(file.path, {"tests/", "bench/", "samples/"})) continue;
    std::istringstream lines(file.text);
    std::string space;
    bool is_unnamed = false;
    for (std::string line; std::getline(lines, line);) {
      std::smatch match;
      if (!is_one_of(line, beginnings)) continue;  // a regular expression for each line would take seconds
      if (std::regex_match(line, match, opened)) space = match[1];
      if (line == "namespace {") is_unnamed = true;
      if (line == "}  // namespace") is_unnamed = false;
      if (is_unnamed || !std::regex_match(line, match, defined)) continue;
      const auto [known, is_first] = files.emplace(space + "::" + match[1].str(), file.path);
      EXPECT_TRUE(is_first) << known->first << " is defined in " << known->second << " and in " << file.path;
    }
  }
  EXPECT_GT(files.size(), 500u);
}

TEST(Source, ReadsTheEnvironmentOnlyInTheCommandLine) {
  forbid(R"(\bgetenv\s*\()", {"cli/", "tests/", "bench/"}, "configuration comes in through options");
}

TEST(Source, EndsTheProcessOnlyInMain) {
  forbid(R"(\b(std::)?(quick_)?exit\s*\()", {"cli/main.cpp", "tests/", "bench/"}, "return an error instead");
}

// g++ 12.2 destroys some temporaries of a co_await expression twice: braces and lambdas with captures in it.
TEST(Source, NamesValuesBeforeTheyGoIntoACoAwait) {
  const std::regex start(R"(\bco_await\b)");
  for (const SourceFile& file : files_ending_in({".hpp", ".cpp"})) {
    const std::string code = code_only(file.text);
    for (std::sregex_iterator it(code.begin(), code.end(), start), end; it != end; ++it) {
      const auto from = static_cast<std::size_t>(it->position());
      // To the end of the statement or of the condition that holds it.
      int depth = 0;
      std::size_t to = from;
      for (; to < code.size() && code[to] != ';' && depth >= 0; ++to)
        depth += code[to] == '(' ? 1 : code[to] == ')' ? -1 : 0;
      const std::string expression = code.substr(from, to - from);
      EXPECT_EQ(expression.find('{'), std::string::npos)
          << file.path << ":" << line_of(code, from) << ": name this value first and move it in: " << expression;
      EXPECT_FALSE(std::regex_search(expression, std::regex(R"(\[[^\]]*[&=\w][^\]]*\]\s*(\(|mutable))")))
          << file.path << ":" << line_of(code, from) << ": name this lambda first and move it in: " << expression;
    }
  }
}

// The same compiler, and what a conditional expression awaits.
TEST(Source, AwaitsInBranchesInsteadOfConditionalExpressions) {
  forbid(R"(\?\s*co_await\b)", {}, "write an if, or a coroutine that makes the choice");
}

// The same compiler, and lists in braces that a co_return makes.
TEST(Source, NamesJsonBeforeACoReturn) {
  const std::regex start(R"(\bco_return\b)");
  for (const SourceFile& file : files_ending_in({".hpp", ".cpp"})) {
    const std::string code = code_only(file.text);
    for (std::sregex_iterator it(code.begin(), code.end(), start), end; it != end; ++it) {
      const auto from = static_cast<std::size_t>(it->position());
      const std::string expression = code.substr(from, code.find(';', from) - from);
      EXPECT_FALSE(std::regex_search(expression, std::regex(R"(\bJson\s*\{|\{\s*\{)")))
          << file.path << ":" << line_of(code, from) << ": name this value first: " << expression;
    }
  }
}

TEST(Source, KeepsFilesShortEnoughToRead) {
  for (const SourceFile& file : files_ending_in({".hpp", ".cpp", ".cmake", ".sql", ".sh"})) {
    const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
    EXPECT_LE(lines, 500) << file.path << " has " << lines << " lines: one noun a file; is there a seam?";
  }
}

// The folders are the architecture: one that holds more wants subjects.
TEST(Source, FoldersHoldFewEnoughFilesToReadTheirList) {
  std::map<std::string, int> files;
  for (const SourceFile& file : files_ending_in({".hpp", ".cpp"}))
    ++files[std::filesystem::path(file.path).parent_path().string()];
  EXPECT_GT(files.size(), 50u);
  for (const auto& [folder, count] : files) EXPECT_LE(count, 30) << folder << " has " << count << " files side by side";
}

TEST(Source, PromisesNothing) {
  // Put together here, so that this file does not hold the words itself.
  const std::regex words(std::string("TO") + "DO|FIX" + "ME|\\bXX" + "X\\b|not (yet )?imple" + "mented");
  for (const SourceFile& file : files_ending_in({".hpp", ".cpp", ".cmake", ".sql", ".sh", ".md", ".txt"})) {
    std::smatch match;
    EXPECT_FALSE(std::regex_search(file.text, match, words)) << file.path << ": " << match.str();
  }
}

TEST(Source, HeadersSayWhatTheyAreFor) {
  for (const SourceFile& file : files_ending_in({".hpp"}))
    EXPECT_TRUE(file.text.starts_with("//")) << file.path << " does not begin with its purpose";
}

TEST(Source, EveryTestIsBuiltAndEverySourceIsListed) {
  for (const SourceFile& file : files_ending_in({".cpp"})) {
    const std::filesystem::path path(file.path);
    std::string lists;
    for (auto folder = path.parent_path();; folder = folder.parent_path()) {
      lists += read(root() / folder / "CMakeLists.txt");
      if (folder.empty()) break;
    }
    lists += read(root() / "cmake/packages.cmake") + read(root() / "cmake/modules.cmake");
    EXPECT_NE(lists.find(path.filename().string()), std::string::npos) << file.path << " is in no CMakeLists.txt";
  }
}

}  // namespace
}  // namespace sagactl::lint
