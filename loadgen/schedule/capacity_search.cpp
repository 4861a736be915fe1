#include "loadgen/schedule/capacity_search.hpp"

#include <algorithm>
#include <cmath>

namespace sagactl {
namespace {

// To three digits, for readability.
double rounded(double rate) {
  if (rate < 1) return 1;
  const double unit = std::pow(10.0, std::floor(std::log10(rate)) - 2);
  return std::round(rate / unit) * unit;
}

}  // namespace

double CapacitySearch::upper() const {
  if (missed_ == 0) return unknown_;
  return unknown_ == 0 ? missed_ : std::min(missed_, unknown_);
}

std::optional<double> CapacitySearch::next() const {
  if (steps_ >= steps_max) return std::nullopt;
  const double above = upper();
  if (above == 0) {
    if (kept_ == 0) return std::min(first_, rate_max_);
    if (kept_ >= rate_max_) return std::nullopt;
    return std::min(rounded(kept_ * 2), rate_max_);
  }
  if (kept_ == 0) {
    if (above <= rate_min) return std::nullopt;
    return std::max(rounded(above / 2), rate_min);
  }
  const double middle = rounded((kept_ + above) / 2);
  if (above <= kept_ * (1 + precision) || middle <= kept_ || middle >= above) return std::nullopt;
  return middle;
}

void CapacitySearch::record(CapacityOutcome outcome) {
  const auto rate = next();
  if (!rate) return;
  ++steps_;
  switch (outcome) {
    case CapacityOutcome::kept:
      kept_ = *rate;
      break;
    case CapacityOutcome::missed:
      missed_ = *rate;
      break;
    case CapacityOutcome::no_evidence:
      if (retrying_) unknown_ = *rate;
      break;
  }
  retrying_ = outcome == CapacityOutcome::no_evidence && !retrying_;
}

CapacityLimit CapacitySearch::limit() const {
  const double above = upper();
  if (above == 0) return CapacityLimit::none;
  return above == unknown_ ? CapacityLimit::generator : CapacityLimit::server;
}

}  // namespace sagactl
