// An ExportTraceServiceRequest of OTLP 1.x in protobuf's JSON mapping: ids as hexadecimal digits, 64-bit numbers as
// text. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "server/ports/span_sink.hpp"

namespace sagactl::otlp {

using Attributes = std::vector<std::pair<std::string, std::string>>;

// "key=value,key=value" with values in percent encoding, as OTEL_RESOURCE_ATTRIBUTES and OTEL_EXPORTER_OTLP_HEADERS
// are written. `invalid` names the part that is wrong, by its place and not by its text, which may be a secret.
Result<Attributes> parse_attributes(std::string_view text);

// `resource`: what the spans are of.
std::string request_text(const Attributes& resource, const std::string& version, std::span<const Span> spans);

// How many spans the collector says that it did not take, in a response with status 200.
std::uint64_t rejected_spans(const std::string& body);

}  // namespace sagactl::otlp
