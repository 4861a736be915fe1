// Faults of real processes, which the tests start themselves.
#include "loadgen/faults/fault_driver.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "common/id.hpp"
#include "loadgen/faults/fault_grammar.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The letter of its state in /proc/PID/stat; '-' when it is gone.
char state_of(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  if (!std::getline(file, text)) return '-';
  return text[text.rfind(')') + 2];
}

// A process that does nothing, or a shell with children of its own; killed at the end.
class Victim {
 public:
  explicit Victim(const char* script = nullptr) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) crash("no pipe for a victim");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setpgid(0, 0);
      ::dup2(ends[1], 1);
      ::close(ends[0]);
      if (script == nullptr) script = "echo ready; exec sleep 1000";
      ::execl("/bin/sh", "sh", "-c", script, nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    char c = 0;
    while (::read(ends[0], &c, 1) == 1 && c != '\n') line_ += c;  // it has started
    out_ = ends[0];
  }
  ~Victim() {
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(out_);
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  pid_t pid() const { return pid_; }
  const std::string& line() const { return line_; }  // the first that it printed
  // Blocks until it has ended or, as the flags of waitpid() say, stopped or been continued. A stop is only seen while
  // it lasts.
  int next_change(int flags) const {
    int status = 0;
    ::waitpid(pid_, &status, flags);
    return status;
  }

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::string line_;
};

std::unique_ptr<FaultDriver> driver_of(const std::vector<std::string>& texts) {
  std::vector<Fault> faults;
  for (const std::string& text : texts) {
    auto fault = parse_fault(text);
    if (!fault) ADD_FAILURE() << fault.error().message;
    faults.push_back(*fault);
  }
  auto driver = FaultDriver::prepare(faults);
  if (!driver) ADD_FAILURE() << driver.error().message;
  return driver ? std::move(*driver) : nullptr;
}

std::string refusal_of(const std::string& text) {
  auto driver = FaultDriver::prepare({*parse_fault(text)});
  return driver ? "" : driver.error().message;
}

class FaultFiles : public testing::Test {
 protected:
  FaultFiles() : folder_(std::filesystem::temp_directory_path() / ("sagactl-faults-" + new_uuid().text())) {
    std::filesystem::create_directories(folder_);
  }
  ~FaultFiles() override { std::filesystem::remove_all(folder_); }
  std::string file(const char* name) const { return (folder_ / name).string(); }
  const std::filesystem::path folder_;
};
class FaultCommand : public FaultFiles {};
class FaultProcess : public FaultFiles {};

TEST(FaultPause, StopsAProcessWithAllThatItStartedAndContinuesThemInTime) {
  const Victim victim("sleep 1000 & echo $!; wait");
  const pid_t child = std::stoi(victim.line());
  auto driver = driver_of({fmt::format("pause pid {} at 0s for 1s", victim.pid())});
  driver->begin(steady_ns());
  EXPECT_TRUE(WIFCONTINUED(victim.next_change(WCONTINUED)));
  const auto marks = driver->end();
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_TRUE(marks[0].done) << marks[0].outcome;
  EXPECT_EQ(marks[0].outcome, fmt::format("paused process {} and 1 that it started; continued", victim.pid()));
  EXPECT_EQ(marks[0].target, fmt::format("process {}", victim.pid()));
  EXPECT_GE(marks[0].ended - marks[0].began, 990ms);
  EXPECT_NE(state_of(child), 'T');
}

TEST(FaultPause, EndsWithTheLoad) {
  const Victim victim;
  auto driver = driver_of({fmt::format("pause pid {} at 0s for 1h", victim.pid())});
  driver->begin(steady_ns());
  EXPECT_TRUE(WIFSTOPPED(victim.next_change(WUNTRACED)));
  const auto marks = driver->end();
  EXPECT_TRUE(marks[0].done);
  EXPECT_THAT(marks[0].outcome, HasSubstr("cut short by the end of the load; continued"));
  EXPECT_NE(state_of(victim.pid()), 'T');
}

TEST(FaultPause, IsUndoneByItsWatcherWhenThisProgramIsKilled) {
  const Victim victim;
  const pid_t program = ::fork();
  if (program == 0) {
    auto watcher = FaultWatcher::start({{}});
    if (!watcher) ::_exit(1);
    (*watcher)->arm(0, {*find_process(victim.pid())});
    ::kill(victim.pid(), SIGSTOP);
    for (;;) ::pause();
  }
  EXPECT_TRUE(WIFSTOPPED(victim.next_change(WUNTRACED)));
  ::kill(program, SIGKILL);
  ::waitpid(program, nullptr, 0);
  EXPECT_TRUE(WIFCONTINUED(victim.next_change(WCONTINUED)));
}

TEST_F(FaultCommand, IsUndoneByItsWatcherWhenThisProgramIsKilled) {
  const pid_t program = ::fork();
  if (program == 0) {
    auto watcher = FaultWatcher::start({{"/bin/sh", "-c", fmt::format("echo undone > {}", file("undone"))}});
    if (!watcher) ::_exit(1);
    (*watcher)->arm(0, {});
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(program, nullptr, 0);
  const std::string wait = fmt::format("while [ ! -s {} ]; do sleep 0.01; done", file("undone"));
  EXPECT_EQ(::system(wait.c_str()), 0);
}

TEST(FaultWatcher, LeavesWhatIsNotArmedAlone) {
  const Victim victim;
  {
    auto watcher = FaultWatcher::start({{}});
    ASSERT_TRUE(watcher);
    ::kill(victim.pid(), SIGSTOP);
    victim.next_change(WUNTRACED);
    (*watcher)->arm(0, {*find_process(victim.pid())});
    (*watcher)->disarm(0);
  }
  EXPECT_EQ(state_of(victim.pid()), 'T');
}

TEST(FaultKill, EndsTheProcessAndAllThatItStarted) {
  const Victim victim("sleep 1000 & echo $!; wait");
  const pid_t child = std::stoi(victim.line());
  auto driver = driver_of({fmt::format("kill pid {} at 0s", victim.pid())});
  driver->begin(steady_ns());
  const int status = victim.next_change(0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  const auto marks = driver->end();
  EXPECT_TRUE(marks[0].done) << marks[0].outcome;
  EXPECT_EQ(marks[0].began, marks[0].ended) << "it is over at once";
  EXPECT_FALSE(find_process(child));
}

TEST_F(FaultProcess, IsStartedAgainAsItWasStarted) {
  const std::string starts = file("starts");
  {
    std::ofstream script(file("server.sh"));
    script << "echo \"$MARK $1 $PWD\" >> " << starts << "\nsleep 1000\n";
  }
  const std::string line = fmt::format("cd {}; export MARK=given; sh {} argument", folder_.string(), file("server.sh"));
  // The shell waits, so that the server is a process of its own.
  const Victim victim((line + " & echo $!; wait").c_str());
  const pid_t first = std::stoi(victim.line());
  const std::string wait =
      fmt::format("while [ $(wc -l < {} 2>/dev/null || echo 0) -lt $0 ]; do sleep 0.01; done", starts);
  ASSERT_EQ(::system(("sh -c '" + wait + "' 1").c_str()), 0);
  auto driver = driver_of({fmt::format("restart pid {} at 0s for 50ms", first)});
  driver->begin(steady_ns());
  ASSERT_EQ(::system(("sh -c '" + wait + "' 2").c_str()), 0);
  const auto marks = driver->end();
  ASSERT_TRUE(marks[0].done) << marks[0].outcome;
  EXPECT_THAT(marks[0].outcome, HasSubstr("started again as process "));
  const pid_t second = std::stoi(marks[0].outcome.substr(marks[0].outcome.rfind(' ') + 1));
  std::ifstream lines(starts);
  std::string one, two;
  std::getline(lines, one);
  std::getline(lines, two);
  EXPECT_EQ(one, "given argument " + folder_.string());
  EXPECT_EQ(two, one);
  EXPECT_FALSE(find_process(first));
  ::kill(-second, SIGKILL);
  ::waitpid(second, nullptr, 0);
}

TEST_F(FaultCommand, RunsAndIsUndoneAtTheEndOfTheLoad) {
  auto driver = driver_of({fmt::format("run \"echo done > {}\" at 0s undo \"rm {}\"", file("a"), file("a"))});
  driver->begin(steady_ns());
  const std::string wait = fmt::format("while [ ! -s {} ]; do sleep 0.01; done", file("a"));
  ASSERT_EQ(::system(wait.c_str()), 0);
  const auto marks = driver->end();
  EXPECT_TRUE(marks[0].done);
  EXPECT_EQ(marks[0].outcome, "the command ended with code 0; its undo ended with code 0");
  EXPECT_FALSE(std::filesystem::exists(file("a")));
}

TEST_F(FaultCommand, ThatFailsSaysHowWithoutSecrets) {
  auto driver = driver_of({fmt::format("run \"echo no http://ann:secret@pg; echo > {}; exit 3\" at 0s", file("ran"))});
  driver->begin(steady_ns());
  // What was begun is waited for.
  const std::string wait = fmt::format("while [ ! -s {} ]; do sleep 0.01; done", file("ran"));
  ASSERT_EQ(::system(wait.c_str()), 0);
  const auto marks = driver->end();
  EXPECT_FALSE(marks[0].done);
  EXPECT_EQ(marks[0].outcome, "the command: it ended with code 3: no http://ann:***@pg");
  EXPECT_THAT(marks[0].fault, testing::Not(HasSubstr("secret")));
}

TEST(FaultDriver, WhatWasNotDueWhenTheLoadEndedIsNotDone) {
  const Victim victim;
  auto driver = driver_of({fmt::format("kill pid {} at 1h", victim.pid())});
  driver->begin(steady_ns());
  const auto marks = driver->end();
  EXPECT_FALSE(marks[0].done);
  EXPECT_FALSE(marks[0].has_begun());
  EXPECT_EQ(marks[0].outcome, "not done: the load ended before");
  EXPECT_TRUE(find_process(victim.pid()));
}

TEST(FaultDriver, RefusesATargetThatIsNotThereBeforeAnythingIsSent) {
  EXPECT_THAT(refusal_of("kill pid 4194304 at 1s"), HasSubstr("there is no process 4194304; nothing was sent"));
  EXPECT_THAT(refusal_of("kill pidfile /no/such/file at 1s"),
              HasSubstr("the pid file /no/such/file cannot be read: No such file or directory"));
  EXPECT_THAT(refusal_of("kill command no-such-program-anywhere at 1s"),
              HasSubstr("there is no process with 'no-such-program-anywhere' in its command line"));
  EXPECT_THAT(refusal_of("kill port 1 at 1s"),
              HasSubstr("there is no process of this machine's that listens at port 1"));
  EXPECT_THAT(refusal_of(fmt::format("kill pid {} at 1s", ::getpid())),
              HasSubstr("is sagactl itself, or has started it: a fault must not reach it"));
  EXPECT_THAT(refusal_of(fmt::format("kill pid {} at 1s", ::getppid())), HasSubstr("a fault must not reach it"));
}

TEST(FaultDriver, SeveralProcessesOfOneCommandLineAreAskedFor) {
  const Victim one("echo ready; exec sleep 987654"), other("echo ready; exec sleep 987654");
  const std::string said = refusal_of("kill command \"sleep 987654\" at 1s");
  EXPECT_THAT(said, HasSubstr("several processes are with 'sleep 987654' in its command line"));
  EXPECT_THAT(said, HasSubstr(fmt::format("{} (", one.pid())));
}

}  // namespace
}  // namespace sagactl
