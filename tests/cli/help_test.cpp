// The help of every command, its examples, the version and the manual page.
#include <gmock/gmock.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <map>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/configuration/global_settings.hpp"
#include "cli/help/completion_tree.hpp"
#include "cli/help/fitted_help.hpp"
#include "cli/help/usage.hpp"
#include "cli/output/display_text.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/httpclient/tls_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

// Calls `visit` with every command that the help lists.
void for_each_command(const std::function<void(const CLI::App&, const std::string&)>& visit) {
  CLI::App root("", "sagactl");
  GlobalSettings settings;
  Commands commands;
  prepare_usage(root);
  add_settings(root, settings);
  add_all_commands(root, commands);
  each_command(root, "", visit);
}

// The words of a command line, with single or double quotes.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  char quote = 0;
  bool in_word = false;
  for (const char c : line) {
    if (quote == 0 && c == ' ') {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == quote)
      quote = 0;
    else if (quote == 0 && (c == '\'' || c == '"'))
      quote = c;
    else
      words.back() += c;
  }
  return words;
}

TEST(CliHelp, DescribesEveryFlagInTheSameForm) {
  for_each_command([](const CLI::App& app, const std::string& path) {
    for (const CLI::Option* option : app.get_options()) {
      const std::string text = option->get_description(), name = path + " " + option->get_name();
      ASSERT_FALSE(text.empty()) << name;
      EXPECT_TRUE(std::isupper(static_cast<unsigned char>(text.front()))) << name << ": " << text;
      EXPECT_FALSE(text.ends_with('.')) << name << ": " << text;
      EXPECT_EQ(option->get_type_name().empty(), !takes_value(*option)) << name << ": a placeholder for its value";
    }
  });
}

TEST(CliHelp, ItsExamplesAreValidCommandLines) {
  const TlsIdentity load_1 = make_identity("DNS:load-1");
  std::vector<std::vector<std::string>> examples;
  for_each_command([&](const CLI::App& app, const std::string&) {
    std::istringstream footer(app.get_footer());
    for (std::string line; std::getline(footer, line);)
      if (line.starts_with("  sagactl ")) examples.push_back(words_of(line));
  });
  EXPECT_GT(examples.size(), 15u);
  for (std::vector<std::string>& example : examples) {
    CliSandbox sandbox;
    sandbox.variables = {{"SAGACTL_URL", "http://127.0.0.1:1"}, {"PORT", "0"}};  // no node answers there
    sandbox.input = "a long password\n";
    sandbox.write("trip.yaml",
                  "saga: trip\nparticipants: { hotel: { url: \"http://127.0.0.1:1\" } }\n"
                  "steps: [{ name: pause, sleep: 1s }]\n");
    sandbox.write("agents.token", "a token of 32 letters and digits, or longer\n");
    sandbox.write("load-1.pem", load_1.certificate);
    sandbox.write("load-1.key", load_1.key);
    sandbox.write("kim.json", R"({"guest":"kim"})");
    sandbox.write("trip.json", R"({"guest":"{user}"})");
    sandbox.write("declined.json", R"({"guest":"{user}"})");
    sandbox.write("recorded.har",
                  R"({"log":{"entries":[{"request":{"method":"POST","url":"http://127.0.0.1:1/orders","headers":[]},)"
                  R"("response":{"status":201,"headers":[],"content":{"text":"{}"}}}]}})");
    sandbox.interrupted = true;
    example.erase(example.begin());
    for (std::string& word : example)  // no database is there either
      if (const auto at = word.find("@127.0.0.1/"); at != std::string::npos) word.replace(at, 11, "@127.0.0.1:1/");
    const CommandResult outcome = sandbox.run(example);
    EXPECT_NE(outcome.code, 4) << testing::PrintToString(example) << ": " << outcome.err << outcome.out;
  }
}

TEST(CliHelp, IsShownForACommandByItsName) {
  CliSandbox sandbox;
  EXPECT_EQ(sandbox.run({"help", "order", "create"}).out, sandbox.run({"order", "create", "--help"}).out);
  EXPECT_EQ(sandbox.run({"help"}).out, sandbox.run({"--help"}).out);
  const CommandResult wrong = sandbox.run({"help", "order", "creat"});
  EXPECT_EQ(wrong.code, 4);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean create?"));
}

// Of any width, but for examples, which are copied, and for words that are wider.
TEST(CliHelp, FitsTheTerminal) {
  const auto without_blanks = [](std::string text) {
    std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
    return text;
  };
  std::vector<std::string> paths;
  for_each_command([&](const CLI::App&, const std::string& path) { paths.push_back(path); });
  CliSandbox sandbox;
  for (const std::string& path : paths) {
    std::vector<std::string> words = words_of(path);
    words.emplace_back("--help");
    sandbox.terminal = false;
    const std::string unlimited = sandbox.run(words).out;
    sandbox.terminal = true;
    for (const int width : {50, 80, 100}) {
      sandbox.width = width;
      const std::string shown = sandbox.run(words).out;
      EXPECT_EQ(without_blanks(shown), without_blanks(unlimited)) << path;
      std::istringstream lines(shown);
      for (std::string line; std::getline(lines, line);) {
        const bool can_be_wrapped =
            !line.starts_with("  sagactl ") && line.find(' ', line.find_first_not_of(' ')) != std::string::npos;
        EXPECT_TRUE(!can_be_wrapped || display_width(line) <= width) << path << ": " << line;
      }
    }
  }
}

TEST(CliHelp, DescriptionsThatAreWrappedStandBelowEachOther) {
  EXPECT_EQ(fitted_help("Flags:\n"
                        "  --rate RATE                     Open loop: send at RATE, independent of response times\n"
                        "  --metrics-listen [HOST:]PORT:OF-ALL\n"
                        "                                  Serve live metrics of the load to Prometheus\n"
                        "\nA sentence that goes on, and on,\nthrough lines. And another.\n"
                        "Examples:\n"
                        "  sagactl loadtest individual --rate 200/s --duration 30s --threshold 'p99<50ms'\n",
                        66),
            "Flags:\n"
            "  --rate RATE                     Open loop: send at RATE,\n"
            "                                  independent of response times\n"
            "  --metrics-listen [HOST:]PORT:OF-ALL\n"
            "                                  Serve live metrics of the load\n"
            "                                  to Prometheus\n"
            "\nA sentence that goes on, and on,\nthrough lines. And another.\n"
            "Examples:\n"
            "  sagactl loadtest individual --rate 200/s --duration 30s --threshold 'p99<50ms'\n");
  EXPECT_EQ(fitted_help("A sentence that is long and goes on,\nthrough lines. And another.\n", 30),
            "A sentence that is long and\ngoes on, through lines. And\nanother.\n");
  EXPECT_EQ(fitted_help("  --rate RATE                     Open loop: send at RATE, whatever comes\n", 30),
            "  --rate RATE\n      Open loop: send at RATE,\n      whatever comes\n");
}

// The headings of a command's help, and how many flags stand below each.
struct HelpHeadings {
  std::vector<std::string> names;
  std::map<std::string, int> flags;
};

HelpHeadings headings_of(const std::string& help) {
  HelpHeadings headings;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with(':') && !line.starts_with(' ')) headings.names.push_back(line);
    if (line.starts_with("  -")) ++headings.flags[headings.names.back()];
  }
  return headings;
}

// Those of everyday use first, the others by the question that they answer.
TEST(CliHelp, OfALoadTestHasItsFlagsInGroups) {
  CliSandbox sandbox;
  const std::string help = sandbox.run({"loadtest", "--help"}).out;
  const HelpHeadings headings = headings_of(help);
  EXPECT_THAT(headings.names,
              testing::ElementsAre(
                  "Commands:", "Arguments:", "Flags:", "What is tested:", "How much is sent, and how fast:",
                  "What the orders are:", "When it passes:", "What is written of it:", "How requests are sent:",
                  "What goes wrong meanwhile:", "Kafka, for journeys with messages:", "Examples:"));
  EXPECT_LE(headings.flags.at("Flags:"), 12);
  for (const auto& [heading, size] : headings.flags) EXPECT_LE(size, 13) << heading;
  for (const char* everyday : {"--orders", "--rate", "--profile", "--threshold", "--report", "--dry-run"})
    EXPECT_LT(help.find(std::string("  ") + everyday), help.find("What is tested:")) << everyday;
}

TEST(CliHelp, OfServeHasItsFlagsInGroups) {
  CliSandbox sandbox;
  const std::string help = sandbox.run({"serve", "--help"}).out;
  const HelpHeadings headings = headings_of(help);
  EXPECT_THAT(headings.names, testing::ElementsAre(
                                  "Flags:", "How payments are made:", "What counts as a duplicate, and the stock:",
                                  "Whom users' sagas call, and how:", "Who may call the node, and what it serves them:",
                                  "How several nodes share the work:", "How Redis and Kafka are reached:",
                                  "What it logs and traces:", "Examples:"));
  for (const auto& [heading, size] : headings.flags) EXPECT_LE(size, 13) << heading;
  for (const char* everyday : {"--port", "--host", "--nodes", "--redis", "--kafka", "--payment-success"})
    EXPECT_LT(help.find(std::string("  ") + everyday), help.find("How payments are made:")) << everyday;
}

TEST(CliVersion, IsAFlagAsWell) {
  CliSandbox sandbox;
  const std::string version = sandbox.run({"version"}).out;
  EXPECT_EQ(sandbox.run({"--version"}).out, version);
  EXPECT_EQ(sandbox.run({"-V"}).out, version);
  EXPECT_EQ(sandbox.run({"saga", "list", "--version"}).out, version);
}

TEST(CliManual, NamesEveryCommandAndFlag) {
  CliSandbox sandbox;
  const std::string page = sandbox.run({"man"}).out;
  EXPECT_THAT(page, testing::StartsWith(".TH SAGACTL 1"));
  for (const char* part : {".SS \"sagactl order create\"", "\\fB\\-\\-idempotency\\-key\\fR",
                           "\\fB\\-V, \\-\\-version\\fR", ".SH \"EXIT STATUS\""})
    EXPECT_THAT(page, HasSubstr(part));
}

}  // namespace
}  // namespace sagactl
