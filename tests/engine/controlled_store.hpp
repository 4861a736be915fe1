// A store that a test can make unavailable, slow or failing, in front of another store.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "server/ports/store.hpp"

namespace sagactl {

class ControlledStore final : public Store {
 public:
  explicit ControlledStore(Store& store) : store_(&store) {}
  void replace(Store& store) { store_ = &store; }
  bool unavailable = false;
  std::function<void()> on_call;               // called first in every call; may take time
  int bugs = 0;                                // the number of next commits that fail with `bug`
  std::size_t flows_max = 1'000'000;           // of a commit that it manages in its time
  int looks = 0, adoptions = 0, releases = 0;  // calls of left_behind, adopt and release_memory
  Duration window{0};
  // The number of next commits whose answer is lost, with the connection on which it could be asked for. Any thread.
  std::atomic<int> lost_answers = 0;

  Result<NodeRegistration> register_node(const NodeName& name, const std::string& url, Duration lease) override {
    return if_available([&] { return store_->register_node(name, url, lease); });
  }
  Result<void> set_fingerprint(const NodeName& name, const std::string& fingerprint) override {
    return if_available([&] { return store_->set_fingerprint(name, fingerprint); });
  }
  Result<bool> renew(const Writer& writer, Duration lease) override {
    return if_available([&] { return store_->renew(writer, lease); });
  }
  Result<void> resign(const Writer& writer) override {
    return if_available([&] { return store_->resign(writer); });
  }
  Result<Commit> transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                          const std::function<Changes(Timestamp now)>& decide) override {
    return if_available([&]() -> Result<Commit> {
      if (keys.flows.size() > flows_max) return Error{ErrorCode::unavailable, "the store took too long"};
      if (bugs > 0) {
        --bugs;
        return Error{ErrorCode::bug, "duplicate key"};
      }
      is_answer_lost_ = false;
      auto commit = store_->transact(writer, keys, loaded, decide);
      if (lost_answers == 0) return commit;
      --lost_answers;
      is_answer_lost_ = true;
      return Error{ErrorCode::unknown_outcome, "the connection was lost during the commit"};
    });
  }
  Duration batch_window() const override { return window; }
  Result<bool> has_event(const NodeName& node, std::int64_t sequence) override {
    if (is_answer_lost_) return Error{ErrorCode::unavailable, "the connection was lost"};
    return if_available([&] { return store_->has_event(node, sequence); });
  }
  Result<std::vector<OrderId>> adopt(const Writer& writer, Owners owners, std::size_t limit) override {
    ++adoptions;
    return if_available([&] { return store_->adopt(writer, owners, limit); });
  }
  Result<LeftBehind> left_behind(const Writer& writer, Owners owners) override {
    ++looks;
    return if_available([&] { return store_->left_behind(writer, owners); });
  }
  Result<std::vector<OrderId>> due_flows(std::size_t limit) override {
    return if_available([&] { return store_->due_flows(limit); });
  }
  Result<std::vector<Backlog>> backlogs(const Writer& writer) override {
    return if_available([&] { return store_->backlogs(writer); });
  }
  Result<std::vector<Event>> events_after(const NodeName& node, std::int64_t sequence, std::size_t limit) override {
    return if_available([&] { return store_->events_after(node, sequence, limit); });
  }
  Result<std::int64_t> published_through(const NodeName& node) override {
    return if_available([&] { return store_->published_through(node); });
  }
  Result<void> set_published(const Writer& writer, const std::vector<Backlog>& backlogs) override {
    return if_available([&] { return store_->set_published(writer, backlogs); });
  }
  Result<PublishedDefinition> publish(const std::string& name, const std::string& text) override {
    return if_available([&] { return store_->publish(name, text); });
  }
  Result<bool> retire(const std::string& name) override {
    return if_available([&] { return store_->retire(name); });
  }
  Result<std::size_t> forget_replays(Duration age, std::size_t limit) override {
    return if_available([&] { return store_->forget_replays(age, limit); });
  }

  void release_memory() override { ++releases; }

 private:
  template <class Call>
  auto if_available(Call call) -> decltype(call()) {
    if (on_call) on_call();
    if (unavailable) return Error{ErrorCode::unavailable, "the store is unavailable"};
    return call();
  }
  Store* store_;
  bool is_answer_lost_ = false;  // of the last commit
};

}  // namespace sagactl
