// Write errors of the output, the width of tables, and dumb terminals.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <sstream>

#include "cli/command_line.hpp"
#include "cli/loadtest/progress.hpp"
#include "cli/output/file_output.hpp"
#include "cli/results/report_files.hpp"
#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

// A complete command with its output on a descriptor.
CommandResult run_to(int file, const std::vector<std::string>& arguments) {
  FileOutput output(file);
  std::ostream out(&output);
  std::ostringstream err;
  std::istringstream in;
  Terminal terminal{out, err, in};
  terminal.finish_out = [&output] { return output.finish(); };
  Environment environment;
  Interrupt interrupt;
  CommandResult outcome;
  outcome.code = run_command_line(arguments, terminal, environment, interrupt);
  outcome.err = err.str();
  return outcome;
}

TEST(CliOutput, AWriteErrorIsAnError) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  for (const std::vector<std::string>& command : {std::vector<std::string>{"version"},
                                                  {"version", "-o", "json"},
                                                  {"--version"},
                                                  {"--help"},
                                                  {},
                                                  {"man"},
                                                  {"completion", "zsh"},
                                                  {"help", "serve"},
                                                  {"serve", "--help"}}) {
    const CommandResult outcome = run_to(full, command);
    EXPECT_EQ(outcome.code, 6);
    EXPECT_THAT(outcome.err, HasSubstr("cannot write the output: No space left on device"));
  }
  ::close(full);
}

TEST(CliOutput, AnErrorOfTheCommandKeepsItsExitCode) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  EXPECT_EQ(run_to(full, {"saga", "list", "-o", "json", "--url", "http://127.0.0.1:9"}).code, 5);
  EXPECT_EQ(run_to(full, {"saga", "list", "-o", "json", "--url", "no url"}).code, 4);
  ::close(full);
}

TEST(CliOutput, AReportFileThatCannotBeWrittenHasTheSameCode) {
  std::ostringstream out, err;
  std::istringstream in;
  Terminal terminal{out, err, in};
  Environment environment;
  Interrupt interrupt;
  const Invocation invocation{terminal, environment, interrupt, GlobalSettings{}, Paint(false)};
  ReportFiles files;
  files.html = "/dev/full";
  const auto code_of = [&](ExitCode verdict) {
    return exit_code_after_reports(invocation, write_reports(invocation, files, Json::object()), verdict);
  };
  EXPECT_EQ(code_of(ExitCode::done), ExitCode::output_failed);
  EXPECT_THAT(err.str(), HasSubstr("cannot write /dev/full: No space left on device"));
  EXPECT_EQ(code_of(ExitCode::refused), ExitCode::refused);
  EXPECT_EQ(code_of(ExitCode::unknown), ExitCode::unknown);
}

TEST(CliOutput, AClosedPipeEndsTheCommandQuietly) {
  int pipes[2];
  ASSERT_EQ(::pipe2(pipes, O_CLOEXEC), 0);
  ::close(pipes[0]);
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  const CommandResult outcome = run_to(pipes[1], {"version"});
  ::signal(SIGPIPE, before);
  ::close(pipes[1]);
  EXPECT_EQ(outcome.code, 141);
  EXPECT_EQ(outcome.err, "");
}

TEST(CliOutput, IsCompleteOnANonBlockingDescriptor) {
  int pipes[2];
  ASSERT_EQ(::pipe2(pipes, O_CLOEXEC | O_NONBLOCK), 0);
  std::string read;
  std::thread reader([&] {
    char piece[1000];
    for (;;) {
      const ssize_t length = ::read(pipes[0], piece, sizeof piece);
      if (length > 0) read.append(piece, static_cast<std::size_t>(length));
      if (length == 0) return;
    }
  });
  const std::string text(300'000, 'x');  // more than a pipe holds
  {
    FileOutput output(pipes[1]);
    std::ostream(&output) << text << std::flush;
    EXPECT_EQ(output.finish(), 0);
  }
  ::close(pipes[1]);
  reader.join();
  ::close(pipes[0]);
  EXPECT_EQ(read, text);
}

Terminal terminal_over(std::ostringstream& out, std::istringstream& in) {
  Terminal terminal{out, out, in};
  terminal.err_is_tty = true;
  return terminal;
}

LoadProgress some_progress() {
  LoadProgress progress;
  progress.phase = std::string(100, 'p');
  return progress;
}

TEST(CliOutput, TheLiveViewFollowsTheSizeOfItsTerminal) {
  std::ostringstream out;
  std::istringstream in;
  Terminal terminal = terminal_over(out, in);
  int columns = 60;
  terminal.measure_err = [&columns] { return columns; };
  terminal.measure_out = [] { return 200; };
  Environment environment;
  Interrupt interrupt;
  const Invocation invocation{terminal, environment, interrupt, {}, Paint(false)};
  ProgressDisplay line(invocation);
  line.show(some_progress(), {});
  EXPECT_THAT(out.str(), HasSubstr(std::string(58, 'p') + "…"));
  columns = 40;
  out.str("");
  line.show(some_progress(), {});
  EXPECT_THAT(out.str(), HasSubstr(std::string(38, 'p') + "…"));
  EXPECT_THAT(out.str(), Not(HasSubstr(std::string(39, 'p'))));
}

TEST(CliOutput, NothingIsRedrawnOnADumbTerminal) {
  std::ostringstream out;
  std::istringstream in;
  Terminal terminal = terminal_over(out, in);
  terminal.can_redraw = false;
  Environment environment;
  Interrupt interrupt;
  const Invocation invocation{terminal, environment, interrupt, {}, Paint(false)};
  ProgressDisplay line(invocation);
  line.show(some_progress(), {});
  line.show("drain", "3 left");
  line.end();
  EXPECT_THAT(out.str(), Not(HasSubstr("\x1b")));
  EXPECT_THAT(out.str(), Not(HasSubstr("\r")));
  EXPECT_THAT(out.str(), HasSubstr("drain: 3 left\n"));
}

TEST(CliOutput, TablesKeepToTheTerminalAndAreNotCutWithoutOne) {
  std::ostringstream out;
  std::istringstream in;
  Terminal terminal{out, out, in};
  terminal.measure_out = [] { return 72; };
  EXPECT_EQ(terminal.table_width(), 0);
  EXPECT_EQ(terminal.text_width(), 0);
  terminal.out_is_tty = true;
  EXPECT_EQ(terminal.table_width(), 72);
  terminal.measure_out = [] { return 0; };  // a terminal of unknown size
  EXPECT_EQ(terminal.table_width(), 80);
  terminal.err_is_tty = true;
  EXPECT_EQ(terminal.text_width(), 80);
  terminal.wide = true;
  EXPECT_EQ(terminal.text_width(), 0);
  EXPECT_EQ(terminal.table_width(), 0);
}

TEST(CliOutput, TimesAreUtcInEveryTimeZone) {
  const char* before = std::getenv("TZ");
  const std::string zone = before == nullptr ? "" : before;
  ::setenv("TZ", "Asia/Seoul", 1);
  ::tzset();
  CliSandbox sandbox;
  ASSERT_EQ(sandbox.run({"migrate", "--database", "shop.db"}).code, 0);
  const CommandResult printed = sandbox.run({"migrate", "--status", "--database", "shop.db", "-o", "json"});
  if (before == nullptr) {
    ::unsetenv("TZ");
  } else {
    ::setenv("TZ", zone.c_str(), 1);
  }
  ::tzset();
  const std::string at = Json::parse(printed.out)["migrations"][0]["appliedAt"];
  EXPECT_TRUE(at.ends_with("Z"));
  const auto applied = parse_iso8601(at);
  ASSERT_TRUE(applied) << at;
  EXPECT_LT(std::chrono::abs(wall_clock_now() - *applied), std::chrono::hours(1)) << at;
}

}  // namespace
}  // namespace sagactl
