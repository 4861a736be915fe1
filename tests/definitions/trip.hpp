// A definition without a mistake, in YAML and in JSON, and changes to it.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "common/text/text.hpp"
#include "server/definitions/read_definition.hpp"

namespace sagactl {

inline const std::string trip_yaml = R"(saga: trip
input:
  type: object
  properties: { guest: { type: string }, nights: { type: integer, minimum: 1 }, price: { type: number } }
  required: [guest, nights, price]
  additionalProperties: false
timeout: 15m
pivot: payment
search: [guest]
participants:
  hotel:   { url: "http://hotel:8080", timeout: 3s, concurrency: 64, retry: { first: 100ms, cap: 10s, budget: 5m } }
  air:     { url: "http://air:8080/v1/" }
  payment: { url: "https://pay:8443", ca: pay-ca.pem, secret: pay, timeout: 8s }
  mail:    { kafka: mail-commands }
steps:
  - name: hotel
    call: { post: "{hotel}/bookings", body: { guest: "{input.guest}", nights: "{input.nights}" } }
    keep: { booking: /id }
    undo: { delete: "{hotel}/bookings/{hotel.booking}" }
    ask: { get: "{hotel}/bookings/{saga.step_key}" }
  - name: flight
    after: []
    call: { post: "{air}/seats", body: "{input}" }
    undo: { post: "{air}/seats/{saga.step_key}/release", also: refused }
  - name: payment
    after: [hotel, flight]
    call: { post: "{payment}/charges", body: { amount: "{input.price}", booking: "{hotel.booking}" } }
    keep: { id: /charge/id }
    undo: { post: "{payment}/charges/{payment.id}/refund" }
    ask: { get: "{payment}/charges/{saga.step_key}" }
    refused: [402, 409]
    again: ["5xx"]
  - name: approval
    wait: { for: 24h }
  - name: pause
    sleep: 90s
  - name: mail
    call: { command: send-tickets, body: "{input.guest}" }
result: { booking: "{hotel.booking}", by: "{approval.by}" }
)";

// The same, as a program would write it.
inline const std::string trip_json = R"({
  "steps": [
    {"name": "hotel", "ask": {"get": "{hotel}/bookings/{saga.step_key}"}, "undo": {"delete": "{hotel}/bookings/{hotel.booking}"},
     "keep": {"booking": "/id"}, "call": {"body": {"nights": "{input.nights}", "guest": "{input.guest}"}, "post": "{hotel}/bookings"}},
    {"name": "flight", "after": [], "call": {"post": "{air}/seats", "body": "{input}"},
     "undo": {"also": "refused", "post": "{air}/seats/{saga.step_key}/release"}},
    {"name": "payment", "after": ["flight", "hotel"], "again": ["5xx"], "refused": [409, "402"],
     "call": {"post": "{payment}/charges", "body": {"booking": "{hotel.booking}", "amount": "{input.price}"}},
     "keep": {"id": "\/charge\/id"}, "undo": {"post": "{payment}/charges/{payment.id}/refund"},
     "ask": {"get": "{payment}/charges/{saga.step_key}"}},
    {"name": "approval", "after": ["payment"], "wait": {"for": "1d"}},
    {"name": "pause", "sleep": "1.5m"},
    {"name": "mail", "call": {"participant": "mail", "command": "send-tickets", "body": "{input.guest}"}}
  ],
  "result": {"by": "{approval.by}", "booking": "{hotel.booking}"},
  "participants": {
    "mail": {"kafka": "mail-commands"},
    "payment": {"secret": "pay", "ca": "pay-ca.pem", "url": "https://pay:8443/", "timeout": 8},
    "air": {"url": "http://air:8080/v1", "retry": {}},
    "hotel": {"url": "http://hotel:8080", "timeout": "3000ms"}
  },
  "search": ["guest"], "pivot": "payment", "timeout": "900s",
  "input": {"type": "object", "additionalProperties": false, "required": ["guest", "nights", "price"],
            "properties": {"price": {"type": "number"}, "nights": {"type": "integer", "minimum": 1}, "guest": {"type": "string"}}},
  "saga": "trip"
})";

// trip_yaml with one part replaced; the part has to be there.
inline std::string trip_with(std::string_view from, std::string_view to) {
  std::string text = trip_yaml;
  EXPECT_NE(text.find(from), std::string::npos) << from;
  replace_all(text, from, to);
  return text;
}

// "12:5 mistake /steps/0: message | hint", a line for each.
inline std::string shown(const std::vector<Problem>& problems) {
  std::string out;
  for (const Problem& it : problems)
    out += std::to_string(it.at.line) + ":" + std::to_string(it.at.column) + " " + std::string(to_string(it.severity)) +
           " " + it.path + ": " + it.message + (it.hint.empty() ? "" : " | " + it.hint) + "\n";
  return out;
}

// One change to a right definition, and all that is said about it.
struct MistakeRow {
  const char* from;
  const char* to;
  const char* problems;
};

inline std::string problems_of(const std::string& text) {
  return shown(read_definition(text, "trip.yaml").problems);
}

inline void expect_rows(std::initializer_list<MistakeRow> rows) {
  for (const MistakeRow& row : rows) EXPECT_EQ(problems_of(trip_with(row.from, row.to)), row.problems) << row.to;
}

}  // namespace sagactl
