// `sagactl serve --role payment`: the remote payment participant as a process, with a port for its health and metrics.
#include <fmt/format.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <boost/asio/io_context.hpp>
#include <future>
#include <mutex>
#include <thread>

#include "server/adapters/kafka/payment_participant.hpp"
#include "server/adapters/sqlite/sqlite_charge_book.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "server/api/metrics/consumer_metrics.hpp"
#include "server/http/server.hpp"
#include "server/node/connection_limits.hpp"
#include "server/node/node.hpp"
#include "server/node/payment_provider.hpp"
#include "server/node/shared_parts.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::milliseconds answer_grace{2'000};
constexpr const char* consumer_group = "payment-participant";

class PaymentProcess final : public Nodes {
 public:
  explicit PaymentProcess(const NodeOptions& options)
      : clock_(make_system_clock()), name_(options.node_id.empty() ? "payment-1" : options.node_id) {}
  ~PaymentProcess() override { stop(); }

  Result<void> start(const NodeOptions& options) {
    std::unique_ptr<ChargeBook> book;
    if (options.payment_provider == PaymentProvider::simulated) {
      auto opened = open_charge_book(options.data / "simulated-payments.db");
      if (!opened) return opened.error();
      book = std::move(opened).value();
    }
    auto gateway = make_own_gateway(options, *clock_, std::move(book));
    if (!gateway) return gateway.error();
    gateway_ = std::move(gateway).value();
    http::ServerOptions server;
    server.host = options.host;
    server.port = options.port;
    server.cors_origins = options.cors_origins;
    metrics_->add_build_info(options.version, options.revision);
    server.limits = connection_limits(1);
    auto listening = http::Server::listen(*io_, std::move(server), make_router(), metrics_);
    if (!listening) return listening.error();
    server_ = std::move(listening).value();
    url_ = fmt::format("http://{}:{}", options.host, server_->port());
    PaymentParticipantOptions participating;
    participating.kafka = kafka_options(options);
    participating.group = consumer_group;
    auto participant = PaymentParticipant::start(participating, *gateway_, *clock_);
    if (!participant) return participant.error();
    participant_ = std::move(participant).value();
    io_thread_ = std::thread([this] { io_->run(); });
    return {};
  }

  std::vector<NodeAddress> addresses() const override { return {{name_, url_}}; }
  std::filesystem::path operator_token_file() const override { return {}; }

  // Stops reading and sends the replies in progress. Commands without a reply are read again by the next participant.
  void stop() override {
    const std::scoped_lock guard(stopping_);
    if (!io_) return;
    if (io_thread_.joinable()) {
      auto stopped = std::make_shared<std::promise<void>>();
      server_->stop(answer_grace, [stopped] { stopped->set_value(); });
      stopped->get_future().wait();
      io_->stop();
      io_thread_.join();
    }
    participant_.reset();
    clock_.reset();
    gateway_.reset();
    server_.reset();
    io_.reset();
  }

 private:
  std::shared_ptr<http::Router> make_router() {
    auto router = std::make_shared<http::Router>();
    const auto add = [&](const char* pattern, std::function<http::Answer(http::Request&)> handler,
                         const char* summary) {
      router->add({http::Method::get, pattern, http::RouteAccess::anyone, std::move(handler), summary, "health"});
    };
    add(
        "/livez",
        [](http::Request&) -> http::Answer {
          return http::json_response(200, Json{{"status", "ok"}});
        },
        "Liveness: the process runs");
    add(
        "/readyz", [this](http::Request&) { return readyz(); }, "Readiness: it reads commands and can reply");
    add(
        "/metrics", [this](http::Request& request) { return metrics(request); },
        "Metrics in the Prometheus text format");
    return router;
  }

  http::Answer readyz() {
    const PaymentParticipantState state = participant_->state();
    const bool ready = state.available && state.consumer.reading && state.consumer.pause_reason.empty();
    const std::string& why = state.error.empty() ? state.consumer.pause_reason : state.error;
    return http::json_response(ready ? 200 : 503,
                               Json{{"status", ready ? "ready" : "not ready"}, {"nodeId", name_}, {"error", why}});
  }

  http::Answer metrics(const http::Request& request) {
    const PaymentParticipantState state = participant_->state();
    available_.Set(state.available ? 1 : 0);
    consumer_metrics_.set(state.consumer.progress);
    return http::metrics_response(*metrics_, request);
  }

  std::mutex stopping_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<PaymentGateway> gateway_;
  const std::string name_;
  std::string url_;
  std::shared_ptr<http::Metrics> metrics_ = std::make_shared<http::Metrics>();
  api::ConsumerMetrics consumer_metrics_{*metrics_};
  prometheus::Gauge& available_ = prometheus::BuildGauge()
                                      .Name("sagactl_bus_available")
                                      .Help("1 while replies can be sent, 0 while the message broker is unavailable")
                                      .Register(metrics_->registry())
                                      .Add({});
  std::unique_ptr<PaymentParticipant> participant_;
  std::unique_ptr<boost::asio::io_context> io_ = std::make_unique<boost::asio::io_context>(1);
  std::unique_ptr<http::Server> server_;
  std::thread io_thread_;
};

}  // namespace

Result<std::unique_ptr<Nodes>> start_payment_participant(const NodeOptions& options) {
  if (options.kafka.empty())
    return Error{ErrorCode::invalid, "--role payment needs brokers; name them with --kafka host:port"};
  auto process = std::make_unique<PaymentProcess>(options);
  if (const auto started = process->start(options); !started) return started.error();
  return std::unique_ptr<Nodes>(std::move(process));
}

}  // namespace sagactl
