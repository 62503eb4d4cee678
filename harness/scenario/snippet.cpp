// SPDX-License-Identifier: MIT
#include "harness/scenario/snippet.h"

#include <fmt/format.h>

#include <cctype>
#include <vector>

#include "harness/scenario/text_form.h"
#include "harness/world/transcript.h"

namespace e3::scenario {
namespace {

std::string identifier(std::string_view name) {
  std::string text;
  for (const char c : name) text += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0) text.insert(0, "s");
  return text;
}

// A C++ string_view literal. Octal escapes: a hexadecimal one would swallow digits behind it.
std::string cpp_literal(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\r') {
      text += "\\r";
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '"' || c == '\\') {
      text += fmt::format("\\{}", c);
    } else if (byte < 0x20 || byte >= 0x7f) {
      text += fmt::format("\\{:03o}", byte);
    } else {
      text += c;
    }
  }
  return text + "\"sv";
}

constexpr std::string_view kGoogletestHead = R"(#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "harness/world/engines/in_process_source.h"

e3::InProcessTarget target_under_test();

namespace {{

using namespace std::string_view_literals;

TEST(Scenario, {}) {{
  e3::Transcript transcript;
  e3::InProcessSource source(target_under_test(), e3::InProcessEngine::kSim, /*seed=*/42,
                             transcript);
  const auto undisturbed = [&](std::string_view request, bool half_closes) {{
    source.renew();
    e3::Peer peer = source.world().connect();
    peer.send(request);
    if (half_closes) peer.shutdown_write();
    peer.receive_to_end();
    return peer.received();
  }};
)";

constexpr std::string_view kGoogletestTail = R"(  const e3::Health health = world.health();
  EXPECT_EQ(health.death.value_or("alive"), "alive");
  EXPECT_EQ(health.spin.value_or("quiet"), "quiet");
  EXPECT_TRUE(health.misuse.empty());
}}

}}  // namespace
)";

constexpr std::string_view kPytest = R"PY(import os
import subprocess

SCENARIO = r"""
{}"""


def test_{}(tmp_path):
    scenario = tmp_path / "scenario.e3"
    scenario.write_text(SCENARIO)
    replay = ["e3", "replay", str(scenario), "--spawn", os.environ["E3_SPAWN"]]
    done = subprocess.run(replay, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
)PY";

// One connection in the generated test.
struct Variable {
  std::string name;
  std::string sent;
  bool half_closed = false;
  bool left = false;
};

class GoogletestWriter {
 public:
  void write(const Step& step) {
    if (step.verb == Verb::kSettle) {
      line("world.settle();");
      return;
    }
    if (step.verb == Verb::kAdvance) {
      line(fmt::format("world.advance(std::chrono::milliseconds({}));", step.amount));
      return;
    }
    if (step.verb == Verb::kFault) {
      line(fmt::format("world.inject(*e3::parse_fault(\"{}\"));", to_string(step.fault)));
      return;
    }
    Variable* peer = variable_of(step);
    if (peer != nullptr) write_peer(step, *peer);
  }

  std::string finish() {
    std::string wanted;
    for (const Variable& peer : variables_) {
      if (peer.left) continue;
      line(peer.name + ".receive_to_end();");
    }
    for (const Variable& peer : variables_) {
      if (peer.left) continue;
      wanted += fmt::format("  const std::string wanted_by_{} = undisturbed({}, {});\n", peer.name,
                            cpp_literal(peer.sent), peer.half_closed);
      line(fmt::format("EXPECT_EQ({0}.received(), wanted_by_{0});", peer.name));
    }
    return wanted + "  source.renew();\n  e3::World& world = source.world();\n" + lines_;
  }

 private:
  void line(std::string_view text) { lines_ += fmt::format("  {}\n", text); }

  // The connection that the step acts on, made where there is none; null when the step does
  // nothing.
  Variable* variable_of(const Step& step) {
    const bool connects = step.verb == Verb::kConnect || step.verb == Verb::kConnectTiny;
    std::size_t& current = current_[step.peer];
    if (current != 0 && !(variables_[current - 1].left && connects)) {
      Variable& known = variables_[current - 1];
      return known.left ? nullptr : &known;
    }
    Variable made;
    made.name = fmt::format("peer{}", step.peer + 1);
    if (current != 0) made.name += fmt::format("_again{}", variables_.size());
    line(fmt::format("e3::Peer {} = world.connect({});", made.name,
                     step.verb == Verb::kConnectTiny ? "{.tiny_buffers = true}" : ""));
    variables_.push_back(std::move(made));
    current = variables_.size();
    return &variables_.back();
  }

  void write_peer(const Step& step, Variable& peer) {
    switch (step.verb) {
      case Verb::kSend:
        if (peer.half_closed) return;
        peer.sent += step.bytes;
        return line(fmt::format("{}.send({});", peer.name, cpp_literal(step.bytes)));
      case Verb::kRead:
        if (step.amount == kReadAll) return line(peer.name + ".receive_to_end();");
        return line(
            fmt::format("{0}.receive_up_to({0}.received().size() + {1});", peer.name, step.amount));
      case Verb::kExpectAnswer:
        return line(peer.name + ".receive_to_end();");
      case Verb::kHalfClose:
        if (peer.half_closed) return;
        peer.half_closed = true;
        return line(peer.name + ".shutdown_write();");
      case Verb::kClose:
        peer.left = true;
        return line(peer.name + ".close();");
      case Verb::kReset:
        peer.left = true;
        return line(peer.name + ".reset();");
      default:
        return;  // the connecting verbs
    }
  }

  std::string lines_;
  std::vector<Variable> variables_;
  std::size_t current_[kPeers] = {};  // of each peer: an index into variables_, plus 1
};

}  // namespace

std::string googletest_snippet(const Scenario& scenario, std::string_view name) {
  GoogletestWriter writer;
  for (const Step& step : scenario) writer.write(step);
  return fmt::format(kGoogletestHead, identifier(name)) + writer.finish() +
         fmt::format(kGoogletestTail);
}

std::string pytest_snippet(const Scenario& scenario, std::string_view name) {
  return fmt::format(kPytest, print(scenario), identifier(name));
}

}  // namespace e3::scenario
