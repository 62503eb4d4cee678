// SPDX-License-Identifier: MIT
// Transcript records in words, like strace(1) does it.
#include <fmt/format.h>
#include <sys/epoll.h>

#include <cstring>

#include "harness/world/transcript.h"

namespace e3 {
namespace {

// How one kind of call is written down: its name, and which of its arguments.
struct Form {
  CallKind call;
  std::string_view name;
  bool on = true;         // the descriptor
  bool argument = false;  // the number
};

constexpr Form kForms[] = {
    {CallKind::kSocket, "socket", false},
    {CallKind::kBind, "bind"},
    {CallKind::kListen, "listen", true, true},
    {CallKind::kAccept, "accept4"},
    {CallKind::kConnect, "connect"},
    {CallKind::kReceive, "recv", true, true},
    {CallKind::kTransmit, "send", true, true},
    {CallKind::kSendfile, "sendfile", true, true},
    {CallKind::kShutdown, "shutdown", true, true},
    {CallKind::kClose, "close"},
    {CallKind::kDup, "dup"},
    {CallKind::kPipe, "pipe2", false},
    {CallKind::kSocketpair, "socketpair", false},
    {CallKind::kGetpeername, "getpeername"},
    {CallKind::kGetsockopt, "getsockopt", true, true},
    {CallKind::kSetsockopt, "setsockopt", true, true},
    {CallKind::kEpollCreate, "epoll_create1", false},
    {CallKind::kEpollWait, "epoll_wait"},
    {CallKind::kPoll, "poll", false},
    {CallKind::kEventfd, "eventfd", false},
    {CallKind::kTimerfdCreate, "timerfd_create", false},
    {CallKind::kTimerfdSettime, "timerfd_settime"},
    {CallKind::kTimerfdGettime, "timerfd_gettime"},
    {CallKind::kSignalfd, "signalfd", false},
};

Form form_of(CallKind call) {
  for (const Form& form : kForms) {
    if (form.call == call) return form;
  }
  return {call, to_string(call)};
}

std::string name_of(const DescriptorName& name) {
  if (name.role() == Role::kAny) return "foreign";
  return fmt::format("{}{}", name.duplicate() ? "dup" : to_string(name.role()), name.number());
}

std::string outcome(const TranscriptRecord& record, bool makes_descriptor) {
  std::string text = record.result >= 0
                         ? fmt::format("{}", record.result)
                         : fmt::format("-1 {}", strerrorname_np(static_cast<int>(-record.result)));
  if (makes_descriptor && record.result >= 0) text = name_of(record.other);
  if (record.struck) text += " (fault)";
  return text;
}

std::string event_names(std::uint32_t events) {
  static constexpr struct {
    std::uint32_t bit;
    const char* name;
  } kNames[] = {{EPOLLIN, "IN"},   {EPOLLOUT, "OUT"},         {EPOLLRDHUP, "RDHUP"},
                {EPOLLPRI, "PRI"}, {EPOLLERR, "ERR"},         {EPOLLHUP, "HUP"},
                {EPOLLET, "ET"},   {EPOLLONESHOT, "ONESHOT"}, {EPOLLEXCLUSIVE, "EXCLUSIVE"}};
  std::string text;
  for (const auto& [bit, name] : kNames) {
    if ((events & bit) != 0) text += text.empty() ? name : fmt::format("|{}", name);
  }
  return text.empty() ? "0" : text;
}

// What was moved, of which the record keeps the beginning.
std::string payload_text(const TranscriptRecord& record) {
  const std::string_view kept(reinterpret_cast<const char*>(record.payload), record.payload_size);
  std::string text = quoted(kept);
  const auto moved = static_cast<std::size_t>(record.result);
  if (moved > kept.size()) text += fmt::format("... {} more", moved - kept.size());
  return text;
}

std::string reported_events(const TranscriptRecord& record) {
  std::string text;
  for (std::size_t at = 0; at < record.payload_size; at += sizeof(std::uint32_t)) {
    std::uint32_t events = 0;
    std::memcpy(&events, record.payload + at, sizeof events);
    text += " " + event_names(events);
  }
  constexpr auto kShown = static_cast<std::int64_t>(TranscriptRecord::kMasksMax);
  if (record.result > kShown) text += fmt::format(" and {} more", record.result - kShown);
  return text;
}

std::string_view spelling(const TranscriptRecord& record) {
  const std::size_t length = strnlen(record.name, sizeof record.name);
  return {record.name, length};
}

std::string peer_deed(const TranscriptRecord& record) {
  switch (static_cast<PeerDeed>(record.deed)) {
    case PeerDeed::kConnects:
      return "connects";
    case PeerDeed::kSends:
      return fmt::format("sends {} of {} {}", record.result, record.argument, payload_text(record));
    case PeerDeed::kHalfCloses:
      return "half-closes";
    case PeerDeed::kCloses:
      return "closes";
    case PeerDeed::kResets:
      return "resets";
    case PeerDeed::kReceives:
      return fmt::format("receives {} {}", record.result, payload_text(record));
    case PeerDeed::kSeesEnd:
      return "sees end of file";
    case PeerDeed::kSeesError:
      return fmt::format("sees {}", strerrorname_np(static_cast<int>(-record.result)));
  }
  return "?";
}

}  // namespace

std::string describe_call(const TranscriptRecord& record) {
  const auto call = static_cast<CallKind>(record.deed);
  if (call == CallKind::kEpollAdd || call == CallKind::kEpollModify ||
      call == CallKind::kEpollDelete) {
    const std::string_view verb = call == CallKind::kEpollAdd      ? "ADD"
                                  : call == CallKind::kEpollModify ? "MOD"
                                                                   : "DEL";
    return fmt::format(
        "epoll_ctl({}, {}, {}, {}) = {}", name_of(record.on), verb, name_of(record.other),
        call == CallKind::kEpollDelete ? "-" : event_names(record.mask), outcome(record, false));
  }
  const Form form = form_of(call);
  std::string arguments = form.on ? name_of(record.on) : "";
  if (form.argument) arguments += fmt::format(", {}", record.argument);
  const std::string_view name = record.name[0] != '\0' ? spelling(record) : form.name;
  std::string text =
      fmt::format("{}({}) = {}", name, arguments, outcome(record, record.other.number() != 0));
  if (record.payload_size == 0) return text;
  return text +
         (call == CallKind::kEpollWait ? reported_events(record) : " " + payload_text(record));
}

std::string to_string(const TranscriptRecord& record, std::string_view note) {
  std::string actor = "target";
  if (record.actor == Actor::kPeer) actor = fmt::format("peer{}", record.on.number());
  if (record.actor == Actor::kWorld) actor = "world";
  std::string deed(note);
  if (record.deed != TranscriptRecord::kNote) {
    deed = record.actor == Actor::kPeer ? peer_deed(record) : describe_call(record);
  }
  return fmt::format("{:>10.6f}  {:<7} {}",
                     std::chrono::duration<double>(VirtualTime(record.when)).count(), actor, deed);
}

std::string quoted(std::string_view bytes, std::size_t limit) {
  std::string text = "\"";
  for (const char c : bytes.substr(0, limit)) {
    switch (c) {
      case '\r':
        text += "\\r";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\t':
        text += "\\t";
        break;
      case '"':
        text += "\\\"";
        break;
      case '\\':
        text += "\\\\";
        break;
      default:
        if (c >= 0x20 && c < 0x7f) {
          text += c;
        } else {
          text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
  }
  text += '"';
  if (bytes.size() > limit) text += fmt::format("... {} more", bytes.size() - limit);
  return text;
}

}  // namespace e3
