// Where Toss Payments is, and how it is called.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "common/time.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

struct TossOptions {
  Url base;            // https://api.tosspayments.com/v1
  std::string secret;  // the secret key; not empty; it goes into one header and nowhere else
  // A call without an answer by then: UnknownOutcome when it was sent, else Unavailable. Less than the time-out of a
  // saga's step, so that there is time to ask.
  Duration answer_time = 10s;
  std::size_t connections_max = 32;
  std::size_t calls_max = 10'000;           // that wait for an answer; one more is Unavailable
  std::filesystem::path authorities = {};  // PEM; empty: those that this machine trusts
};

}  // namespace sagactl
