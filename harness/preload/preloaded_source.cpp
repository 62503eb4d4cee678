// SPDX-License-Identifier: MIT
#include "harness/preload/preloaded_source.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "harness/world/engines/in_process_world.h"
#include "harness/world/engines/sim/sim_kernel.h"

namespace e3::preload {
namespace {

constexpr std::size_t kStackBytes = std::size_t{8} << 20;  // the usual `ulimit -s`

class PreloadKernel final : public SimKernel {
 public:
  PreloadKernel(TargetTurn& turn, std::uint16_t first_peer_port, std::uint16_t port,
                std::function<void(const char*)> on_unmodelled, int hidden)
      : SimKernel(turn, first_peer_port),
        on_unmodelled_(std::move(on_unmodelled)),
        hidden_(hidden) {
    expect_at(port);
  }

  std::string_view engine() const override { return "preload"; }
  bool has_process() const override { return true; }
  void unmodelled(const char* call) override { on_unmodelled_(call); }
  long close(int fd) override { return fd == hidden_ ? 0 : SimKernel::close(fd); }

 private:
  std::function<void(const char*)> on_unmodelled_;
  int hidden_;
};

}  // namespace

PreloadedSource::PreloadedSource(const ProgramMain& program, std::uint64_t seed, std::uint16_t port,
                                 Transcript& transcript,
                                 std::function<void(const char* call)> unmodelled, int hidden)
    : name_(program.argv[0]) {
  const auto first_peer_port = static_cast<std::uint16_t>(40000 + seed % 20000);
  InProcessTarget target;
  target.name = name_;
  // The end of main is the end of the program.
  target.serve = [program] {
    std::exit(program.function(program.argc, program.argv, program.environment));
  };
  target.unwindable = false;
  target.stack_bytes = kStackBytes;
  world_ = std::make_unique<InProcessWorld>(
      std::move(target),
      [&](TargetTurn& turn) -> std::unique_ptr<InProcessKernel> {
        return std::make_unique<PreloadKernel>(turn, first_peer_port, port, std::move(unmodelled),
                                               hidden);
      },
      transcript);
}

std::string PreloadedSource::description() const {
  return fmt::format("{}, preloaded into the simulated kernel", name_);
}

}  // namespace e3::preload
