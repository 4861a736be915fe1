// What a call to a participant costs the node: processor time per call, of this process alone, against a fixed server
// in another one (bench_participant). Beside it, in the same run, what the bare system calls for the same bytes cost: a
// blocking send and recv on one connection.
//
//   bench_participants URL [CALLS] [AT_ONCE] [RATE]     (200000, 64, as fast as possible)
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "httpclient/url.hpp"
#include "server/adapters/participants/http_participant_caller.hpp"
#include "server/adapters/system/system_clock.hpp"

namespace sagactl {
namespace {

double processor_us() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(used.ru_utime) + us(used.ru_stime);
}

DefinitionPointer definition_for(const std::string& url, std::size_t at_once) {
  auto definition = std::make_shared<SagaDefinition>();
  definition->name = "trip";
  definition->text = "{}";
  ParticipantDefinition hotel;
  hotel.name = "hotel";
  hotel.url = url;
  hotel.concurrency = at_once;
  definition->participants.push_back(hotel);
  StepDefinition step;
  step.name = "hotel";
  definition->steps.push_back(step);
  return definition;
}

ParticipantCall call_of(const DefinitionPointer& definition, int number) {
  ParticipantCall call;
  call.call.saga = SagaId::fresh();
  call.definition = definition;
  call.method = "POST";
  call.url = definition->participants[0].url + "/bookings";
  const std::string saga = call.call.saga.text();
  call.headers = {{"Content-Type", "application/json"},
                  {"Idempotency-Key", '"' + saga + "/hotel/do/1\""},
                  {"Saga-Id", saga},
                  {"Saga-Step", "hotel"},
                  {"Saga-Direction", "do"},
                  {"Saga-Try", "1"},
                  {"traceparent", fmt::format("00-{:032x}-{:016x}-01", number, number)}};
  call.body = R"({"guest":"Ada","nights":3})";
  return call;
}

// At most `room` calls at once.
class Gate {
 public:
  explicit Gate(std::size_t room) : room_(room) {}
  void enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return room_ > 0; });
    --room_;
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    if (++room_ == 1) changed_.notify_one();
  }
  void wait_for(std::size_t room) {
    for (std::size_t i = 0; i < room; ++i) enter();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t room_;
};

// Without a caller: made and dropped.
double cost_of_making(const DefinitionPointer& definition, int calls) {
  const double before = processor_us();
  for (int i = 0; i < calls; ++i) (void)call_of(definition, i);
  return (processor_us() - before) / calls;
}

double cost_of_calls(const DefinitionPointer& definition, int calls, std::size_t at_once, double rate, int& failed) {
  const auto clock = make_system_clock();
  ParticipantCallerOptions options;
  options.shared_secret = "bench";
  options.node_url = "http://127.0.0.1:3000";
  const auto caller = std::move(make_participant_caller(options, *clock)).value();
  Gate gate(at_once);
  std::atomic<int> failures = 0;
  const double before = processor_us();
  const SteadyTime began = clock->steady();
  for (int i = 0; i < calls; ++i) {
    const SteadyTime planned = began + Duration{static_cast<std::int64_t>(i / rate * 1e6)};
    if (rate > 0 && planned > clock->steady()) std::this_thread::sleep_for(planned - clock->steady());
    gate.enter();
    caller->call(call_of(definition, i), [&](const ParticipantAnswer& answer) {
      if (answer.status != 200) ++failures;
      gate.leave();
    });
  }
  gate.wait_for(at_once);
  failed = failures;
  return (processor_us() - before) / calls;
}

double cost_of_system_calls(const Url& url, int calls) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(url.port);
  inet_pton(AF_INET, url.host.c_str(), &address.sin_addr);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return 0;
  const std::string request =
      "POST /bookings HTTP/1.1\r\nHost: x\r\nContent-Length: 400\r\n\r\n" + std::string(400, 'x');
  char answer[4096];
  const double before = processor_us();
  for (int i = 0; i < calls; ++i) {
    if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0 || recv(fd, answer, sizeof answer, 0) <= 0) break;
  }
  const double cost = (processor_us() - before) / calls;
  close(fd);
  return cost;
}

int run(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: bench_participants URL [CALLS] [AT_ONCE] [RATE]\n");
    return 2;
  }
  const auto url = parse_http_url(argv[1]);
  if (!url) {
    fmt::print(stderr, "{}\n", url.error().message);
    return 2;
  }
  const int calls = argc > 2 ? std::atoi(argv[2]) : 200'000;
  const std::size_t at_once = argc > 3 ? static_cast<std::size_t>(std::atoi(argv[3])) : 64;
  const double rate = argc > 4 ? std::atof(argv[4]) : 0;
  const DefinitionPointer definition = definition_for(url->text(), at_once);
  const double making = cost_of_making(definition, calls);
  const double bare = cost_of_system_calls(*url, calls);
  int failed = 0;
  const double called = cost_of_calls(definition, calls, at_once, rate, failed);
  fmt::print(
      "per call: {:.1f} us, of which making the call for the benchmark {:.1f} us; bare send and recv {:.1f} us; "
      "{} of {} failed\n",
      called, making, bare, failed, calls);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sagactl

int main(int argc, char** argv) {
  return sagactl::run(argc, argv);
}
