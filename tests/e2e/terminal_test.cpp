// The real program at a terminal, in a shell, and under the signals that come to it.
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

namespace sagactl {
namespace {

using testing::HasSubstr;

Ended shell(const Site& site, const std::string& script) {
  std::vector<std::string> variables = site.variables;
  variables.insert(variables.end(), {"PATH=/usr/bin:/bin", "S=" SAGACTL_BINARY});
  return Process({"-c", script}, site.directory(), variables, "/bin/bash").wait();
}

TEST(Shell, ADirectoryThatWasRemovedIsNoEnd) {
  const Site site;
  for (const char* command : {"--help", "version", "context list", "man"})
    EXPECT_EQ(shell(site, std::string("mkdir gone; cd gone; rmdir ../gone; $S ") + command).code, 0) << command;
  const Ended served = shell(site, "mkdir gone; cd gone; rmdir ../gone; $S serve --port 0");
  EXPECT_EQ(served.code, 4);
  EXPECT_THAT(served.err, HasSubstr("the working directory has been removed"));
}

// Every command that prints something, over a node that has an order.
TEST(Shell, WhatCannotBePrintedIsAnErrorOfEveryCommand) {
  const Site site;
  const Served node(site, {"--payment-delay", "1ms", "--payment-success", "1"});
  const Ended order = node.run({"order", "create", "--item", "A", "--wait", "20s", "-o", "json"});
  ASSERT_EQ(order.code, 0) << order.err;
  const std::string id = order.json()["id"], url = " --url " + node.urls();
  const std::string commands[] = {"saga list -o json", "saga list", "saga get " + id, "saga definitions",
                                  "order list", "order list -o ndjson", "order get " + id, "trace " + id,
                                  "trace --follow " + id, "audit -o json", "lock-status -o json", "top --once",
                                  "verify", "verify -o json", "analyze", "doctor", "migrate --status", "version",
                                  "completion fish", "man", "context list -o json", "help", "--help",
                                  "order create --item $RANDOM", "loadtest individual --orders 2 --drain 5s -o json -q"};
  for (const std::string& command : commands) {
    const Ended whole = shell(site, "$S " + command + url);
    const Ended full = shell(site, "$S " + command + url + " > /dev/full");
    EXPECT_THAT(full.err, HasSubstr("No space left on device")) << command;
    EXPECT_NE(full.code, 0) << command;
    if (whole.code != 0) {
      EXPECT_EQ(full.code, whole.code) << command;
    }
  }
}

TEST(Shell, APipeThatWasClosedIsNoReasonToSpeak) {
  const Site site;
  const Ended ended = shell(site, "$S man | head -n 1; exit ${PIPESTATUS[0]}");
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, testing::StartsWith(".TH SAGACTL 1"));
  EXPECT_TRUE(ended.code == 0 || ended.code == 141) << ended.code;  // a short page may fit into the pipe
}

TEST(Shell, WithoutStandardOutputNothingIsPrintedIntoAnothersDescriptor) {
  const Site site;
  const Served node(site, {});
  const Ended ended = shell(site, "$S saga list -o json --url " + node.urls() + " >&-");
  EXPECT_EQ(ended.code, 6) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("Bad file descriptor"));
}

TEST(Signals, OfDaemonsChangeNothing) {
  const Site site;
  Served node(site, {});
  for (const int signal : {SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGHUP}) {
    node.process().send(signal);
    EXPECT_EQ(node.run({"saga", "list"}).code, 0) << signal;
  }
  node.process().send(SIGTERM);
  EXPECT_EQ(node.process().wait().code, 0);
}

// A terminal, and on it one process, in the foreground, which is the child of a process that leads the session as a
// shell does.
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

  // Reads what is shown until it has the text, from where the last call ended.
  void await(const std::string& text) {
    std::string shown;
    char letter = 0;
    pollfd output{master_, POLLIN, 0};
    while (shown.find(text) == shown.npos && ::poll(&output, 1, patience_ms) == 1 && ::read(master_, &letter, 1) == 1)
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
  static constexpr int patience_ms = 60'000;

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

  Site site_;
  int master_ = -1, terminal_ = -1;
  std::array<int, 2> reports_{-1, -1};
  pid_t leader_ = -1, process_ = -1;
  std::string shown_;
};

const std::vector<std::string> login = {"login", "--url", "http://127.0.0.1:9", "--email", "ann@shop.example"};

class PasswordPrompt : public testing::TestWithParam<int> {};

TEST_P(PasswordPrompt, LeavesATerminalThatEchoesWhateverEndsIt) {
  AtTerminal desk(login);
  desk.await("Password: ");
  while (desk.echoes()) std::this_thread::yield();
  desk.send(GetParam());
  const int status = desk.status();
  EXPECT_TRUE(WIFEXITED(status) || WIFSIGNALED(status));
  EXPECT_TRUE(desk.echoes());
}

INSTANTIATE_TEST_SUITE_P(Signals, PasswordPrompt, testing::Values(SIGINT, SIGTERM, SIGHUP, SIGQUIT),
                         [](const auto& test) { return sigabbrev_np(test.param); });

TEST(PasswordPrompt, EndsAtCtrlC) {
  AtTerminal desk(login);
  desk.await("Password: ");
  while (desk.echoes()) std::this_thread::yield();
  desk.type("\x03");
  EXPECT_EQ(WEXITSTATUS(desk.status()), 130);
  EXPECT_TRUE(desk.echoes());
}

TEST(PasswordPrompt, EchoesWhileItIsStoppedAndHidesAndAsksAgainAfterwards) {
  AtTerminal desk(login);
  desk.await("Password: ");
  while (desk.echoes()) std::this_thread::yield();
  desk.type("\x1a");  // Ctrl-Z
  EXPECT_TRUE(WIFSTOPPED(desk.status()));
  EXPECT_TRUE(desk.echoes());
  desk.send(SIGCONT);
  desk.await("Password: ");
  EXPECT_FALSE(desk.echoes());
  desk.type("a-long-word\r");
  EXPECT_EQ(WEXITSTATUS(desk.status()), 5);  // nothing answers there
  EXPECT_TRUE(desk.echoes());
  EXPECT_EQ(desk.shown().find("a-long-word"), std::string::npos);
}

TEST(Top, KeepsToTheTerminalAndEndsAtQ) {
  const Site site;
  const Served node(site, {"--nodes", "8"});
  AtTerminal desk({"top", "--url", node.urls(), "--data", (site.directory() / "sagactl-data").string(), "--interval", "100ms"}, {"TERM=xterm"});
  desk.resize(40, 8);
  desk.await("\x1b[?1049h");  // a screen of its own
  desk.await("\x1b[H\x1b[J");
  desk.await("…\x1b[H");  // the last line of a view that has more of them
  const std::string view = desk.shown().substr(desk.shown().rfind("\x1b[J", desk.shown().size() - 8));
  EXPECT_EQ(std::count(view.begin(), view.end(), '\n'), 7) << view;
  desk.type("q");
  EXPECT_EQ(WEXITSTATUS(desk.status()), 0);
  EXPECT_TRUE(desk.echoes());
}

TEST(Top, LeavesItsScreenWhileItIsStopped) {
  const Site site;
  const Served node(site, {});
  AtTerminal desk({"top", "--url", node.urls(), "--data", (site.directory() / "sagactl-data").string(), "--interval", "50ms"}, {"TERM=xterm"});
  desk.await("\x1b[H\x1b[J");
  desk.send(SIGTSTP);
  EXPECT_TRUE(WIFSTOPPED(desk.status()));
  EXPECT_TRUE(desk.echoes());
  desk.await("\x1b[?1049l");
  desk.send(SIGCONT);
  desk.await("\x1b[?1049h");
  desk.send(SIGTERM);
  EXPECT_EQ(WEXITSTATUS(desk.status()), 0);
}

TEST(Top, WritesNothingOverOnADumbTerminal) {
  const Site site;
  const Served node(site, {});
  AtTerminal desk({"top", "--url", node.urls(), "--data", (site.directory() / "sagactl-data").string(), "--interval", "50ms"}, {"TERM=dumb"});
  desk.await("nodes=1/1");
  desk.send(SIGTERM);
  EXPECT_EQ(WEXITSTATUS(desk.status()), 0);
  EXPECT_EQ(desk.shown().find('\x1b'), std::string::npos);
}

// A node with few descriptors: every client is answered, whatever it holds open, and the others again afterwards.
TEST(Descriptors, ThatRunOutAreToldAndAreNoEnd) {
  const Site site;
  const Served node(site, "/bin/bash",
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
    const timeval patience{10, 0};
    ::setsockopt(clients.back(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
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

TEST(Descriptors, AreRaisedToWhatIsAllowed) {
  const Site site;
  Served node(site, "/bin/bash",
              {"-c", "ulimit -Sn 64; exec " SAGACTL_BINARY
                     " serve --port 0 -o ndjson"}, 1);
  EXPECT_EQ(node.run({"saga", "list"}).code, 0);
  const std::string limits = "/proc/" + std::to_string(node.process().pid()) + "/limits";
  const Ended soft = shell(site, "grep 'open files' " + limits + " | awk '{print $4 == $5}'");
  EXPECT_EQ(soft.out, "1\n");
}

// The unit of docs/operations.md.
TEST(Systemd, TakesTheUnitOfTheDocumentation) {
  if (::access("/usr/bin/systemd-analyze", X_OK) != 0) GTEST_SKIP() << "systemd-analyze is not installed";
  const Site site;
  const Ended verified = shell(
      site, "sed -n '/^```ini$/,/^```$/p' " SAGACTL_SOURCE_DIR "/docs/operations.md | grep -v '```' | "
            "sed \"s|/usr/local/bin/sagactl|$S|\" > sagactl.service; grep -q ExecStart sagactl.service || exit 9; "
            "SYSTEMD_LOG_LEVEL=warning systemd-analyze verify ./sagactl.service 2>&1 | grep sagactl.service; exit ${PIPESTATUS[0]}");
  EXPECT_EQ(verified.code, 0) << verified.out;
  EXPECT_EQ(verified.out, "");
}

TEST(AClosedTerminal, IsAnOrderlyEndOfANode) {
  AtTerminal desk({"serve", "--port", "0"});
  desk.await("Ctrl-C stops");
  desk.close_terminal();
  desk.send(SIGHUP);  // as a shell does for its jobs
  const int status = desk.status();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace sagactl
