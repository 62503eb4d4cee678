// SPDX-License-Identifier: MIT
// Every check there is, in the order in which they run. A new family is one file and one line.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/checks/check.h"

namespace e3 {

std::span<const Check> accept_checks();
std::span<const Check> accept_error_checks();
std::span<const Check> read_checks();
std::span<const Check> read_size_checks();
std::span<const Check> write_checks();
std::span<const Check> read_error_checks();
std::span<const Check> write_error_checks();
std::span<const Check> close_error_checks();
std::span<const Check> hangup_checks();
std::span<const Check> closing_checks();
std::span<const Check> event_checks();
std::span<const Check> time_checks();
std::span<const Check> timer_checks();
std::span<const Check> isolation_checks();
std::span<const Check> reuse_checks();
std::span<const Check> process_checks();
std::span<const Check> http_checks();
std::span<const Check> http_request_line_checks();
std::span<const Check> http_field_checks();
std::span<const Check> http_content_length_checks();
std::span<const Check> http_chunked_checks();
std::span<const Check> http_answer_checks();
std::span<const Check> http_connection_checks();
std::span<const Check> http_pipeline_checks();
std::span<const Check> http_expect_checks();

// The causes that the checks of events, of time and of isolation name.
std::span<const Cause> loop_causes();
std::span<const Cause> timer_causes();
std::span<const Cause> process_causes();

// What a server owes whatever it makes of a message, on each connection; and how it must read
// HTTP/1.x messages.
std::vector<const Check*> base_checks();
std::vector<const Check*> http_message_checks();
std::vector<const Check*> all_checks();  // these, and reuse_checks() between them
const Check* find_check(std::string_view id);

// Whether a selection word means this id: the id itself, a family above it ("close",
// "close.hangup"), a check of which the id is a variant, or a glob ("*.half-close").
bool selects(std::string_view word, std::string_view id);

}  // namespace e3
