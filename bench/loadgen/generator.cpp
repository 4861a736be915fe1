// Runs the load generator against a server that accepts everything, without accounts, and prints the cost.
// `generator [--http2] [--journey] URL SECONDS CONCURRENCY [RATE [PACING [CONNECTIONS]]]`; a concurrency of 0 with a
// rate is an open loop. Whatever certificate an https server has is accepted. With --journey each order is a journey of
// three requests: the order, a look at it, and its payment, with the order's id and another value of its answer.
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "loadgen/run.hpp"

namespace {

sagactl::JourneyStep step_of(const char* name, const char* method, const char* path, const char* body) {
  sagactl::JourneyStep step;
  step.name = name;
  step.method = method;
  step.path = path;
  step.headers = {{"Content-Type", "application/json"}};
  step.body = body;
  return step;
}

void make_journey(sagactl::Profile& profile) {
  profile.journey.create_keep = {{"total", sagactl::ValueSource::Kind::pointer, "/totalAmount", {}}};
  profile.journey.after = {step_of("look", "GET", "/orders/{order}", ""),
                           step_of("pay", "POST", "/orders/{order}/payment", R"({"id":"{uuid}","amount":{total}})")};
}

}  // namespace

int main(int argc, char** argv) {
  sagactl::LoadOptions options;
  options.http2 = argc > 1 && std::string_view(argv[1]) == "--http2";
  if (options.http2) {
    --argc;
    ++argv;
  }
  const bool is_journey = argc > 1 && std::string_view(argv[1]) == "--journey";
  if (is_journey) {
    --argc;
    ++argv;
  }
  if (argc < 4) {
    fmt::print(stderr,
               "usage: generator [--http2] [--journey] URL SECONDS CONCURRENCY [RATE [PACING [CONNECTIONS]]]\n");
    return 4;
  }
  options.connect.insecure = true;
  options.scenario = sagactl::ScenarioKind::individual;
  options.targets = {argv[1]};
  options.duration = std::chrono::seconds(std::atoi(argv[2]));
  options.token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.bench.bench";
  options.workers = 1;
  if (is_journey) make_journey(options.profile);
  const int concurrency = std::atoi(argv[3]);
  if (concurrency > 0) options.concurrency = static_cast<std::uint32_t>(concurrency);
  if (argc > 4) options.rate = std::atof(argv[4]);
  if (argc > 5) options.pacing = sagactl::parse_pacing(argv[5]).value_or(sagactl::Pacing::automatic);
  if (argc > 6) options.connections = static_cast<std::uint32_t>(std::atoi(argv[6]));
  const auto result = sagactl::run_load(options);
  if (!result) {
    fmt::print(stderr, "generator: {}\n", result.error().message);
    return 1;
  }
  const double seconds = static_cast<double>(result->measured.count()) / 1e6;
  double answered = static_cast<double>(result->requests.accepted);
  for (const sagactl::StepFigures& step : result->journeys.steps)
    if (!step.creates) answered += static_cast<double>(step.sent - step.unanswered);
  fmt::print("requests {:.0f}\nper_second {:.0f}\ncpu_seconds {:.3f}\nper_cpu_second {:.0f}\n", answered,
             answered / seconds, result->generator.cpu_seconds, answered / result->generator.cpu_seconds);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  fmt::print("memory_mb {:.1f}\n", static_cast<double>(used.ru_maxrss) / 1024);
  fmt::print("generator {}\nlatency {}\nservice {}\n", sagactl::generator_json(result->generator).dump(),
             sagactl::latency_json(result->response).dump(), sagactl::latency_json(result->service).dump());
  return 0;
}
