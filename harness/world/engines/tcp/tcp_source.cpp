// SPDX-License-Identifier: MIT
#include "harness/world/engines/tcp/tcp_source.h"

#include <fmt/format.h>

#include <utility>

#include "harness/world/engines/tcp/tcp_world.h"

namespace e3 {

TcpSource::TcpSource(Endpoint endpoint, std::chrono::milliseconds timeout, Transcript& transcript)
    : endpoint_(std::move(endpoint)), timeout_(timeout), transcript_(&transcript) {}

TcpSource::TcpSource(ProgramOptions program, std::chrono::milliseconds timeout,
                     Transcript& transcript)
    : program_options_(std::move(program)), timeout_(timeout), transcript_(&transcript) {}

TcpSource::~TcpSource() = default;

World& TcpSource::world() {
  if (world_ == nullptr) renew();
  return *world_;
}

void TcpSource::begin_check() {
  if (program_ != nullptr && program_->death()) renew();
}

void TcpSource::renew() { start(program_options_); }

void TcpSource::restart() {
  ProgramOptions again = program_options_;
  if (program_ != nullptr) again.port = program_->port();
  start(again);
}

void TcpSource::start(const ProgramOptions& options) {
  world_.reset();
  if (!options.command.empty()) {
    program_.reset();  // the old one has gone before the new one comes
    program_ = std::make_unique<Program>(options);
    endpoint_ = Endpoint::loopback(program_->port());
  }
  world_ = std::make_unique<TcpWorld>(endpoint_, program_.get(), timeout_, *transcript_);
}

std::string TcpSource::description() const {
  if (program_options_.command.empty()) return fmt::format("{}, over TCP", endpoint_.text);
  return fmt::format("{}, over TCP", program_options_.command);
}

}  // namespace e3
