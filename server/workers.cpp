// SPDX-License-Identifier: MIT
#include "workers.h"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using e3::server::Counters;
using e3::server::Descriptor;
using e3::server::ListenAddress;
using e3::server::Listener;

std::string describe(const Counters& counters) {
  const std::pair<const char*, std::uint64_t> values[] = {
      {"accepted", counters.accepted},
      {"closed", counters.closed},
      {"requests", counters.requests},
      {"refusals", counters.refusals},
      {"timeouts", counters.timeouts},
      {"accept_failures", counters.accept_failures},
      {"bytes_received", counters.bytes_received},
      {"bytes_sent", counters.bytes_sent},
  };
  std::string line = "event=counters";
  for (const auto& [name, value] : values) {
    line.append(" ").append(name).append("=").append(std::to_string(value));
  }
  return line;
}

Descriptor duplicate(int fd) {
  Descriptor copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy.is_open()) throw std::system_error(errno, std::generic_category(), "fcntl");
  return copy;
}

}  // namespace

Workers::Workers(const e3::server::Options& options, std::size_t count, bool log, Print print) {
  for (std::size_t number = 1; number <= count; ++number) {
    const std::string suffix = count == 1 ? "" : " worker=" + std::to_string(number);
    e3::server::Options own = options;
    own.log = nullptr;
    if (log) own.log = [=](std::string_view line) { print(std::string(line) + suffix); };
    Worker& worker = workers_.emplace_back(std::move(own));
    worker.server.report = [=](const Counters& counters) { print(describe(counters) + suffix); };
  }
}

std::uint16_t Workers::listen(ListenAddress address) {
  if (!address.path.empty() || workers_.size() == 1) {
    Listener only(address);
    address.port = only.port();
    listen(std::move(only));
    return address.port;
  }
  Listener::Port sharing = Listener::Port::kFirst;
  for (Worker& worker : workers_) {
    Listener listener(address, std::exchange(sharing, Listener::Port::kFurther));
    address.port = listener.port();
    worker.server.listen(std::move(listener));
  }
  return address.port;
}

void Workers::listen(Listener listener) {
  for (std::size_t i = 1; i != workers_.size(); ++i) {
    workers_[i].server.listen(Listener(duplicate(listener.fd())));
  }
  workers_.front().server.listen(std::move(listener));
}

void Workers::run() {
  std::vector<std::thread> threads;
  std::exception_ptr failure;
  try {
    for (std::size_t i = 1; i != workers_.size(); ++i) {
      threads.emplace_back([this, i] { run_worker(workers_[i]); });
    }
    run_worker(workers_.front());
  } catch (const std::system_error&) {  // no more threads
    failure = std::current_exception();
    stop();
  }
  for (std::thread& thread : threads) thread.join();
  for (const Worker& worker : workers_) {
    if (!failure) failure = worker.failure;
  }
  if (failure) std::rethrow_exception(failure);
}

void Workers::run_worker(Worker& worker) noexcept {
  try {
    worker.server.run();
  } catch (...) {
    worker.failure = std::current_exception();
    stop();
  }
}

void Workers::stop() noexcept {
  for (Worker& worker : workers_) worker.server.stop();
}

void Workers::drain() noexcept {
  for (Worker& worker : workers_) worker.server.drain();
}

void Workers::request_report() noexcept {
  for (Worker& worker : workers_) worker.server.request_report();
}
