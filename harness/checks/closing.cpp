// SPDX-License-Identifier: MIT
// Closing, while the peer still has something to say: what was sent must arrive all the same.
#include "harness/checks/catalogue.h"
#include "harness/checks/session.h"

namespace e3 {
namespace {

// Sent along with the request; enough to be left over by one read, little enough to fit into
// the smallest receive buffer beside the request.
constexpr std::size_t kJunk = 1000;

// The request is followed by bytes that nobody asked for. The peer reads slowly, so that most of
// the answer is still on its way when the server has written it all.
void run_lingering(Session& session) {
  if (session.profile().peer_ends) throw NotApplicable{"every byte belongs to the request"};
  if (session.answer().ending == Ending::kOpen) throw NotApplicable{"the target does not close"};
  const std::string& request = session.large_request();
  const std::size_t total = session.answer_to(request).bytes.size();
  session.sweep({"bytes behind the request:", "lengths"}, {1, kJunk}, [&](std::size_t junk) {
    Peer peer = session.world().connect({.tiny_buffers = true});
    peer.send(request + std::string(junk, '\n'));  // in two parts, the first may be closed upon
    session.world().settle();
    peer.send(std::string(junk, '\n'));
    while (peer.received().size() < total && peer.receive(100) > 0) {
      peer.send("\n");  // and more, whenever it closes
    }
    session.expect_answer(peer, request);
  });
}

constexpr Blame kLingerBlames[] = {{Symptom::kNoAnswer, "rst-truncates-response"},
                                   {Symptom::kWrongAnswer, "rst-truncates-response"}};

constexpr Check kChecks[] = {
    {.id = "close.lingering",
     .when = "bytes follow the request that the server does not read, and the peer reads slowly",
     .must = "let the whole answer arrive before it closes",
     .because = "closing with unread bytes resets the connection, and a reset destroys what is "
                "still on its way: shut down, read on for a while, then close (RFC 9112, section "
                "9.6)",
     .needs = {.tcp = true},
     .blames = kLingerBlames,
     .run = run_lingering,
     .level = Level::kShould},
};

}  // namespace

std::span<const Check> closing_checks() { return kChecks; }

}  // namespace e3
