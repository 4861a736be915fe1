#include "loadgen/faults/proxy/proxy_choices.hpp"

#include <algorithm>

#include "common/random.hpp"

namespace sagactl {
namespace {

// A generator for the n-th request of a fault: neighbours are independent, since SplitMix64 mixes its state.
Random random_of(std::uint64_t seed, std::size_t fault, std::uint64_t n) {
  Random of_fault(seed ^ (0x51'7C'C1'B7'27'22'0A'95ull * (fault + 1)));
  return Random(of_fault.next() + n * 0x9E'37'79'B9'7F'4A'7C'15ull * 3);
}

}  // namespace

ProxyChoices::ProxyChoices(std::vector<ProxyFault> faults, std::uint64_t seed,
                           std::vector<std::vector<std::size_t>> targets)
    : faults_(std::move(faults)), seed_(seed), targets_(std::move(targets)), counts_(faults_.size()) {}

bool ProxyChoices::is_active(std::size_t fault, std::size_t target, Duration now) const {
  const ProxyFault& it = faults_[fault];
  const auto& targets = targets_[fault];
  return now >= Duration{0} && now >= it.from && (!it.to || now < *it.to) &&
         std::find(targets.begin(), targets.end(), target) != targets.end();
}

bool ProxyChoices::meets(std::size_t fault) {
  const std::uint64_t n = counts_[fault].met++;
  return faults_[fault].share >= 1 || random_of(seed_, fault, n).chance(faults_[fault].share);
}

// Of the request that the fault met last.
Duration ProxyChoices::delay_of(std::size_t fault) const {
  const ProxyFault& it = faults_[fault];
  Random random = random_of(seed_, fault, counts_[fault].met - 1);
  random.next();  // decided whether
  const auto range = static_cast<std::uint64_t>((it.delay_max - it.delay_min).count());
  return it.delay_min + Duration(static_cast<std::int64_t>(random.below(range + 1)));
}

RequestTreatment ProxyChoices::of_request(std::size_t target, Duration now) {
  RequestTreatment treatment;
  treatment.delay = delay_of_piece(target, now);
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (!is_active(i, target, now)) continue;
    const ProxyAction action = faults_[i].action;
    if (action == ProxyAction::throttle) {
      ++counts_[i].met;
      ++counts_[i].changed;
    }
    if (!needs_requests(action) || !meets(i)) continue;
    if (action == ProxyAction::duplicate) treatment.duplicate = i;
    if (action == ProxyAction::cut_answers) treatment.cut_answer = i;
    treatment.cut = action == ProxyAction::cut_requests;
    if (action == ProxyAction::answer) treatment.answer = faults_[i].status;
    if (!treatment.cut && treatment.answer == 0) continue;
    ++counts_[i].changed;
    treatment.duplicate.reset();
    treatment.cut_answer.reset();
    break;
  }
  return treatment;
}

Duration ProxyChoices::delay_of_piece(std::size_t target, Duration now) {
  Duration delay{0};
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (faults_[i].action != ProxyAction::delay || !is_active(i, target, now) || !meets(i)) continue;
    ++counts_[i].changed;
    delay += delay_of(i);
  }
  return delay;
}

bool ProxyChoices::cuts_connection(std::size_t target, Duration now, std::optional<std::size_t> only) {
  bool cut = false;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (only && *only != i) continue;
    if (faults_[i].action != ProxyAction::cut_connections || !is_active(i, target, now) || !meets(i)) continue;
    ++counts_[i].changed;
    cut = true;
  }
  return cut;
}

std::uint64_t ProxyChoices::rate(std::size_t target, Duration now) const {
  std::uint64_t rate = 0;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const ProxyFault& it = faults_[i];
    if (it.action != ProxyAction::throttle || !is_active(i, target, now)) continue;
    rate = rate == 0 ? it.bytes_per_second : std::min(rate, it.bytes_per_second);
  }
  return rate;
}

}  // namespace sagactl
