// Reads from an answer what a step of a journey keeps.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/answers/order_answer.hpp"
#include "loadgen/profile/journey.hpp"

namespace sagactl {

// Thread-safe. Allocates only where a value is longer than all before it in its place.
class AnswerValues {
 public:
  // `places[i]`: where the value of sources[i] goes. The headers that it needs are added to the plan's.
  AnswerValues(const std::vector<ValueSource>& sources, std::vector<std::size_t> places, AnswerPlan& plan);
  ~AnswerValues();
  AnswerValues(AnswerValues&&) noexcept;
  AnswerValues& operator=(AnswerValues&&) noexcept;

  bool read_body() const;  // whether any is in the body
  // The name of the first value that is not there or too long; null when all were read. Values that are there are
  // replaced in `values` either way.
  const std::string* read(std::string_view body, std::span<const std::string> headers,
                          std::vector<std::string>& values) const;

 private:
  struct Source;
  std::vector<std::unique_ptr<const Source>> sources_;
};

// Why a regular expression cannot be used; "" if it can.
std::string pattern_fault(const std::string& pattern);

}  // namespace sagactl
