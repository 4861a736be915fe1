// Which requests and connections the faults of the proxy change, decided by the seed, and how many that were.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/time.hpp"
#include "loadgen/faults/fault_plan.hpp"

namespace sagactl {

// What is done with one request. The places are those of faults.
struct RequestTreatment {
  Duration delay{0};
  bool cut = false;
  int answer = 0;  // 0: the server is asked
  std::optional<std::size_t> duplicate, cut_answer;
};

struct ProxyCounts {
  std::uint64_t met = 0, changed = 0;
  friend bool operator==(const ProxyCounts&, const ProxyCounts&) = default;
};

// Of the n-th request that a fault meets, the seed and n alone decide whether it is changed. For one thread.
class ProxyChoices {
 public:
  // `targets`: for each fault the places of the targets that it is for.
  ProxyChoices(std::vector<ProxyFault> faults, std::uint64_t seed, std::vector<std::vector<std::size_t>> targets);

  // `now` is the time since the start of the measured load; below 0 nothing happens. A request that is cut or answered
  // meets no further fault; what depends on the server (`duplicate`, `cut_answer`) counts with count_changed().
  RequestTreatment of_request(std::size_t target, Duration now);
  // Of encrypted bytes, which are no requests: a piece that the client sends meets delays.
  Duration delay_of_piece(std::size_t target, Duration now);
  // Of a new connection, or of an open one when the fault `only` begins.
  bool cuts_connection(std::size_t target, Duration now, std::optional<std::size_t> only = std::nullopt);
  void count_changed(std::size_t fault) { ++counts_[fault].changed; }
  // Bytes per second of a connection now; 0: no limit.
  std::uint64_t rate(std::size_t target, Duration now) const;

  const std::vector<ProxyFault>& faults() const { return faults_; }
  const ProxyCounts& counts(std::size_t fault) const { return counts_[fault]; }

 private:
  bool is_active(std::size_t fault, std::size_t target, Duration now) const;
  bool meets(std::size_t fault);  // counts it; whether it is to be changed
  Duration delay_of(std::size_t fault) const;

  const std::vector<ProxyFault> faults_;
  const std::uint64_t seed_;
  const std::vector<std::vector<std::size_t>> targets_;
  std::vector<ProxyCounts> counts_;
};

}  // namespace sagactl
