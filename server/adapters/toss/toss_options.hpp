// The address of Toss Payments, and how it is called.
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
  // A call without an answer by then is UnknownOutcome when it was sent, else Unavailable. Shorter than the timeout of
  // a saga's step, which leaves time for a query.
  Duration answer_time = 10s;
  std::size_t connections_max = 32;
  std::size_t calls_max = 10'000;          // without an answer; more are Unavailable
  std::filesystem::path authorities = {};  // PEM; empty: those that this machine trusts
};

}  // namespace sagactl
