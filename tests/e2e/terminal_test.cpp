// The real program on a terminal, in a shell, and with signals.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "tests/e2e/process.hpp"
#include "tests/services/needs.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

ProcessResult shell(const TestDirectory& site, const std::string& script) {
  std::vector<std::string> variables = site.variables;
  variables.insert(variables.end(), {"PATH=/usr/bin:/bin", "S=" SAGACTL_BINARY});
  return Process({"-c", script}, site.directory(), variables, "/bin/bash").wait();
}

TEST(Shell, ARemovedWorkingDirectoryStopsOnlyCommandsThatNeedIt) {
  const TestDirectory site;
  for (const char* command : {"--help", "version", "context list", "man"})
    EXPECT_EQ(shell(site, std::string("mkdir gone; cd gone; rmdir ../gone; $S ") + command).code, 0) << command;
  const ProcessResult served = shell(site, "mkdir gone; cd gone; rmdir ../gone; $S serve --port 0");
  EXPECT_EQ(served.code, 4);
  EXPECT_THAT(served.err, HasSubstr("the working directory has been removed"));
}

// Every command that prints something, with a node that has an order.
TEST(Shell, AWriteErrorIsAnErrorOfEveryCommand) {
  const TestDirectory site;
  const ServeProcess node(site, {"--payment-delay", "1ms", "--payment-success", "1"});
  const ProcessResult order = node.run({"order", "create", "--item", "A", "--wait", "90s", "-o", "json"});
  ASSERT_EQ(order.code, 0) << order.err;
  const std::string id = order.json()["id"], url = " --url " + node.urls();
  const std::string commands[] = {"saga list -o json",
                                  "saga list",
                                  "saga get " + id,
                                  "saga definitions",
                                  "order list",
                                  "order list -o ndjson",
                                  "order get " + id,
                                  "trace " + id,
                                  "trace --follow " + id,
                                  "audit -o json",
                                  "lock-status -o json",
                                  "top --once",
                                  "verify",
                                  "verify -o json",
                                  "analyze",
                                  "doctor",
                                  "migrate --status",
                                  "version",
                                  "completion fish",
                                  "man",
                                  "context list -o json",
                                  "help",
                                  "--help",
                                  "order create --item item-$$",
                                  "loadtest individual --orders 2 --drain 5s -o json -q"};
  for (const std::string& command : commands) {
    const ProcessResult complete = shell(site, "$S " + command + url);
    const ProcessResult full = shell(site, "$S " + command + url + " > /dev/full");
    EXPECT_THAT(full.err, HasSubstr("No space left on device")) << command;
    EXPECT_NE(full.code, 0) << command;
    if (complete.code != 0) {
      EXPECT_EQ(full.code, complete.code) << command;
    }
  }
}

TEST(Shell, AClosedPipeIsNotReported) {
  const TestDirectory site;
  const ProcessResult ended = shell(site, "$S man | head -n 1; exit ${PIPESTATUS[0]}");
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, testing::StartsWith(".TH SAGACTL 1"));
  EXPECT_TRUE(ended.code == 0 || ended.code == 141) << ended.code;  // a short page may fit into the pipe
}

TEST(Shell, WithoutStandardOutputNothingIsWrittenToAnotherDescriptor) {
  const TestDirectory site;
  const ServeProcess node(site, {});
  const ProcessResult ended = shell(site, "$S saga list -o json --url " + node.urls() + " >&-");
  EXPECT_EQ(ended.code, 6) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("Bad file descriptor"));
}

TEST(Signals, OfLogRotationAreIgnored) {
  const TestDirectory site;
  ServeProcess node(site, {});
  for (const int signal : {SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGHUP}) {
    node.process().send(signal);
    EXPECT_EQ(node.run({"saga", "list"}).code, 0) << signal;
  }
  node.process().send(SIGTERM);
  EXPECT_EQ(node.process().wait().code, 0);
}

// A terminal with one process in the foreground, whose parent is the session leader, as a shell is.
class AtTerminal {
 public:
  explicit AtTerminal(std::vector<std::string> arguments, std::vector<std::string> variables = {}) {
    winsize size{24, 60, 0, 0};
    if (::openpty(&master_, &terminal_, nullptr, nullptr, &size) != 0 || ::pipe(reports_.data()) != 0)
      ADD_FAILURE() << "no terminal";
    arguments.insert(arguments.begin(), SAGACTL_BINARY);
    variables.insert(variables.end(), {"HOME=" + site_.directory().string(), "PATH=/usr/bin:/bin"});
    leader_ = ::fork();
    if (leader_ == 0) lead(arguments, variables);
    ::close(reports_[1]);
    reports_[1] = -1;
    if (::read(reports_[0], &process_, sizeof process_) != sizeof process_) ADD_FAILURE() << "no process";
  }
  ~AtTerminal() {
    ::kill(process_, SIGKILL);
    ::kill(leader_, SIGKILL);
    ::waitpid(leader_, nullptr, 0);
    for (const int file : {master_, terminal_, reports_[0]}) ::close(file);
  }

  // Reads the output, from where the last call ended, until it contains the text.
  void expect_output(const std::string& text) {
    std::string shown;
    char letter = 0;
    pollfd output{master_, POLLIN, 0};
    while (shown.find(text) == shown.npos && ::poll(&output, 1, output_timeout_ms) == 1 &&
           ::read(master_, &letter, 1) == 1)
      shown += letter;
    if (shown.find(text) == shown.npos) ADD_FAILURE() << "not shown: " << text << ", but: " << shown;
    shown_ += shown;
  }
  void type(const std::string& text) { EXPECT_EQ(::write(master_, text.data(), text.size()), ssize_t(text.size())); }
  void send(int signal) const { ::kill(process_, signal); }
  void resize(unsigned short columns, unsigned short lines) const {
    const winsize size{lines, columns, 0, 0};
    ::ioctl(master_, TIOCSWINSZ, &size);
  }
  void close_terminal() {
    ::close(terminal_);
    ::close(master_);
    master_ = terminal_ = -1;
  }
  bool echoes() const {
    termios settings{};
    EXPECT_EQ(::tcgetattr(terminal_, &settings), 0);
    return (settings.c_lflag & ECHO) != 0;
  }
  // Waits until the process stops or ends.
  int status() const {
    int status = -1;
    EXPECT_EQ(::read(reports_[0], &status, sizeof status), ssize_t(sizeof status));
    return status;
  }
  const std::string& shown() const { return shown_; }

 private:
  static constexpr int output_timeout_ms = 60'000;

  [[noreturn]] void lead(const std::vector<std::string>& arguments, const std::vector<std::string>& variables) {
    ::setsid();
    ::ioctl(terminal_, TIOCSCTTY, 0);
    ::signal(SIGHUP, SIG_IGN);
    ::signal(SIGTTOU, SIG_IGN);
    const pid_t child = ::fork();
    if (child == 0) {
      ::setpgid(0, 0);
      ::tcsetpgrp(terminal_, ::getpid());
      ::signal(SIGHUP, SIG_DFL);
      ::signal(SIGTTOU, SIG_DFL);
      for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(terminal_, file);
      for (const int file : {master_, terminal_, reports_[0], reports_[1]}) ::close(file);
      std::vector<char*> argv, environment;
      for (const std::string& text : arguments) argv.push_back(const_cast<char*>(text.c_str()));
      for (const std::string& text : variables) environment.push_back(const_cast<char*>(text.c_str()));
      argv.push_back(nullptr);
      environment.push_back(nullptr);
      ::execve(argv[0], argv.data(), environment.data());
      ::_exit(127);
    }
    ::close(master_);
    (void)!::write(reports_[1], &child, sizeof child);
    for (int status = 0; ::waitpid(child, &status, WUNTRACED) == child;) {
      (void)!::write(reports_[1], &status, sizeof status);
      if (WIFEXITED(status) || WIFSIGNALED(status)) break;
    }
    ::_exit(0);
  }

  TestDirectory site_;
  int master_ = -1, terminal_ = -1;
  std::array<int, 2> reports_{-1, -1};
  pid_t leader_ = -1, process_ = -1;
  std::string shown_;
};

const std::vector<std::string> login = {"login", "--url", "http://127.0.0.1:9", "--email", "ann@shop.example"};

class PasswordPrompt : public testing::TestWithParam<int> {};

TEST_P(PasswordPrompt, RestoresTheEchoHoweverItEnds) {
  AtTerminal terminal(login);
  terminal.expect_output("Password: ");
  while (terminal.echoes()) std::this_thread::yield();
  terminal.send(GetParam());
  const int status = terminal.status();
  EXPECT_TRUE(WIFEXITED(status) || WIFSIGNALED(status));
  EXPECT_TRUE(terminal.echoes());
}

INSTANTIATE_TEST_SUITE_P(Signals, PasswordPrompt, testing::Values(SIGINT, SIGTERM, SIGHUP, SIGQUIT),
                         [](const auto& test) { return sigabbrev_np(test.param); });

TEST(PasswordPrompt, EndsAtCtrlC) {
  AtTerminal terminal(login);
  terminal.expect_output("Password: ");
  while (terminal.echoes()) std::this_thread::yield();
  terminal.type("\x03");
  EXPECT_EQ(WEXITSTATUS(terminal.status()), 130);
  EXPECT_TRUE(terminal.echoes());
}

TEST(PasswordPrompt, RestoresTheEchoWhileStoppedAndPromptsAgain) {
  AtTerminal terminal(login);
  terminal.expect_output("Password: ");
  while (terminal.echoes()) std::this_thread::yield();
  terminal.type("\x1a");  // Ctrl-Z
  EXPECT_TRUE(WIFSTOPPED(terminal.status()));
  EXPECT_TRUE(terminal.echoes());
  terminal.send(SIGCONT);
  terminal.expect_output("Password: ");
  EXPECT_FALSE(terminal.echoes());
  terminal.type("a-long-word\r");
  EXPECT_EQ(WEXITSTATUS(terminal.status()), 5);  // connection failed
  EXPECT_TRUE(terminal.echoes());
  EXPECT_EQ(terminal.shown().find("a-long-word"), std::string::npos);
}

TEST(Top, FitsTheTerminalAndEndsAtQ) {
  const TestDirectory site;
  const ServeProcess node(site, {"--nodes", "8"});
  AtTerminal terminal(
      {"top", "--url", node.urls(), "--data", (site.directory() / "sagactl-data").string(), "--interval", "100ms"},
      {"TERM=xterm"});
  terminal.resize(40, 8);
  terminal.expect_output("\x1b[?1049h");  // the alternate screen
  terminal.expect_output("\x1b[H\x1b[J");
  terminal.expect_output("…\x1b[H");  // the last line of a view that was cut
  const std::string view = terminal.shown().substr(terminal.shown().rfind("\x1b[J", terminal.shown().size() - 8));
  EXPECT_EQ(std::count(view.begin(), view.end(), '\n'), 7) << view;
  terminal.type("q");
  EXPECT_EQ(WEXITSTATUS(terminal.status()), 0);
  EXPECT_TRUE(terminal.echoes());
}

TEST(Top, LeavesTheAlternateScreenWhileStopped) {
  const TestDirectory site;
  const ServeProcess node(site, {});
  AtTerminal terminal(
      {"top", "--url", node.urls(), "--data", (site.directory() / "sagactl-data").string(), "--interval", "50ms"},
      {"TERM=xterm"});
  terminal.expect_output("\x1b[H\x1b[J");
  terminal.send(SIGTSTP);
  EXPECT_TRUE(WIFSTOPPED(terminal.status()));
  EXPECT_TRUE(terminal.echoes());
  terminal.expect_output("\x1b[?1049l");
  terminal.send(SIGCONT);
  terminal.expect_output("\x1b[?1049h");
  terminal.send(SIGTERM);
  EXPECT_EQ(WEXITSTATUS(terminal.status()), 0);
}

TEST(Top, RedrawsNothingOnADumbTerminal) {
  const TestDirectory site;
  const ServeProcess node(site, {});
  AtTerminal terminal(
      {"top", "--url", node.urls(), "--data", (site.directory() / "sagactl-data").string(), "--interval", "50ms"},
      {"TERM=dumb"});
  terminal.expect_output("nodes=1/1");
  terminal.send(SIGTERM);
  EXPECT_EQ(WEXITSTATUS(terminal.status()), 0);
  EXPECT_EQ(terminal.shown().find('\x1b'), std::string::npos);
}

// A node with few descriptors answers every client, and recovers when connections are closed.
TEST(Descriptors, ThatRunOutAreAnswered503) {
  const TestDirectory site;
  const ServeProcess node(site, "/bin/bash",
                          {"-c", "ulimit -Hn 96; exec " SAGACTL_BINARY " serve --port 0 -o ndjson --data d"}, 1);
  const auto port = static_cast<std::uint16_t>(std::stoi(node.urls().substr(node.urls().rfind(':') + 1)));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::vector<int> clients;
  int served = 0, refused = 0;
  const std::string request = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (int i = 0; i < 200; ++i) {
    clients.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval receive_timeout{10, 0};
    ::setsockopt(clients.back(), SOL_SOCKET, SO_RCVTIMEO, &receive_timeout, sizeof receive_timeout);
    ASSERT_EQ(::connect(clients.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::send(clients.back(), request.data(), request.size(), MSG_NOSIGNAL);
    char answer[13] = {};
    ASSERT_EQ(::recv(clients.back(), answer, 12, MSG_WAITALL), 12) << "connection " << i << " was not answered";
    served += std::string(answer) == "HTTP/1.1 200";
    refused += std::string(answer) == "HTTP/1.1 503";
  }
  EXPECT_GT(served, 10);
  EXPECT_EQ(served + refused, 200);
  for (const int client : clients) ::close(client);
  EXPECT_EQ(node.run({"saga", "list", "--data", (site.directory() / "d").string()}).code, 0);
}

TEST(Descriptors, AreRaisedToTheHardLimit) {
  const TestDirectory site;
  ServeProcess node(site, "/bin/bash", {"-c", "ulimit -Sn 64; exec " SAGACTL_BINARY " serve --port 0 -o ndjson"}, 1);
  EXPECT_EQ(node.run({"saga", "list"}).code, 0);
  const std::string limits = "/proc/" + std::to_string(node.process().pid()) + "/limits";
  const ProcessResult soft = shell(site, "grep 'open files' " + limits + " | awk '{print $4 == $5}'");
  EXPECT_EQ(soft.out, "1\n");
}

TEST(Systemd, AcceptsTheUnitThatIsInstalled) {
  SAGACTL_NEEDS_PROGRAM(::access("/usr/bin/systemd-analyze", X_OK) == 0, "systemd-analyze");
  const TestDirectory site;
  const ProcessResult verified =
      shell(site, "sed \"s|PROGRAM|$S|\" '" SAGACTL_SOURCE_DIR
                  "/packaging/systemd/sagactl@.service.in' > sagactl@.service; grep -qF \"ExecStart=$S \" "
                  "sagactl@.service || exit 9; "
                  "SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no ./sagactl@node-1.service 2>&1 | "
                  "grep sagactl@; exit ${PIPESTATUS[0]}");
  EXPECT_EQ(verified.code, 0) << verified.out;
  EXPECT_EQ(verified.out, "");
}

TEST(ClosedTerminal, StopsANodeCleanly) {
  AtTerminal terminal({"serve", "--port", "0"});
  terminal.expect_output("Ctrl-C to stop");
  terminal.close_terminal();
  terminal.send(SIGHUP);  // as a shell does to its jobs
  const int status = terminal.status();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace sagactl
