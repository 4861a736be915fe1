#include "server/adapters/otlp/otlp_exporter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "common/log.hpp"
#include "httpclient/async_http_client.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::seconds last_send_max{1};

// Whether the same request may succeed later: as OTLP says.
bool may_be_repeated(const Result<HttpResponse>& response) {
  if (!response) return response.error().code != ErrorCode::invalid;
  const int status = response->status;
  return status == 429 || status == 502 || status == 503 || status == 504;
}

std::string reason_of(const Result<HttpResponse>& response) {
  return response ? fmt::format("HTTP {}", response->status) : response.error().message;
}

// One batch is on its way at a time. Shared with the callbacks of the client and of the clock.
class Pipeline : public std::enable_shared_from_this<Pipeline> {
 public:
  Pipeline(OtlpOptions options, std::unique_ptr<AsyncHttpClient> client, Clock& clock)
      : options_(std::move(options)), client_(std::move(client)), clock_(clock) {}

  void add(Span span) {
    const std::lock_guard lock(mutex_);
    if (is_stopped_ || queue_.size() >= options_.queue_max) {
      ++counts_.dropped;
      return;
    }
    queue_.push_back(std::move(span));
    if (is_sending_) return;
    // Sent by the clock's thread: whoever adds a span is an engine, a participant or a request.
    if (queue_.size() == options_.batch_max) return wake_after(Duration{0});
    if (is_timed_) return;
    is_timed_ = true;
    wake_after(options_.every);
  }

  SpanCounts counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

  void stop() {
    {
      std::unique_lock lock(mutex_);
      if (is_stopped_) return;
      is_stopped_ = true;
      if (!is_sending_ && !queue_.empty()) send_next(lock);
    }
    {
      std::unique_lock lock(mutex_);
      idle_.wait_for(lock, last_send_max, [this] { return !is_sending_; });
    }
    client_->stop();
  }

 private:
  // The clock is only asked under the lock and before stop(), since it may be gone afterwards.
  void wake_after(Duration delay) {
    clock_.after(delay, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      std::unique_lock lock(self->mutex_);
      self->is_timed_ = false;
      if (!self->is_sending_ && !self->queue_.empty()) self->send_next(lock);
    });
  }

  // Takes the next batch and sends it, without the lock.
  void send_next(std::unique_lock<std::mutex>& lock) {
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.batch_max));
    batch_.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    is_sending_ = true;
    tries_ = 0;
    lock.unlock();
    send_batch();
  }

  // Without the lock, so that whoever adds a span does not wait for the text of hundreds.
  void send_batch() {
    ++tries_;
    HttpRequest request{"POST", "/v1/traces", {}, {{"Content-Type", "application/json"}}};
    request.body = otlp::request_text(options_.resource, options_.version, batch_);
    for (const auto& header : options_.headers) request.headers.push_back(header);
    client_->send(std::move(request), [weak = weak_from_this()](Result<HttpResponse> response) {
      if (const auto self = weak.lock()) self->answered(response);
    });
  }

  void answered(const Result<HttpResponse>& response) {
    std::unique_lock lock(mutex_);
    if (may_be_repeated(response) && tries_ < options_.tries_max && !is_stopped_) {
      clock_.after(options_.every * (1 << tries_), [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->send_batch();
      });
      return;
    }
    count(response);
    batch_.clear();
    is_sending_ = false;
    if (!queue_.empty()) return send_next(lock);
    idle_.notify_all();
  }

  void count(const Result<HttpResponse>& response) {
    const std::uint64_t size = batch_.size();
    const bool is_taken = response && response->ok();
    const std::uint64_t rejected = is_taken ? std::min(size, otlp::rejected_spans(response->body)) : size;
    counts_.exported += size - rejected;
    counts_.dropped += rejected;
    if (is_taken == is_taken_before_) return;
    is_taken_before_ = is_taken;
    if (is_taken)
      log_info("the collector takes spans again", {{"endpoint", options_.endpoint}});
    else
      log_warn("the collector does not take spans; they are dropped",
               {{"endpoint", options_.endpoint}, {"error", reason_of(response)}});
  }

  const OtlpOptions options_;
  const std::unique_ptr<AsyncHttpClient> client_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::vector<Span> queue_;
  std::vector<Span> batch_;  // on its way: only its one sender reads and changes it, and its tries
  int tries_ = 0;
  SpanCounts counts_;
  bool is_sending_ = false, is_timed_ = false, is_stopped_ = false, is_taken_before_ = true;
};

class OtlpExporter : public SpanSink {
 public:
  explicit OtlpExporter(std::shared_ptr<Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}
  ~OtlpExporter() override { pipeline_->stop(); }

  void add(Span span) override { pipeline_->add(std::move(span)); }
  SpanCounts counts() const override { return pipeline_->counts(); }
  void stop() override { pipeline_->stop(); }

 private:
  const std::shared_ptr<Pipeline> pipeline_;
};

}  // namespace

Result<std::unique_ptr<SpanSink>> make_otlp_exporter(OtlpOptions options, Clock& clock) {
  auto url = parse_http_url(options.endpoint);
  if (!url) return url.error();
  AsyncHttpClientOptions client;
  client.timeout = options.timeout;
  client.connections_max = 1;
  auto made = AsyncHttpClient::make(std::move(url).value(), client);
  if (!made) return made.error();
  auto pipeline = std::make_shared<Pipeline>(std::move(options), std::move(made).value(), clock);
  return std::unique_ptr<SpanSink>(std::make_unique<OtlpExporter>(std::move(pipeline)));
}

}  // namespace sagactl
